r"""Train one variant with one seed.

    python -m bench train --config config/demo.yaml --model acl.plus_mask --seed 1 \
        --pack data/pack32.json --judges judges/judge_a.safetensors judges/judge_b.safetensors \
        --output models/acl.plus_mask.seed1.safetensors --curve curves/acl.plus_mask.seed1.csv

Give one --pack per image size: the variant's own, and the smaller ones that it grows through. Loss weights are the
variant's defaults, or come from --weights, files that `winner` wrote: for each weight the first file that has it.

The generator's averaged weights go to --output, and how they came to the .json card beside it. Stopped at any moment
and started again, the training goes on where it was; the working folder is <results>/<run>/work/train/<key>, where the
key names all that the result depends on. The curve has a row for each evaluation point and metric.
"""

import argparse
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from bench.commands import options
from bench.data.store import Store, open_stores
from bench.evaluation.evaluator import training_evaluation
from bench.method import Model
from bench.runtime import atomic_files, kernels
from bench.runtime.digest import source_digest
from bench.search.best_weights import best_weights
from bench.settings import Settings, load_settings
from bench.settings.paths import model_key
from bench.training import device as devices
from bench.training import saved_model
from bench.training.identity import identify
from bench.training.steps import build_model
from bench.training.trainer import Trained, train

CURVE_COLUMNS = ("method", "variant", "seed", "images_seen", "train_seconds", "metric", "value")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config", "variant", "packs", output="generator weights, .safetensors")
    parser.add_argument("--seed", type=int, required=True, help="training seed")
    parser.add_argument("--weights", type=Path, nargs="*", default=[], metavar="FILE", help="winners of searches")
    parser.add_argument("--study", type=int, metavar="N", help="take the winner of the Nth study, not the best of all")
    parser.add_argument(
        "--judges", type=Path, nargs=2, metavar="FILE", help="judges a and b; without them no evaluation points"
    )
    parser.add_argument("--budget-kimg", type=float, metavar="KIMG", help="image budget; default: training.budget_kimg")
    parser.add_argument("--curve", type=Path, required=True, metavar="FILE", help="evaluation points, .csv")


def outputs(arguments: argparse.Namespace) -> Sequence[Path]:
    return arguments.output, saved_model.card_of(arguments.output), arguments.curve


def run(arguments: argparse.Namespace) -> None:
    settings = load_settings(arguments.config)
    stores = open_stores(arguments.pack)
    weights = best_weights(arguments.model, arguments.weights, arguments.study)
    model = build_model(settings, arguments.model, weights, stores)
    budget_kimg = settings.training.budget_kimg if arguments.budget_kimg is None else arguments.budget_kimg
    device = devices.claim(settings.training.device)
    judges = tuple(arguments.judges or ())
    identity = identify(settings, arguments.model, model, budget_kimg, arguments.seed, stores, device, judges)
    trained = train(
        model,
        settings.training,
        identity,
        stores,
        settings.paths.work / "train" / identity.digest,
        model_key(arguments.model, arguments.seed),
        device,
        training_evaluation(settings, stores, judges, device),
    )
    method, _, variant = arguments.model.partition(".")
    named = {"method": method, "variant": variant, "seed": arguments.seed}
    curve = pd.DataFrame([named | row for row in trained.curve], columns=list(CURVE_COLUMNS))
    atomic_files.write_text(arguments.curve, curve.to_csv(index=False))
    card = {"model": arguments.model, **named} | _card(settings, method, model, stores, trained)
    saved_model.save(arguments.output, trained.generator, card)


def _card(
    settings: Settings, method: str, model: Model, stores: Mapping[int, Store], trained: Trained
) -> dict[str, Any]:
    """How the weights came."""
    return {
        "weights": dict(model.weights),
        "readings": dict(model.switches),
        "problem": asdict(model.problem),
        "exclusive": [list(group) for group in settings.data.exclusive],
        "settings": settings.model_dump(mode="json", include={"data", "networks", "training"}),
        "data_digest": stores[settings.data.image_size_px].digest,
        "images_seen": trained.steps * settings.training.batch_size,
        "steps": trained.steps,
        "train_seconds": trained.train_seconds,
        "source_digest": source_digest("bench.training.trainer", f"{method}.model"),
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
        "system": {
            "cpu": kernels.cpu(),
            "kernels": kernels.name(),
            "aten": torch.backends.cpu.get_cpu_capability(),
            "libc": " ".join(platform.libc_ver()),
        },
    }
