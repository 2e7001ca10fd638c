r"""Train a judge on real images that no GAN sees.

Judge a gives features (for FID, KID and the search's quality), judge b gives accuracy. They differ in architecture,
seed and images (splits judge_a and judge_b), and both learn to see through blur, noise and JPEG artefacts. Beside the
weights appears a .json with the judge's accuracy on the real images of the valid split: the ceiling of any translation.

Example:
    python -m bench judge --config config/demo.yaml --pack results/demo/data/pack32.json --judge a \
        --output results/demo/judges/judge_a.safetensors
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from bench import device as devices
from bench import judges, settings
from bench.augment import augmentation
from bench.cli import add_config
from bench.data.images import normalise
from bench.data.store import Split, Store
from bench.errors import BenchError
from bench.judges import JudgeCard
from bench.progress import progress
from bench.settings import JudgeSettings

WEIGHT_DECAY = 0.02


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_config(parser)
    parser.add_argument("--pack", type=Path, required=True, metavar="FILE", help="manifest of the packed faces")
    parser.add_argument("--judge", choices=sorted(judges.ARCHITECTURE_OF), required=True, help="which judge to train")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="weights, .safetensors")


def run(arguments: argparse.Namespace) -> None:
    """Train, measure the ceilings, and write weights and card."""
    plan = settings.load(arguments.config)
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


def train(split: Split, card: JudgeCard, plan: JudgeSettings, device: torch.device | str = "cpu") -> nn.Module:
    """Train a judge on `split`: AdamW, one-cycle rate, binary cross-entropy; equal seeds give equal bits on the CPU."""
    if not len(split):
        raise BenchError(f"Split {split.name!r} has no images for the judge: raise data.judges_share and pack again.")
    torch.manual_seed(card.seed)
    random = np.random.default_rng(card.seed)
    network = judges.build(card).to(device).train()
    augment = augmentation(card.image_size_px)
    images = torch.from_numpy(np.array(split.images)).permute(0, 3, 1, 2)
    labels = torch.from_numpy(np.asarray(split.labels, dtype=np.float32))
    batch_size = min(plan.batch_size, len(split))
    steps = len(split) // batch_size
    optimiser = torch.optim.AdamW(network.parameters(), plan.learning_rate, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.learning_rate, total_steps=plan.epochs * steps)
    for _ in progress(range(plan.epochs), split.name, "epochs"):
        for rows in random.permutation(len(split))[: steps * batch_size].reshape(steps, batch_size):
            pixels = normalise(augment(images[rows]).to(device).permute(0, 2, 3, 1))
            optimiser.zero_grad(set_to_none=True)
            loss = binary_cross_entropy_with_logits(network(pixels), labels[rows].to(device))
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()
    return network.eval()


def accuracies(network: nn.Module, split: Split, attributes: tuple[str, ...]) -> dict[str, float]:
    """Share of right answers on a split's real images, by attribute; empty for an empty split."""
    device = next(network.parameters()).device
    right: list[NDArray[np.bool_]] = []
    with torch.inference_mode():
        for start in range(0, len(split), judges.BATCH):
            rows = slice(start, start + judges.BATCH)
            pixels = normalise(torch.from_numpy(np.array(split.images[rows])).to(device))
            right.append((network(pixels) > 0).cpu().numpy() == np.asarray(split.labels[rows]))
    return dict(zip(attributes, np.concatenate(right).mean(axis=0).tolist(), strict=True)) if right else {}
