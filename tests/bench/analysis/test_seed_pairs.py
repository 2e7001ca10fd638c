"""Models compared over training seeds: in pairs where seeds are shared, by Welch's t where they are not."""

import math

import numpy as np
import pandas as pd
import pytest

from bench.analysis import seed_pairs, statistics


def by_seed(values: list[float], first: int = 1) -> pd.Series:
    return pd.Series(values, index=range(first, first + len(values)))


def test_shared_seeds_are_compared_in_pairs_by_the_textbook_t() -> None:
    first, second = [1.0, 2.0, 4.0, 3.0, 5.0], [0.5, 1.6, 3.3, 2.4, 4.7]  # differences .5, .4, .7, .6, .3
    pairs = seed_pairs.compare(by_seed(first), by_seed(second))
    half = 2.776445 * 0.158114 / math.sqrt(5)  # t(4) quantile, standard deviation of the differences
    assert pairs.at(0.95) == pytest.approx((0.5, 0.5 - half, 0.5 + half), abs=1e-5)
    assert pairs.interval_name == "paired t"
    assert pairs.count == 5
    assert pairs.spread == pytest.approx(0.158114, abs=1e-6)
    assert pairs.correlation == pytest.approx(np.corrcoef(first, second)[0, 1])


def test_two_seeds_that_happen_to_agree_have_no_interval() -> None:
    pairs = seed_pairs.compare(by_seed([0.67, 0.68]), by_seed([0.75, 0.76]))
    assert pairs.at(0.95).estimate == pytest.approx(-0.08)
    assert np.isnan(pairs.at(0.95)[1:]).all()


def test_ratios_are_paired_on_logs() -> None:
    pairs = seed_pairs.compare(by_seed([2.0, 8.0]), by_seed([1.0, 2.0]), log=True)
    assert pairs.at(0.95).estimate == pytest.approx(math.sqrt(8))
    assert pairs.spread == pytest.approx(math.log(2) / math.sqrt(2))
    assert math.isnan(pairs.correlation)  # of two points it is always 1


def test_the_smaller_side_is_paired_where_all_of_its_seeds_are_shared_else_welch_takes_every_value() -> None:
    long = by_seed([1.0, 2.0, 4.0, 8.0, 7.0, 6.0])
    assert seed_pairs.compare(long, by_seed([1.0, 2.0], first=2)).count == 2
    apart = seed_pairs.compare(long, by_seed([1.0, 2.0, 5.0, 3.0, 4.0], first=3))
    assert apart.interval_name == "Welch's t"
    assert apart.at(0.9) == statistics.difference([1, 2, 4, 8, 7, 6], [1, 2, 5, 3, 4], 0.9)
    assert math.isnan(apart.correlation)


def test_pairs_decide_with_few_seeds_what_welch_cannot() -> None:
    """C5 as measured: logs spread by .115 and .139 a variant, their difference by .025."""
    random = np.random.default_rng(1)
    shared = random.normal(0, 0.125, 6)
    framed = by_seed(list(np.exp(math.log(0.76) + shared + random.normal(0, 0.018, 6))))
    free = by_seed(list(np.exp(shared + random.normal(0, 0.018, 6))))
    assert seed_pairs.compare(framed, free, log=True).at(0.95).high < 0.8
    assert statistics.ratio(framed, free).high > 0.8


@pytest.mark.parametrize("correlation", [0.0, 0.2, 0.95])
def test_pairs_cover_at_least_93_percent_whatever_the_correlation(correlation: float) -> None:
    random = np.random.default_rng(2)
    covered = 0
    for _ in range(400):
        both = random.multivariate_normal([0.1, 0.0], [[1, correlation], [correlation, 1]], 8)
        pairs = seed_pairs.compare(by_seed(list(both[:, 0])), by_seed(list(both[:, 1]))).at(0.95)
        covered += pairs.low <= 0.1 <= pairs.high
    assert covered / 400 >= 0.93
