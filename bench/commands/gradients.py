r"""The paper's figures 1 and 2 as experiments: which loss moves generated samples that are far from the real ones?

    python -m bench gradients --config config/demo.yaml --pack results/demo/data/pack32.json \
        --output results/demo/gradients/gradients.csv

Experiments `points` and `points_at_source`: clouds of points in the plane. The generated ones start at the cloud of
their target (figure 1) or of their source (figure 2), moved away by `setting` standard deviations; `cosine` of each
term's descent direction with the way to the target's cloud, and `norm` of its gradient.

Experiment `images`: a generator frozen at its start (setting `start`) or early in its training (`early`); against it,
one discriminator per model; `cosine` of what each term says of the attribute with the true edit. It needs drawn faces.

Experiment `training`: the gradient `norm` of every loss term at the generator's output during real training.

Models `control.*` are directions whose answer is known. What each measure is for: docs/measures/c1.md.
"""

import argparse

import pandas as pd
import torch

from bench.commands import options
from bench.data.store import open_stores
from bench.errors import BenchError
from bench.experiments.gradients import COLUMNS, images, points, training
from bench.runtime import atomic_files
from bench.runtime.progress import progress
from bench.settings import load_settings
from bench.training import device as devices
from bench.training.steps import build_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config", "pack", output="table of gradients, .csv")


def run(arguments: argparse.Namespace) -> None:
    settings = load_settings(arguments.config)
    if settings.gradients is None:
        raise BenchError(f"{arguments.config} has no section 'gradients'. Add it, or leave this command out.")
    devices.prepare(torch.device("cpu"))
    stores = open_stores([arguments.pack])
    store = stores[settings.data.image_size_px]
    train, valid = store.split("train"), store.split("valid")
    model_ids = [*settings.gradients.models, settings.gradients.generator]
    models = {model_id: build_model(settings, model_id, {}, stores) for model_id in model_ids}
    rows = list(points(settings.gradients))
    for seed in progress(list(range(settings.gradients.seeds)), "gradients of images", "seed"):
        rows += images(settings, models, train, valid, seed)
        rows += training(settings, models, train, seed)
    atomic_files.write_text(arguments.output, pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(index=False))
