r"""Translate every scored split with a trained model, and score the translations with every metric.

    python -m bench score --config config/demo.yaml --model results/demo/models/acl.plus_mask.seed1.safetensors \
        --pack results/demo/data/pack32.json \
        --judges results/demo/judges/judge_a.safetensors results/demo/judges/judge_b.safetensors \
        --output results/demo/scores/acl.plus_mask.seed1.csv \
        --shown results/demo/translations/acl.plus_mask.seed1.safetensors

Scores of a model come with those of its control `shuffled_<method>_<variant>`: the same model given another random edit
each time. --shown gets the first translations of each edit of the split that plots and report show.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.commands import options
from bench.data.store import Store
from bench.evaluation import final_scores
from bench.runtime.atomic_files import write_text
from bench.settings import load_settings
from bench.training import device as devices
from bench.training import saved_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config", "pack", "judges", output="scores, .csv")
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="trained model (.safetensors)")
    parser.add_argument("--shown", type=Path, required=True, metavar="FILE", help="translations to show, .safetensors")


def outputs(arguments: argparse.Namespace) -> Sequence[Path]:
    return arguments.output, arguments.shown


def run(arguments: argparse.Namespace) -> None:
    settings = load_settings(arguments.config)
    device = devices.claim(settings.training.device)
    devices.prepare(device)
    model = saved_model.load(arguments.model, device)
    store = Store.open(arguments.pack)
    scores, shown = final_scores.of_model(settings, model, store, tuple(arguments.judges), device)
    shown.save(arguments.shown)
    write_text(arguments.output, scores.to_csv(index=False))
