"""Gradient experiments over their seeds, against numbers worked by hand."""

import math

import pandas as pd
import pytest
from scipy import stats

from bench.analysis import over_seeds
from bench.analysis.contract import CONTRACT


def gradients(measure: str, values: tuple[float, ...]) -> pd.DataFrame:
    rows = [
        ("points", "4", "acl.plus_attribute", "lsgan", "attribute", 0, seed, measure, value)
        for seed, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=list(CONTRACT["gradients"]))


def test_cosines_have_a_mean_with_students_interval() -> None:
    (row,) = over_seeds.gradient_means(gradients("cosine", (0.3, 0.4, 0.5, 0.6, 0.7))).to_dict("records")
    half = stats.t.ppf(0.975, 4) * 0.158114 / math.sqrt(5)
    assert (row["mean"], row["ci_low"], row["ci_high"]) == pytest.approx((0.5, 0.5 - half, 0.5 + half), abs=1e-6)
    assert (row["seeds"], row["setting"], row["model"]) == (5, "4", "acl.plus_attribute")


def test_norms_have_a_geometric_mean_or_none_where_a_loss_was_silent() -> None:
    (row,) = over_seeds.gradient_means(gradients("norm", (1.0, 100.0))).to_dict("records")
    assert row["mean"] == pytest.approx(10)
    (silent,) = over_seeds.gradient_means(gradients("norm", (1.0, 0.0))).to_dict("records")
    assert math.isnan(silent["mean"])


def test_a_term_without_any_gradient_has_norm_0() -> None:
    (none,) = over_seeds.gradient_means(gradients("norm", (0.0,) * 5)).to_dict("records")
    assert (none["mean"], none["ci_low"], none["ci_high"]) == (0, 0, 0)


def test_experiments_that_were_not_run_leave_an_empty_table_with_all_columns() -> None:
    means = over_seeds.gradient_means(None)
    assert means.empty
    assert tuple(means.columns) == over_seeds.GRADIENT_COLUMNS
