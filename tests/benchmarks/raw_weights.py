"""The last weights in the place of their average, for two models of a run: is a difference due to the averaging?

PYTHONPATH=. .venv/bin/python tests/benchmarks/raw_weights.py results/study \
    stargan_baseline.lsgan_mask acl.plus_attribute_mask --output results/study/raw_weights.csv

Scores what the last checkpoint of every training holds (work/train/), so the run's working folder must still be there.
Prints the second model minus the first, over training seeds, with averaged and with raw weights.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import torch

from bench.analysis import models as model_rows
from bench.analysis import seed_pairs
from bench.data.store import Store
from bench.errors import BenchError
from bench.evaluation import final_scores
from bench.runtime import kernels
from bench.settings import Settings, load_settings
from bench.training import device as devices
from bench.training import saved_model
from bench.training.checkpoint import Checkpoints
from bench.training.identity import identify
from bench.training.steps import build_model

METRICS = ("quality", "attribute_accuracy")


def main() -> None:
    """Score, write the rows, print the differences."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="folder of the run")
    parser.add_argument("models", nargs=2, help="baseline and challenger, as <method>.<variant>")
    parser.add_argument("--output", type=Path, required=True, help="scores of the raw weights, .csv")
    arguments = parser.parse_args()
    pinned = dict(os.environ)
    kernels.pin(pinned)
    if pinned != os.environ:  # libraries have chosen their kernels when they were imported: begin again
        os.execve(sys.executable, [sys.executable, *sys.argv], pinned)
    settings = load_settings(arguments.run / "settings.json")
    settings = settings.model_copy(update={"scoring": settings.scoring.model_copy(update={"splits": ("test",)})})
    raw = pd.concat([scores for model in arguments.models for scores in raw_scores(settings, model)])
    raw[raw["attribute"] == "all"].to_csv(arguments.output, index=False)
    averaged = pd.read_csv(settings.paths.table("scores"))
    for name, table in (("averaged", averaged), ("raw", raw)):
        for metric in METRICS:
            rows = model_rows.over_all(table[table["metric"] == metric], "test")
            first, second = (model_rows.of(rows, model).set_index("seed")["value"] for model in arguments.models)
            pairs = seed_pairs.compare(second, first)
            estimate, low, high = pairs.at()
            print(f"{name} weights, {metric}: {estimate:+.3f} [{low:+.3f}, {high:+.3f}], {pairs.count} pairs")


def raw_scores(settings: Settings, model_id: str) -> Iterator[pd.DataFrame]:
    """Scores on test of the last weights of every training of a model; BenchError where one's checkpoint is gone."""
    paths, device = settings.paths, devices.claim(settings.training.device)
    devices.prepare(device)
    judges = (paths.judge("a"), paths.judge("b"))
    final = next(final for final in settings.finals if final.model == model_id)
    for seed in final.seeds:
        trained = saved_model.load(paths.weights(model_id, seed), device)
        stores = {size: Store.open(paths.pack(size)) for size in sizes(settings, trained)}
        model = build_model(settings, model_id, trained.card["weights"], stores)
        budget = settings.training.budget_kimg if final.budget_kimg is None else final.budget_kimg
        identity = identify(settings, model_id, model, budget, seed, stores, device, judges)
        work = paths.work / "train" / identity.digest
        state = Checkpoints(work, identity.digest, ("generator",)).load(torch.device(device))
        if state is None:
            raise BenchError(f"{work}: no checkpoint of {model_id}, seed {seed}, by this version of the code.")
        generator = model.build_generator()
        generator.load_state_dict(state["generator"])
        raw = replace(trained, generator=generator.to(device).eval().requires_grad_(False))
        yield final_scores.of_model(settings, raw, stores[settings.data.image_size_px], judges, device)[0]


def sizes(settings: Settings, trained: saved_model.Loaded) -> set[int]:
    """The image sizes that a training needs packed faces of."""
    size = settings.data.image_size_px
    return {size, *(size // stage.divisor for stage in trained.model.variant.stages(size))}


if __name__ == "__main__":
    main()
