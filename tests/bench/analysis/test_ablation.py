"""Pairs of variants that one part tells apart, and what that part changes, against numbers worked by hand."""

import math
from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.analysis import ablation
from bench.analysis.statistics import Interval
from bench.settings import FinalModel, Settings
from tests.support.made_pools import made_settings, speed, speed_ratio

BASE, LOSS, CONTENT, MASK, BASE_MASK = (
    "stargan_baseline.lsgan", "acl.plus_attribute", "acl.plus_content", "acl.plus_mask", "stargan_baseline.lsgan_mask",
)  # fmt: skip


def run_settings(**budgets: float) -> Settings:
    models = (BASE, LOSS, CONTENT, MASK, BASE_MASK)
    finals = tuple(
        FinalModel(model=model, seeds=(1, 2, 3, 4, 5), budget_kimg=budgets.get(model.partition(".")[2]))
        for model in models
    )
    return made_settings().model_copy(update={"finals": finals})


def scores() -> pd.DataFrame:
    values = {BASE: (0.5, 0.7, 0.6, 0.6, 0.6), LOSS: (0.6, 0.8, 0.7, 0.5, 0.9), CONTENT: (0.95, 0.95)}
    return pd.DataFrame(
        [
            (*model.split("."), seed, "valid", "quality", "all", value)
            for model, pair in values.items()
            for seed, value in enumerate(pair)
        ],
        columns=["method", "variant", "seed", "split", "metric", "attribute", "value"],
    )


def curves() -> pd.DataFrame:
    """Quality 0 at 10 s and 1 at 20 s for the base, twice as fast with the loss."""
    rows = [
        (*model.split("."), seed, images, images / 16 / pace, "quality", value)
        for model, pace in ((BASE, 1.0), (LOSS, 2.0))
        for seed in (1, 2, 3, 4, 5)
        for images, value in ((160, 0.0), (320, 1.0))
    ]
    columns = ["method", "variant", "seed", "images_seen", "train_seconds", "metric", "value"]
    return pd.DataFrame(rows, columns=columns)


def rows_of(settings: Settings, scored: pd.DataFrame | None = None) -> dict[Hashable, dict[Hashable, Any]]:
    costs = {BASE: 100.0, LOSS: 101.0, CONTENT: 60.0}
    split = settings.model_copy(update={"scoring": settings.scoring.model_copy(update={"splits": ("valid",)})})
    scored = scores() if scored is None else scored
    rows = ablation.table(scored, curves(), speed(costs), speed_ratio(costs), split)
    return rows.set_index(["variant", "measure"]).to_dict("index")


def test_a_part_is_compared_with_the_variant_that_lacks_it_and_nothing_else() -> None:
    steps = {(step.part, step.above, step.below): step.on_ladder for step in ablation.steps(run_settings())}
    assert steps == {
        ("attribute_loss", LOSS, BASE): True,
        ("content_loss", CONTENT, LOSS): True,
        ("mask", MASK, CONTENT): True,
        ("mask", BASE_MASK, BASE): True,
    }


def test_times_are_the_measured_ratios_of_iterations() -> None:
    ablation_rows = rows_of(run_settings())
    assert ablation_rows[("plus_attribute", "iteration_ratio")]["estimate"] == pytest.approx(1.01)
    assert ablation_rows[("plus_content", "iteration_ratio")]["estimate"] == pytest.approx(60 / 101)
    assert ablation_rows[("plus_content", "iteration_ratio")]["effect"] == "better"
    assert ablation_rows[("plus_attribute", "iteration_ratio")]["effect"] == "none"


def test_scores_are_differences_and_times_to_quality_ratios_over_seeds() -> None:
    ablation_rows = rows_of(run_settings())
    assert ablation_rows[("plus_attribute", "quality_difference")]["estimate"] == pytest.approx(0.1)
    assert ablation_rows[("plus_attribute", "quality_difference")]["effect"] == "open"
    assert ablation_rows[("plus_attribute", "quality_difference")]["seeds"] == 5
    assert np.isnan(ablation_rows[("plus_content", "quality_difference")]["ci_low"])  # two seeds
    row = ablation_rows[("plus_attribute", "seconds_to_quality_ratio")]
    assert row["estimate"] == pytest.approx(0.5)
    assert (row["levels"], row["effect"]) == ("0.4 0.6", "better")


def test_a_lead_of_a_model_that_shows_other_people_is_no_effect_of_a_part() -> None:
    higher = scores().assign(value=lambda rows: rows["value"] + 0.5 * (rows["variant"] == "plus_attribute"))
    assert rows_of(run_settings(), higher)["plus_attribute", "quality_difference"]["effect"] == "better"
    other_people = scores().assign(metric="background_error", value=0.22)
    row = rows_of(run_settings(), pd.concat([higher, other_people]))["plus_attribute", "quality_difference"]
    assert row["effect"] == "open"
    assert row["reason"] == f"{LOSS} leads, but its edits miss what a hit asks: background_error 0.22"


def test_models_of_different_budgets_are_not_compared_and_the_row_says_so() -> None:
    row = rows_of(run_settings(plus_attribute=0.25))[("plus_attribute", "quality_difference")]
    assert math.isnan(row["estimate"])
    assert row["reason"] == "trained on 1 and 0.25 thousand images"


@pytest.mark.parametrize(
    ("measure", "low", "high", "expected"),
    [
        ("iteration_ratio", 0.6, 0.94, "better"), ("iteration_ratio", 1.06, 1.2, "worse"),
        ("iteration_ratio", 0.97, 1.04, "none"), ("iteration_ratio", 0.9, 1.04, "open"),
        ("quality_difference", 0.04, 0.2, "better"), ("quality_difference", -0.2, -0.04, "worse"),
        ("quality_difference", -0.02, 0.02, "none"), ("quality_difference", 0.0, 0.2, "open"),
        ("background_error_difference", -0.2, -0.1, "better"), ("background_error_difference", -0.1, 0.1, "open"),
        ("iteration_ratio", math.nan, math.nan, "open"),
    ],
)  # fmt: skip
def test_an_effect_is_named_only_where_the_whole_interval_says_so(
    measure: str, low: float, high: float, expected: str
) -> None:
    assert ablation.effect(measure, Interval((low + high) / 2, low, high)) == expected
