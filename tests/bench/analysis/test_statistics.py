"""Every estimator against a known answer; every interval's coverage by simulation at the sizes that are used."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.analysis import statistics as st

Floats = NDArray[np.float64]


def coverage(interval: Callable[[np.random.Generator], st.Interval], truth: float, repeats: int) -> float:
    """Share of simulated intervals that hold the truth."""
    random = np.random.default_rng(7)
    drawn = [interval(random) for _ in range(repeats)]
    return sum(drawn_interval.low <= truth <= drawn_interval.high for drawn_interval in drawn) / repeats


def test_clopper_pearson_of_1_in_10_is_the_textbook_interval() -> None:
    assert st.hit_rate(1, 10) == pytest.approx((0.1, 0.00253, 0.44502), abs=1e-5)
    assert st.hit_rate(0, 8).high == pytest.approx(1 - 0.025 ** (1 / 8))


def test_expected_trials_is_n_plus_1_over_k_plus_1_and_without_hits_open_above() -> None:
    assert st.expected_trials(3, 11).estimate == 3.0
    none = st.expected_trials(0, 8)
    assert none.estimate == 9
    assert none.high == math.inf
    assert none.low == pytest.approx(1 / (1 - 0.025 ** (1 / 8)))


def test_expected_trials_is_unbiased_for_the_expected_trials_within_n_plus_1() -> None:
    random, rate, trials = np.random.default_rng(1), 0.1, 20
    hits = random.binomial(trials, rate, 20_000)
    within = sum((1 - rate) ** k for k in range(trials + 1))  # E[min(T, N + 1)], T geometric
    assert np.mean((trials + 1) / (hits + 1)) == pytest.approx(within, rel=0.01)


def test_score_interval_of_equal_rates_holds_1_and_swapping_inverts_it() -> None:
    first, second = st.rate_ratio(9, 96, 3, 96), st.rate_ratio(3, 96, 9, 96)
    assert first.estimate == pytest.approx(3.0)
    assert first.low < 1 < first.high
    assert (1 / second.high, 1 / second.low) == pytest.approx((first.low, first.high), rel=1e-3)


def test_score_interval_of_a_rate_ratio_is_open_where_one_side_has_no_hit() -> None:
    assert st.rate_ratio(5, 20, 0, 20).high == math.inf
    assert st.rate_ratio(5, 20, 0, 20).low > 0
    assert st.rate_ratio(0, 20, 5, 20).low == 0
    assert math.isnan(st.rate_ratio(0, 20, 0, 20).estimate)


def test_expected_seconds_is_mean_cost_times_expected_trials() -> None:
    seconds = st.expected_seconds([True, False, False, True, False], [8.0, 10.0, 12.0, 10.0, 10.0])
    assert seconds.estimate == pytest.approx(10 * 6 / 3)
    assert seconds.low < seconds.estimate < seconds.high
    none = st.expected_seconds([False] * 4, [10.0] * 4)
    assert none == pytest.approx((50.0, 10 / (1 - 0.025 ** (1 / 4)), math.inf))  # even costs: Clopper-Pearson's alone
    assert math.isnan(st.expected_seconds([True], [10.0]).low)


def test_seconds_ratio_is_the_score_interval_of_the_rates_times_the_ratio_of_costs() -> None:
    hits = np.arange(40) < 8, np.arange(40) < 16
    ratio = st.seconds_ratio(hits[0], np.full(40, 10.0), hits[1], np.full(40, 5.0))
    rates = st.rate_ratio(16, 40, 8, 40)
    assert ratio.estimate == pytest.approx(2 * 17 / 9)
    assert ratio[1:] == pytest.approx((2 * rates.low, 2 * rates.high))


def test_a_side_without_hits_bounds_the_seconds_ratio_from_one_side() -> None:
    none, some, cost = np.zeros(96, bool), np.arange(96) < 17, np.full(96, 10.0)
    ratio = st.seconds_ratio(none, cost, some, cost)
    assert ratio.estimate == pytest.approx(18)
    assert 1.5 < ratio.low < ratio.estimate < ratio.high == math.inf
    turned = st.seconds_ratio(some, cost, none, cost)
    assert (turned.low, turned.high) == pytest.approx((0.0, 1 / ratio.low))
    assert st.seconds_ratio([], [], some, cost) is st.UNKNOWN


def test_welch_interval_of_a_difference_is_the_textbook_one() -> None:
    difference = st.difference([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])
    half = 2.776445 * math.sqrt(1 / 3 + 1 / 3)  # t(4) quantile
    assert difference == pytest.approx((-3.0, -3 - half, -3 + half), abs=1e-5)
    assert st.difference([1.0, 1.0], [2.0, 2.0]) == (-1.0, -1.0, -1.0)


def test_a_ratio_of_times_does_not_depend_on_their_unit() -> None:
    seconds, others = np.array([3.0, 5.0, 9.0]), np.array([2.0, 2.5, 4.0])
    assert st.ratio(seconds, others) == pytest.approx(st.ratio(60 * seconds, 60 * others))
    assert st.geometric_mean([1.0, 100.0]).estimate == pytest.approx(10.0)


def test_one_value_gives_an_estimate_without_an_interval() -> None:
    assert st.mean([3.0]).estimate == 3.0
    assert math.isnan(st.mean([3.0]).low)
    assert math.isnan(st.mean([]).estimate)
    assert math.isnan(st.difference([1.0], [2.0, 3.0]).low)


def test_the_share_that_reached_is_kaplan_meiers_and_ends_below_1_where_studies_are_censored() -> None:
    share = st.reached([1.0, 2.0, 3.0, 4.0], [False, True, False, True])
    assert share["time"].tolist() == [1, 2, 3, 4]
    # 3/4 survive the first; one is lost at 2; half of the two left survive the next.
    assert share["share"].tolist() == pytest.approx([0.25, 0.25, 0.625, 0.625])
    assert st.reached([5.0, 5.0], [True, True]).empty


def test_logrank_of_equal_samples_is_1_and_of_censored_ones_unknown() -> None:
    times, seen = [1.0, 2.0, 3.0], [False, False, False]
    assert st.logrank(times, seen, times, seen) == pytest.approx(1.0)
    # Freireich 1963: remission under 6-MP against placebo, p = 0.00004
    treated = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    censored = [False] * 9 + [True] * 12
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    assert st.logrank(treated, censored, placebo, [False] * 21) == pytest.approx(4.2e-5, rel=0.1)
    assert math.isnan(st.logrank(times, [True] * 3, times, [True] * 3))


def test_exact_and_score_intervals_cover_at_least_93_percent() -> None:
    assert coverage(lambda random: st.hit_rate(int(random.binomial(24, 0.2)), 24), 0.2, 400) >= 0.93

    def rates(random: np.random.Generator) -> st.Interval:
        return st.rate_ratio(int(random.binomial(48, 0.3)), 48, int(random.binomial(48, 0.1)), 48)

    assert coverage(rates, 3.0, 400) >= 0.93


def test_t_intervals_cover_at_least_93_percent_at_8_seeds() -> None:
    assert coverage(lambda random: st.mean(random.normal(0.5, 0.1, 8)), 0.5, 600) >= 0.93
    assert coverage(lambda r: st.difference(r.normal(0.5, 0.1, 8), r.normal(0.4, 0.3, 8)), 0.1, 600) >= 0.93
    assert coverage(lambda r: st.ratio(r.lognormal(1, 0.4, 8), r.lognormal(0, 0.8, 8)), math.e, 600) >= 0.93


def test_expected_seconds_cover_at_least_93_percent_though_hits_cost_more() -> None:
    for trials, rate in ((96, 0.2), (24, 0.2)):

        def seconds(random: np.random.Generator, trials: int = trials, rate: float = rate) -> st.Interval:
            hit = random.random(trials) < rate
            return st.expected_seconds(hit, random.normal(10, 1, trials) * (1 + 2 * hit))

        assert coverage(seconds, 10 * (1 + 2 * rate) / rate, 200) >= 0.93


def test_t_intervals_of_times_cover_at_least_93_percent_at_8_studies() -> None:
    median = 10 * math.exp(-0.5772156649)  # the geometric mean of exponential times is the mean times exp(-gamma)
    assert coverage(lambda random: st.geometric_mean(random.exponential(10, 8)), median, 600) >= 0.93
    assert coverage(lambda r: st.ratio(r.exponential(10, 8), r.exponential(5, 8)), 2.0, 600) >= 0.93


def test_expected_trials_cover_at_least_93_percent() -> None:
    for trials, rate in ((96, 0.1), (96, 0.3), (24, 0.2)):

        def expected(random: np.random.Generator, trials: int = trials, rate: float = rate) -> st.Interval:
            return st.expected_trials(int(random.binomial(trials, rate)), trials)

        assert coverage(expected, 1 / rate, 200) >= 0.93


@pytest.mark.parametrize(("one", "two"), [(0.02, 0.18), (0.15, 0.3), (0.4, 0.4)])
def test_the_ratio_of_search_seconds_covers_at_least_93_percent_also_without_a_hit_on_one_side(
    one: float, two: float
) -> None:
    def pool(random: np.random.Generator, rate: float) -> tuple[NDArray[np.bool_], Floats]:
        hit = random.random(96) < rate
        return hit, random.normal(10, 1, 96) * (1 + 2 * hit)

    def ratio(random: np.random.Generator) -> st.Interval:
        return st.seconds_ratio(*pool(random, one), *pool(random, two))

    truth = (1 + 2 * one) / one / ((1 + 2 * two) / two)
    assert coverage(ratio, truth, 400) >= 0.93


def test_the_share_that_reached_covers_at_least_93_percent_at_8_studies() -> None:
    def share(random: np.random.Generator) -> st.Interval:
        times = random.exponential(10, 8)
        curve = st.reached(np.minimum(times, 15), times > 15)
        known = curve[(curve["time"] <= 10 * math.log(2)) & curve["ci_low"].notna()].tail(1)
        if known.empty:
            return st.Interval(0.0, 0.0, 1.0)
        return st.Interval(*(float(known[name].iloc[0]) for name in ("share", "ci_low", "ci_high")))

    assert coverage(share, 0.5, 300) >= 0.93


def test_the_logrank_test_of_equal_arms_rejects_in_about_5_percent() -> None:
    random = np.random.default_rng(3)

    def p(studies: int) -> float:
        times = [random.exponential(10, studies) for _ in range(2)]
        first, second = ((np.minimum(time, 15), time > 15) for time in times)
        return st.logrank(*first, *second)

    for studies in (4, 8):
        assert np.mean([p(studies) < 0.05 for _ in range(300)]) <= 0.08
