"""Builds the model that a training trains: a variant at the settings' sizes, for the labels of its data."""

from __future__ import annotations

from collections.abc import Mapping

from bench import registry
from bench.data.batches import frequencies, target_frequencies
from bench.data.store import Store
from bench.errors import BenchError
from bench.method import Model, Problem
from bench.settings import Settings


def build_model(settings: Settings, model_id: str, weights: Mapping[str, float], stores: Mapping[int, Store]) -> Model:
    """The torch side of a variant for the settings' sizes and the train split's label frequencies."""
    if settings.data.image_size_px not in stores:
        raise BenchError(f"None of the packed faces is of {settings.data.image_size_px} px. Name that store in --pack.")
    split = stores[settings.data.image_size_px].split("train")
    problem = Problem(
        attributes=settings.data.attributes,
        image_size_px=settings.data.image_size_px,
        **settings.networks.model_dump(),
        label_frequencies=frequencies(split),
        target_frequencies=target_frequencies(split, settings.training.targets),
    )
    return build_for(problem, settings, model_id, weights)


def build_for(problem: Problem, settings: Settings, model_id: str, weights: Mapping[str, float]) -> Model:
    """The torch side of a variant for any problem, under the settings' readings of the paper."""
    method, _ = registry.find(model_id)
    return registry.build(model_id, weights, settings.readings.get(method.name, {}), problem)
