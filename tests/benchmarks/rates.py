"""Rates that the design counts on, measured on one core of this machine; a benchmark, no test.

    PYTHONPATH=. .venv/bin/python tests/benchmarks/rates.py

    drawn faces a second at 178x218, JPEG included                         >= 200 on an uncontended core
    batches: images a second out of the packed store, against training's   >= 30 times
    the trainer's loop: time a step over that of the bare losses           <= 5 % more

CPU seconds, so that other jobs disturb little. Nothing is kept.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch

from bench import registry
from bench.data.batches import Batches
from bench.data.drawn.dataset import TRAIN
from bench.data.drawn.painter import meet
from bench.data.store import Split
from bench.method import Problem
from bench.settings import TrainingSettings
from bench.training import device, steps
from bench.training.loss_log import Meter
from bench.training.trainer import Average

FACES, REPEATS, STEPS, SIZE_PX, BATCH = 400, 7, 60, 32, 16
ATTRIBUTES = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Smiling", "Mouth_Slightly_Open")
MODELS = ("stargan_baseline.lsgan", "acl.plus_mask")


@dataclass(frozen=True)
class Rates:
    """CPU seconds of a training step: all of it, and its batch alone."""

    step: float
    bare: float
    batch: float


def main() -> None:
    """Measure and print."""
    device.prepare(torch.device("cpu"))
    cv2.setNumThreads(1)  # as each process that draws a data set does: idle threads that wait would be counted too
    rates = sorted(FACES / _cpu_seconds(_draw) for _ in range(REPEATS))
    print(f"drawn faces: {rates[REPEATS // 2]:.0f} a second (median of {REPEATS}: {rates[0]:.0f} to {rates[-1]:.0f})")
    with tempfile.TemporaryDirectory() as folder:
        batches = Batches(_split(Path(folder)), BATCH, 1, "permuted", True, "cpu")
        for model_id in MODELS:
            training = _train(model_id, batches)
            print(
                f"{model_id}: {BATCH / training.step:.0f} images a second in training, "
                f"batches {training.step / training.batch:.0f} times as fast, "
                f"loop {training.step / training.bare - 1:.1%} over the bare losses"
            )


def _draw() -> None:
    for index in range(FACES):
        sitter, labels = meet(1, TRAIN, index)
        sitter.photo(sitter.clean(labels))


def _split(folder: Path) -> Split:
    """Random images in a file, memory-mapped as the store maps its own."""
    random = np.random.default_rng(1)
    np.save(folder / "images.npy", random.integers(0, 256, (5000, SIZE_PX, SIZE_PX, 3), dtype=np.uint8))
    labels = random.random((5000, len(ATTRIBUTES))) < 0.5
    return Split("train", np.load(folder / "images.npy", mmap_mode="r"), labels, (), None)


def _train(model_id: str, batches: Batches) -> Rates:
    shares = (0.5,) * len(ATTRIBUTES)
    model = registry.build(model_id, {}, {}, Problem(ATTRIBUTES, SIZE_PX, 16, 2, 16, shares, shares))
    networks = steps.build(model, TrainingSettings(budget_kimg=1), 1, torch.device("cpu"))
    average, meter, same = Average(networks.generator, 1000, 0.05), Meter(), batches.batch(0)

    def bare() -> None:
        steps.step(model, networks, same, update_generator=True)

    def whole(step: int) -> None:
        meter.add(steps.step(model, networks, batches.batch(step), update_generator=True), step)
        average.update((step + 1) * BATCH, BATCH)

    taken: dict[str, list[float]] = {"bare": [], "whole": [], "batch": []}
    for step in range(STEPS):  # interleaved, so that a slow moment hits all alike
        taken["bare"].append(_cpu_seconds(bare))
        taken["whole"].append(_cpu_seconds(partial(whole, step)))
        taken["batch"].append(_cpu_seconds(partial(batches.batch, step)))
    median = {name: float(np.median(seconds)) for name, seconds in taken.items()}
    return Rates(median["whole"], median["bare"], median["batch"])


def _cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
