"""Figures 1 and 2 as an experiment: what it measures, at points where the answer is known."""

from __future__ import annotations

import pytest

from bench import registry
from bench.experiments.point_clouds import separation
from bench.method import Model, Problem

PROBLEM = Problem(("A", "B"), 16, 4, 1, 4, (0.5, 0.5), (0.5, 0.5))
MODELS = ("stargan_baseline.lsgan", "acl.plus_attribute")


def _model(model_id: str) -> Model:
    return registry.build(model_id, {}, {}, PROBLEM)


def _mean_cosine(model_id: str, distance: float) -> dict[str, float]:
    seeds = range(4)
    found: dict[str, float] = {}
    for seed in seeds:
        for term, measure, value in separation(_model(model_id), distance, 150, seed):
            if measure == "cosine":
                found[term] = found.get(term, 0.0) + value / len(seeds)
    return found


@pytest.mark.parametrize("model_id", MODELS)
def test_the_same_seed_measures_the_same(model_id: str) -> None:
    assert list(separation(_model(model_id), 4.0, 20, 3)) == list(separation(_model(model_id), 4.0, 20, 3))


def test_only_terms_that_the_discriminator_judges_are_measured() -> None:
    assert {term for term, _, _ in separation(_model(MODELS[0]), 1.0, 1, 0)} == {"adversarial", "classification"}


def test_at_a_distance_the_adversarial_and_the_attribute_loss_point_to_the_real_points() -> None:
    assert _mean_cosine("stargan_baseline.lsgan", 3.0)["adversarial"] > 0.4
    assert _mean_cosine("acl.plus_attribute", 3.0)["attribute"] > 0.4


def test_where_generated_points_are_real_ones_no_loss_points_anywhere() -> None:
    for model_id in MODELS:
        assert all(abs(value) < 0.35 for value in _mean_cosine(model_id, 0.0).values())
