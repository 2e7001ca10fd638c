"""What determines a training: the model that is built, and the key of its working folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from bench import registry
from bench.data.batches import frequencies, target_frequencies
from bench.data.store import Store
from bench.errors import BenchError
from bench.method import Model, Problem
from bench.runtime import kernels
from bench.runtime.digest import source_digest, value_digest
from bench.settings import Settings, TrainingSettings
from bench.training import device as devices


def build_model(settings: Settings, model_id: str, weights: Mapping[str, float], stores: Mapping[int, Store]) -> Model:
    """The torch side of a variant for the settings' sizes and the train split's label frequencies."""
    if settings.data.image_size_px not in stores:
        raise BenchError(f"None of the packed faces is of {settings.data.image_size_px} px. Name that store in --pack.")
    split = stores[settings.data.image_size_px].split("train")
    problem = Problem(
        attributes=settings.data.attributes,
        image_size_px=settings.data.image_size_px,
        generator_channels=settings.networks.generator_channels,
        residual_blocks=settings.networks.residual_blocks,
        discriminator_channels=settings.networks.discriminator_channels,
        label_frequencies=frequencies(split),
        target_frequencies=target_frequencies(split, settings.training.targets),
    )
    method, _ = registry.find(model_id)
    return registry.build(model_id, weights, settings.readings.get(method.name, {}), problem)


def work_key(
    model_id: str,
    model: Model,
    training: TrainingSettings,
    budget_images: int,
    seed: int,
    stores: Mapping[int, Store],
    judges: Sequence[Path] = (),
) -> str:
    """Names a training's working folder: model, settings, data, source, torch, kernels, threads, judges, digested."""
    method, variant = registry.find(model_id)
    measured = ("bench.evaluation.evaluator", "bench.metrics") if judges else ()  # evaluation points make the curve
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
            source_digest("bench.training.trainer", f"{method.name}.model", *measured),
            *(torch.__version__, kernels.name(), 1, devices.claim(training.device).type),
            [hashlib.sha256(judge.read_bytes()).hexdigest() for judge in judges],
        ]
    )
