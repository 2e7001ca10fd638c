r"""Train one variant with one seed.

    python -m bench train --config config/demo.yaml --model acl.plus_mask --seed 1 \
        --pack data/pack32.json --judges judges/judge_a.safetensors judges/judge_b.safetensors \
        --output models/acl.plus_mask.seed1.safetensors --curve curves/acl.plus_mask.seed1.csv

Name one --pack an image size: the variant's own, and the smaller ones that it grows through. Loss weights are the
variant's defaults, or come from --weights, files that `winner` wrote: for each weight the first file that has it.

The generator's averaged weights go to --output, and how they came to the .json card beside it. Stopped at any moment
and started again, the training goes on where it was; the working folder is <results>/<run>/work/train/<key>, where the
key names all that the result depends on. The curve has a row for each evaluation point and metric.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from bench import device as devices
from bench import files, models, registry, settings
from bench.cli import add_config
from bench.data.batches import frequencies, target_frequencies
from bench.data.store import Store
from bench.digest import source_digest, value_digest
from bench.errors import BenchError
from bench.evaluate import Evaluator
from bench.method import Model, Problem
from bench.paths import RunPaths, model_key
from bench.settings import Settings, TrainingSettings
from bench.trainer import Trained, Translator, train

CURVE_COLUMNS = ("method", "variant", "seed", "images_seen", "train_seconds", "metric", "value")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_config(parser)
    parser.add_argument("--model", required=True, help="<method>.<variant>, for example acl.plus_mask")
    parser.add_argument("--seed", type=int, required=True, help="training seed")
    parser.add_argument("--pack", type=Path, nargs="+", required=True, metavar="FILE", help="packed faces, one a size")
    parser.add_argument("--weights", type=Path, nargs="+", default=[], metavar="FILE", help="winners of searches")
    parser.add_argument(
        "--judges", type=Path, nargs=2, metavar="FILE", help="judges a and b; without them no evaluation points"
    )
    parser.add_argument("--budget-kimg", type=float, metavar="KIMG", help="image budget; default: training.budget_kimg")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="generator weights, .safetensors")
    parser.add_argument("--curve", type=Path, required=True, metavar="FILE", help="evaluation points, .csv")


def outputs(arguments: argparse.Namespace) -> Sequence[Path]:
    """All files that a run leaves."""
    return arguments.output, models.card_of(arguments.output), arguments.curve


def run(arguments: argparse.Namespace) -> None:
    """Train, then write curve, card and weights, the weights last."""
    config = settings.load(arguments.config)
    stores = open_stores(arguments.pack)
    weights = best_weights(arguments.model, arguments.weights)
    model = build_model(config, arguments.model, weights, stores)
    budget_kimg = config.training.budget_kimg if arguments.budget_kimg is None else arguments.budget_kimg
    budget_images = round(1000 * budget_kimg)
    judges = tuple(arguments.judges or ())
    key = work_key(arguments.model, model, config.training, budget_images, arguments.seed, stores, judges)
    trained = train(
        model,
        config.training,
        budget_images,
        arguments.seed,
        stores,
        RunPaths(config.folder).work / "train" / key,
        model_key(arguments.model, arguments.seed),
        evaluation(config, stores, judges),
    )
    write_curve(arguments.curve, arguments.model, arguments.seed, trained)
    models.save(
        arguments.output, trained.generator, make_card(config, arguments.model, arguments.seed, model, stores, trained)
    )


def open_stores(manifests: Sequence[Path]) -> dict[int, Store]:
    """The packed stores by image size."""
    opened = [Store.open(manifest) for manifest in manifests]
    return {store.image_size_px: store for store in opened}


def best_weights(model_id: str, winners: Sequence[Path]) -> dict[str, float]:
    """The searched weights of a variant that the `winners` files hold, each from the first file that has it."""
    _, variant = registry.find(model_id)
    found: dict[str, float] = {}
    for winner in winners:
        try:
            weights = json.loads(winner.read_text(encoding="utf-8"))["weights"]
        except (OSError, ValueError, KeyError) as error:
            raise BenchError(f"{winner} holds no best weights ({error!r}). Run: python -m bench winner") from error
        found = weights | found
    return {weight.name: float(found[weight.name]) for weight in variant.searched if weight.name in found}


def build_model(config: Settings, model_id: str, weights: Mapping[str, float], stores: Mapping[int, Store]) -> Model:
    """The torch side of a variant for the settings' sizes and the train split's label frequencies."""
    if config.data.image_size_px not in stores:
        raise BenchError(f"None of the packed faces is of {config.data.image_size_px} px. Name that store in --pack.")
    split = stores[config.data.image_size_px].split("train")
    problem = Problem(
        attributes=config.data.attributes,
        image_size_px=config.data.image_size_px,
        generator_channels=config.networks.generator_channels,
        residual_blocks=config.networks.residual_blocks,
        discriminator_channels=config.networks.discriminator_channels,
        label_frequencies=frequencies(split),
        target_frequencies=target_frequencies(split, config.training.targets),
    )
    method, _ = registry.find(model_id)
    return registry.build(model_id, weights, config.readings.get(method.name, {}), problem)


def work_key(
    model_id: str,
    model: Model,
    training: TrainingSettings,
    budget_images: int,
    seed: int,
    stores: Mapping[int, Store],
    judges: Sequence[Path] = (),
) -> str:
    """Names a training's working folder: model, settings, data, source, torch's version, threads, judges, digested."""
    method, variant = registry.find(model_id)
    measured = ("bench.evaluate", "bench.metrics") if judges else ()  # evaluation points make the curve
    return value_digest(
        [
            *(
                model_id,
                dict(variant.switches),
                dict(model.switches),
                dict(model.weights),
                model.problem,
                variant.growth,
            ),
            *(training.model_dump(mode="json", exclude={"checkpoint_seconds"}), budget_images, seed),
            {str(size): store.digest for size, store in stores.items()},
            source_digest("bench.trainer", f"{method.name}.model", *measured),
            *(torch.__version__, 1, devices.claim(training.device).type),
            [hashlib.sha256(judge.read_bytes()).hexdigest() for judge in judges],
        ]
    )


def evaluation(
    config: Settings, stores: Mapping[int, Store], judges: Sequence[Path]
) -> Callable[[Translator, int], Mapping[str, float]] | None:
    """What an evaluation point measures on the valid split; None without judges or evaluation points."""
    if not judges or config.training.evaluations == 0:
        return None
    evaluator = Evaluator(
        stores[config.data.image_size_px],
        "valid",
        (judges[0], judges[1]),
        config.data,
        config.training.evaluation_images,
        devices.claim(config.training.device),
    )

    def evaluate(translator: Translator, images_seen: int) -> Mapping[str, float]:
        return evaluator.quick(evaluator.translate(translator))

    return evaluate


def write_curve(path: Path, model_id: str, seed: int, trained: Trained) -> None:
    """The rows of one training for tables/curves.csv."""
    method, _, variant = model_id.partition(".")
    rows = [{"method": method, "variant": variant, "seed": seed, **row} for row in trained.curve]
    files.write_text(path, pd.DataFrame(rows, columns=list(CURVE_COLUMNS)).to_csv(index=False))


def make_card(
    config: Settings, model_id: str, seed: int, model: Model, stores: Mapping[int, Store], trained: Trained
) -> dict[str, Any]:
    """How the weights came."""
    method, _, variant = model_id.partition(".")
    return {
        "model": model_id,
        "method": method,
        "variant": variant,
        "seed": seed,
        "weights": dict(model.weights),
        "readings": dict(model.switches),
        "problem": models.problem_card(model.problem),
        "exclusive": [list(group) for group in config.data.exclusive],
        "settings": config.model_dump(mode="json", include={"data", "networks", "training"}),
        "data_digest": stores[config.data.image_size_px].digest,
        "images_seen": trained.steps * config.training.batch_size,
        "steps": trained.steps,
        "train_seconds": trained.train_seconds,
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
    }
