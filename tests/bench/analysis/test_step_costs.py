"""Costs and ratios of steps from measured seconds, against numbers worked by hand."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bench.analysis import step_costs
from bench.analysis.contract import CONTRACT, KEYS
from bench.analysis.statistics import Interval
from bench.analysis.step_blocks import Cost

SETTING = {"device": "cpu", "threads": 1, "resolution": 32, "batch": 16, "attributes": 5}
ONE, OTHER, ELSE = "acl.plus_attribute", "stargan_baseline.lsgan", "stargan_baseline.published"


def cost(model_id: str, seconds: Any, gflop: float = 1.0) -> Cost:
    return Cost(model_id, "iteration", np.array(seconds), gflop, 2.0, 16)


def test_the_interval_of_a_median_is_that_of_the_order_statistics() -> None:
    # 95 % interval of the median of ten: 2nd to 9th value (Conover, Practical Nonparametric Statistics)
    assert step_costs.median_interval(np.arange(1.0, 11.0)) == (5.5, 2.0, 9.0)
    assert step_costs.median_interval(np.array([3.0])) == (3.0, 3.0, 3.0)


def test_several_processes_give_students_interval_on_the_logs_of_their_medians() -> None:
    interval = step_costs.interval(np.array([[1.0, 2.0, 9.0], [8.0, 8.0, 8.0]]))  # medians 2 and 8
    assert interval.estimate == pytest.approx(4.0)
    half = stats.t.ppf(0.975, 1) * math.log(2)  # logs are log 4 -+ log 2; their standard error is log 2
    assert math.log(interval.high / interval.estimate) == pytest.approx(half)
    assert math.log(interval.estimate / interval.low) == pytest.approx(half)


def test_what_slows_a_whole_block_drops_out_of_the_ratio() -> None:
    slow = np.array([1.0, 7.0, 1.5, 30.0, 2.0, 11.0])
    (row, _) = step_costs.ratio_rows([cost(ONE, [1.1 * slow], 3.0), cost(OTHER, [slow], 2.0)], SETTING)
    assert (row["ratio"], row["ci_low"], row["ci_high"]) == pytest.approx((1.1, 1.1, 1.1))
    assert row["gflop_ratio"] == 1.5


def test_images_a_second_are_those_that_the_part_handles() -> None:
    evaluation = Cost(ONE, "evaluation", np.array([[4.0, 2.0, 3.0]]), math.nan, math.nan, 1200)
    (step, evaluated) = step_costs.cost_rows([cost(ONE, [[0.1]]), evaluation], SETTING)
    assert step["images_per_second"] == pytest.approx(160)
    assert evaluated["images_per_second"] == pytest.approx(400)
    assert (evaluated["milliseconds"], evaluated["repeats"]) == (3000, 3)


def test_what_differs_between_processes_widens_the_interval() -> None:
    base = np.ones((5, 30))
    shifted = base * np.array([0.9, 1.0, 1.1, 1.2, 1.05])[:, None]
    (row, _) = step_costs.ratio_rows([cost(ONE, shifted), cost(OTHER, base)], SETTING)
    assert row["ci_low"] < 1 < row["ci_high"]
    within = step_costs.interval((shifted / base)[:1])
    assert row["ci_high"] - row["ci_low"] > within.high - within.low


def test_variants_are_compared_with_every_other_of_their_family_only() -> None:
    rows = list(step_costs.ratio_rows([cost(model, [[1.0]]) for model in (ONE, OTHER, ELSE)], SETTING))
    assert [(f"{row['method']}.{row['variant']}", row["against"]) for row in rows] == [(ONE, OTHER), (OTHER, ONE)]
    assert set(rows[0]) == set(CONTRACT["speed_ratio"])
    assert set(KEYS["speed_ratio"]) <= set(rows[0])


def test_an_interval_at_another_level_is_students_on_the_same_logs() -> None:
    logs = np.array([0.1, 0.3, 0.2, 0.4])
    interval = step_costs.at_level(step_costs.interval(np.exp(logs)[:, None]), 4, 0.99)
    expected = step_costs.interval(np.exp(logs)[:, None], 0.99)
    assert interval == pytest.approx(expected)
    lone = step_costs.at_level(Interval(2.0, 1.0, 4.0), 1, 0.99)
    assert math.log(lone.high / 2) == pytest.approx(math.log(2) * stats.norm.ppf(0.995) / stats.norm.ppf(0.975))
