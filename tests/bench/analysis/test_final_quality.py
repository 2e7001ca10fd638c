"""What final models reached, against hand-worked numbers."""

from __future__ import annotations

import pandas as pd
import pytest

from bench.analysis import contract, over_seeds
from tests.support.made_pools import made_settings

BASELINE, CHALLENGER = "stargan_baseline.lsgan", "acl.plus_attribute"


def scores() -> pd.DataFrame:
    """Quality of two models and a control: baseline .4 and .6 on valid, challenger .7 and .5; test .1 lower."""
    rows = [
        (*model.split("."), seed, split, "quality", attribute, value - 0.1 * (split == "test"), 10)
        for model, values in ((BASELINE, (0.4, 0.6)), (CHALLENGER, (0.7, 0.5)), ("control.identity", (0.0, 0.0)))
        for seed, value in enumerate(values)
        for split in ("valid", "test")
        for attribute in ("all", "Smiling", "Young")
    ]
    return pd.DataFrame(rows, columns=list(contract.CONTRACT["scores"]))


def estimate(variant: str, measure: str, split: str = "test") -> float:
    found = over_seeds.final_quality(scores(), made_settings())
    row = found[(found["variant"] == variant) & (found["measure"] == measure) & (found["split"] == split)]
    return float(row["estimate"].item())


def test_means_differences_and_the_chance_to_improve_are_over_seeds() -> None:
    assert estimate("lsgan", "mean") == pytest.approx(0.4)
    assert estimate("plus_attribute", "difference") == pytest.approx(0.1)
    assert estimate("plus_attribute", "probability_of_improvement") == pytest.approx(3 / 4)
    assert estimate("plus_attribute", "interquartile_mean", "valid") == pytest.approx(0.6)


def test_optimism_is_valid_minus_test_on_the_same_seed() -> None:
    assert estimate("plus_attribute", "optimism", "valid-test") == pytest.approx(0.1)


def test_controls_are_left_out_and_the_baseline_is_not_compared_with_itself() -> None:
    found = over_seeds.final_quality(scores(), made_settings())
    assert "control" not in set(found["method"])
    assert set(found[found["variant"] == "lsgan"]["measure"]) == {"mean", "interquartile_mean", "optimism"}


def test_no_scores_give_an_empty_table_with_all_columns() -> None:
    found = over_seeds.final_quality(scores().iloc[:0], made_settings())
    assert found.empty
    assert tuple(found.columns) == over_seeds.COLUMNS
