"""Means over seeds whose intervals stay inside the metric's range."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from scipy import stats

from bench.analysis import statistics


def test_below_five_seeds_there_is_no_interval() -> None:
    mean = statistics.mean_in_range("quality", [0.2, 0.4, 0.6, 0.8])
    assert mean.estimate == pytest.approx(0.5)
    assert math.isnan(mean.low)
    assert math.isnan(mean.high)


def test_a_metric_without_ends_has_students_interval() -> None:
    values = [0.1, 0.2, 0.3, 0.4, 0.6]
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert statistics.mean_in_range("quality", values)[1:] == pytest.approx((low, high))


def test_a_share_is_judged_on_logits_and_an_error_on_logs() -> None:
    values = np.array([0.90, 0.94, 0.96, 0.98, 0.97])
    centre, half = values.mean(), stats.t.ppf(0.975, 4) * stats.sem(values)
    logit, width = math.log(centre / (1 - centre)), half / (centre * (1 - centre))
    mean = statistics.mean_in_range("attribute_accuracy", values)
    assert mean[1:] == pytest.approx((1 / (1 + math.exp(-(logit - width))), 1 / (1 + math.exp(-(logit + width)))))
    error = statistics.mean_in_range("fid_judge_test", values)
    assert error[1:] == pytest.approx((centre * math.exp(-half / centre), centre * math.exp(half / centre)))


@example([0.0, 0.0, 0.0, 0.0, 2.2250738585e-313])
@given(some.lists(some.floats(0, 1), min_size=5, max_size=12))
def test_no_interval_leaves_the_range_whatever_the_seeds(values: list[float]) -> None:
    share, error = (statistics.mean_in_range(name, values) for name in ("preservation_accuracy", "background_error"))
    assert math.isnan(share.low) or 0 <= share.low <= share.high <= 1
    assert math.isnan(error.low) or 0 <= error.low <= error.high


def test_the_plain_interval_of_the_same_seeds_would_leave_it() -> None:
    values = [0.8, 1.0, 1.0, 1.0, 1.0]
    assert statistics.mean_in_range("quality", values).high > 1
    assert statistics.mean_in_range("attribute_accuracy", values).high < 1
