"""Uncontended seconds of trainings, against numbers worked by hand."""

import numpy as np
import pandas as pd
import pytest

from bench.analysis import training_costs
from bench.analysis.contract import CONTRACT
from bench.analysis.training_costs import StepCost
from bench.method import GrowthStage
from tests.support.made_pools import made_settings, speed

STAGES = (GrowthStage(2, 0.0, 0.0), GrowthStage(1, 0.4, 0.1))
GROWING = StepCost({"16px": 0.1, "32px_fading": 0.3, "": 0.2}, STAGES, 32)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [(0, 0.0), (3, 0.3), (4, 0.4), (5, 0.7), (6, 0.9), (10, 1.7)],  # 4 small steps, 1 that fades, 5 whole ones
)
def test_each_step_costs_what_its_phase_does(steps: int, expected: float) -> None:
    assert GROWING.of(steps, 10) == pytest.approx(expected)


def test_the_mean_is_over_the_whole_training() -> None:
    assert GROWING.mean(10) == pytest.approx(0.17)
    assert StepCost({"": 0.2}, (), 32).mean(7) == pytest.approx(0.2)


def test_what_was_not_timed_is_unknown_from_there_on() -> None:
    untimed = StepCost({"16px": 0.1, "32px_fading": np.nan, "": 0.2}, STAGES, 32)
    np.testing.assert_allclose(untimed.of([2, 4, 5, 10], 10), [0.2, 0.4, np.nan, np.nan])
    assert np.isnan(untimed.mean(10))


def test_curves_get_the_seconds_of_their_images_and_none_where_nothing_was_timed() -> None:
    rows = [
        (method, variant, seed, images, 1000.0, "quality", 0.5)
        for method, variant in (("acl", "plus_mask"), ("acl", "plus_content"))
        for seed in (1, 2)
        for images in (160, 320)
    ]
    curves = pd.DataFrame(rows, columns=list(CONTRACT["curves"]))
    with_costs = training_costs.with_seconds(curves, speed({"acl.plus_mask": 500.0}), made_settings())
    timed = with_costs["variant"] == "plus_mask"
    assert with_costs.loc[timed, training_costs.SECONDS].tolist() == [5.0, 10.0] * 2  # batches of 16
    assert with_costs.loc[~timed, training_costs.SECONDS].isna().all()
    assert with_costs["train_seconds"].eq(1000.0).all()


def test_a_labelled_model_takes_the_steps_of_its_variant() -> None:
    timed = speed({"acl.plus_mask": 500.0})
    costs = [
        training_costs.step_cost(timed, name, made_settings()) for name in ("acl.plus_mask", "acl.plus_mask__short")
    ]
    assert costs[0] == costs[1]
    assert costs[0].mean(7) == pytest.approx(0.5)


def test_a_growing_model_with_a_phase_that_was_not_timed_has_no_step_cost() -> None:
    whole = training_costs.step_cost(speed({"acl.full": 500.0}), "acl.full", made_settings())
    assert set(whole.by_phase) == {"16px", "32px_fading", "32px", "64px_fading", ""}
    assert np.isnan(whole.mean(20))
