r"""Train a judge on real images that no GAN sees.

Judge a gives features (for FID, KID and the search's quality), judge b gives accuracy. They differ in architecture,
seed and images (splits judge_a and judge_b), and both learn to see through blur, noise and JPEG artefacts. Beside the
weights appears a .json with the judge's accuracy on the real images of the valid split: the ceiling of any translation.

Example:
    python -m bench judge --config config/demo.yaml --pack results/demo/data/pack32.json --judge a \
        --output results/demo/judges/judge_a.safetensors
"""

import argparse
import dataclasses

from bench.commands import options
from bench.data.store import Store
from bench.evaluation import judges
from bench.evaluation.judge_training import accuracies, train
from bench.evaluation.judges import JudgeCard
from bench.settings import load_settings
from bench.training import device as devices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config", "pack", output="weights, .safetensors")
    parser.add_argument("--judge", choices=sorted(judges.ARCHITECTURE_OF), required=True, help="which judge to train")


def run(arguments: argparse.Namespace) -> None:
    plan = load_settings(arguments.config)
    store = Store.open(arguments.pack)
    architecture = judges.ARCHITECTURE_OF[arguments.judge]
    seed = plan.judges.seed + (arguments.judge == "b")
    card = JudgeCard(
        architecture, store.attributes, store.image_size_px, plan.judges.channels, seed, store.digest, ceilings={}
    )
    device = devices.claim(plan.training.device)
    devices.prepare(device)
    network = train(store.split(f"judge_{arguments.judge}"), card, plan.judges, device)
    card = dataclasses.replace(card, ceilings=accuracies(network, store.split("valid"), card.attributes))
    judges.save(arguments.output, network, card)
