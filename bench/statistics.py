"""Estimators of search time and quality, with intervals (DESIGN sections 5 and 6). Tidy in, tidy out; no plotting.

Which interval belongs to which number:

    hit rate K/N                      Clopper-Pearson (exact; covers more than it says)
    expected trials (N+1)/(K+1)       the reciprocals of Clopper-Pearson's bounds
    ratio of two hit rates            Miettinen-Nurminen score interval
    expected seconds, and geometric   percentile bootstrap over trials
      means over targets
    ratio of two log-normal times     Welch's t on the logs
    a difference of two means         Welch's t
    a mean over seeds                 Student's t
    interquartile mean, probability   percentile bootstrap over seeds, within each method (stratum)
      of improvement

Intervals at 95 % were simulated at the sizes in use (tests/bench/test_statistics.py) and cover 93 % or more, but for:

    expected seconds                  92 % with a pool of 96 trials, 91 % with 24
    ratio of expected seconds         93 to 96 % with pools of 48 and 96
    interquartile mean                90 % with 8 seeds, 84 % with 4
    probability of improvement        92 % with 8 seeds, 83 % with 4; none where one side always wins

An interval without information is (nan, nan) or open at one end (inf); an estimator never raises on small samples.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats
from statsmodels.stats.proportion import score_test_proportions_2indep
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

Floats = NDArray[np.float64]
RESAMPLES = 4000
BOOTSTRAP_SEED = 20190301
_LOG_RATIOS = (-20.0, 21.0)  # not symmetric: the score statistic of two full counts is 0/0 at a ratio of 1


class Interval(NamedTuple):
    """An estimate with the bounds of its confidence interval."""

    estimate: float
    low: float
    high: float


UNKNOWN = Interval(math.nan, math.nan, math.nan)


def hit_rate(hits: int, trials: int, level: float = 0.95) -> Interval:
    """Share of hits, with the Clopper-Pearson interval."""
    if trials == 0:
        return Interval(math.nan, 0.0, 1.0)
    bounds = stats.binomtest(hits, trials).proportion_ci(level, method="exact")
    return Interval(hits / trials, float(bounds.low), float(bounds.high))


def expected_trials(hits: int, trials: int, level: float = 0.95) -> Interval:
    """Trials until the first hit, (N+1)/(K+1): the expected number within N+1 trials.

    Without a hit it says no more than "more than N": the estimate is N + 1 and the upper bound is infinite.
    """
    rate = hit_rate(hits, trials, level)
    return Interval((trials + 1) / (hits + 1), 1 / rate.high, 1 / rate.low if rate.low > 0 else math.inf)


def rate_ratio(hits_1: int, trials_1: int, hits_2: int, trials_2: int, level: float = 0.95) -> Interval:
    """Hit rate 1 over hit rate 2, with the Miettinen-Nurminen score interval.

    Bounds are 0 or infinite where a side has no hit. The score test is inverted numerically: statsmodels' closed form
    leaves the real numbers where a side has hits only.
    """
    if min(trials_1, trials_2) == 0 or hits_1 == hits_2 == 0:
        return Interval(math.nan, 0.0, math.inf)
    critical = float(stats.norm.ppf((1 + level) / 2))

    def excess(log_ratio: float, bound: float) -> float:
        statistic, _ = score_test_proportions_2indep(
            hits_1, trials_1, hits_2, trials_2, value=math.exp(log_ratio), compare="ratio", return_results=False
        )
        return float(statistic) - bound

    low = optimize.brentq(excess, *_LOG_RATIOS, args=(critical,)) if hits_1 else -math.inf
    high = optimize.brentq(excess, *_LOG_RATIOS, args=(-critical,)) if hits_2 else math.inf
    estimate = (hits_1 / trials_1) / (hits_2 / trials_2) if hits_2 else math.inf
    return Interval(estimate, math.exp(low), math.exp(high) if hits_2 else math.inf)


def expected_seconds(hits: ArrayLike, seconds: ArrayLike, level: float = 0.95) -> Interval:
    """Seconds until the first hit: mean seconds of a trial times (N+1)/(K+1); percentile bootstrap over trials.

    `hits` (N,) is true where the trial hit, `seconds` (N,) what it cost. Without a hit the upper bound is infinite.
    """
    hit, cost = np.asarray(hits, dtype=bool), np.asarray(seconds, dtype=float)
    if hit.size == 0:
        return UNKNOWN
    bounds = _bootstrap((np.arange(hit.size),), lambda rows: _search_seconds(hit[rows], cost[rows]), level)
    estimate = float(_search_seconds(hit, cost))
    return Interval(estimate, bounds.low, bounds.high if hit.any() else math.inf)


def seconds_ratio(
    hits_1: ArrayLike, seconds_1: ArrayLike, hits_2: ArrayLike, seconds_2: ArrayLike, level: float = 0.95
) -> Interval:
    """Expected seconds 1 over expected seconds 2, the geometric mean over targets; percentile bootstrap over trials.

    `hits` are (N, T), `seconds` (N, T): a column a target. A trial is resampled with all of its targets. NaN where one
    side has no hit at some target.
    """
    hit_1, cost_1 = np.asarray(hits_1, dtype=bool), np.asarray(seconds_1, dtype=float)
    hit_2, cost_2 = np.asarray(hits_2, dtype=bool), np.asarray(seconds_2, dtype=float)
    if 0 in hit_1.shape or 0 in hit_2.shape or not (hit_1.any(axis=0).all() and hit_2.any(axis=0).all()):
        return UNKNOWN

    def ratio(rows_1: NDArray[np.int64], rows_2: NDArray[np.int64]) -> Floats:
        logs = [
            np.log(_search_seconds(hit_1[rows_1, target], cost_1[rows_1, target]))
            - np.log(_search_seconds(hit_2[rows_2, target], cost_2[rows_2, target]))
            for target in range(hit_1.shape[1])
        ]
        return np.exp(np.mean(logs, axis=0))  # type: ignore[no-any-return]

    rows = np.arange(len(hit_1)), np.arange(len(hit_2))
    bounds = _bootstrap(rows, ratio, level)
    return Interval(float(ratio(*rows)), bounds.low, bounds.high)


def mean(values: ArrayLike, level: float = 0.95) -> Interval:
    """The mean with Student's t interval; below two values the interval is unknown."""
    sample = np.asarray(values, dtype=float)
    if sample.size < 2:
        return Interval(float(sample.mean()) if sample.size else math.nan, math.nan, math.nan)
    half = float(stats.t.ppf((1 + level) / 2, sample.size - 1) * stats.sem(sample))
    return Interval(float(sample.mean()), float(sample.mean()) - half, float(sample.mean()) + half)


def difference(values_1: ArrayLike, values_2: ArrayLike, level: float = 0.95) -> Interval:
    """Mean 1 minus mean 2, with Welch's t interval; below two values a side the interval is unknown."""
    one, two = np.asarray(values_1, dtype=float), np.asarray(values_2, dtype=float)
    if min(one.size, two.size) == 0:
        return UNKNOWN
    estimate = float(one.mean() - two.mean())
    if min(one.size, two.size) < 2:
        return Interval(estimate, math.nan, math.nan)
    if one.var() + two.var() == 0:  # Welch's degrees of freedom are 0/0
        return Interval(estimate, estimate, estimate)
    compared = CompareMeans(DescrStatsW(one), DescrStatsW(two))
    low, high = compared.tconfint_diff(alpha=1 - level, usevar="unequal")
    return Interval(estimate, float(low), float(high))


def geometric_mean(values: ArrayLike, level: float = 0.95) -> Interval:
    """The geometric mean of positive values, with Student's t interval on their logs."""
    return _exponential(mean(np.log(np.asarray(values, dtype=float)), level))


def ratio(values_1: ArrayLike, values_2: ArrayLike, level: float = 0.95) -> Interval:
    """Geometric mean 1 over geometric mean 2 of positive values, with Welch's t interval on the logs."""
    return _exponential(difference(np.log(np.asarray(values_1)), np.log(np.asarray(values_2)), level))


def interquartile_mean(values: ArrayLike, level: float = 0.95) -> Interval:
    """Mean of the middle half of runs x tasks, (R, T); runs are resampled within each task."""
    runs = np.atleast_2d(np.asarray(values, dtype=float))

    def middle(*columns: Floats) -> Floats:
        return stats.trim_mean(np.concatenate(columns, axis=-1), 0.25, axis=-1)  # type: ignore[no-any-return]

    return _bootstrap(tuple(runs.T), middle, level)


def probability_of_improvement(values_1: ArrayLike, values_2: ArrayLike, level: float = 0.95) -> Interval:
    """Chance that a run of 1 beats a run of 2, ties half, mean over tasks; (R1, T), (R2, T); runs resampled by task."""
    one, two = np.atleast_2d(np.asarray(values_1, dtype=float)), np.atleast_2d(np.asarray(values_2, dtype=float))
    tasks = one.shape[1]

    def chance(*columns: Floats) -> Floats:
        pairs = zip(columns[:tasks], columns[tasks:], strict=True)
        return np.mean([_wins(left, right) for left, right in pairs], axis=0)  # type: ignore[no-any-return]

    return _bootstrap((*one.T, *two.T), chance, level)


def reached(times: ArrayLike, censored: ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """Share of studies that reached the target by each time: Kaplan-Meier with Greenwood's log-log interval.

    `times` (S,) to the first hit, or to the end of a study that is `censored` (S,).
    Columns time, share, ci_low, ci_high.
    """
    if np.all(censored):
        return pd.DataFrame(columns=["time", "share", "ci_low", "ci_high"], dtype=float)
    curve = stats.ecdf(_censored(times, censored)).cdf
    with warnings.catch_warnings():  # at shares of 0 and 1 the interval is undefined: it comes as NaN
        warnings.filterwarnings("ignore", category=RuntimeWarning)
        low, high = curve.confidence_interval(level, method="log-log")
    return pd.DataFrame(
        {
            "time": curve.quantiles,
            "share": curve.probabilities,
            "ci_low": low.probabilities,
            "ci_high": high.probabilities,
        }
    )


def logrank(times_1: ArrayLike, censored_1: ArrayLike, times_2: ArrayLike, censored_2: ArrayLike) -> float:
    """Two-sided p of the log-rank test that two samples of censored times are alike; NaN where none reached."""
    samples = [_censored(times_1, censored_1), _censored(times_2, censored_2)]
    if np.all(censored_1) and np.all(censored_2):
        return math.nan
    return float(stats.logrank(*samples).pvalue)


def _censored(times: ArrayLike, censored: ArrayLike) -> stats.CensoredData:
    time, open_end = np.asarray(times, dtype=float), np.asarray(censored, dtype=bool)
    return stats.CensoredData(uncensored=time[~open_end], right=time[open_end])


def _search_seconds(hit: NDArray[np.bool_], cost: Floats) -> Floats:
    trials = hit.shape[-1]
    return cost.mean(axis=-1) * (trials + 1) / (hit.sum(axis=-1) + 1)  # type: ignore[no-any-return]


def _wins(left: Floats, right: Floats) -> Floats:
    gap = left[..., :, None] - right[..., None, :]
    return ((gap > 0) + 0.5 * (gap == 0)).mean(axis=(-2, -1))  # type: ignore[no-any-return]


def _exponential(logs: Interval) -> Interval:
    return Interval(*(math.exp(value) if value == value else value for value in logs))


def _bootstrap(samples: tuple[NDArray[np.generic], ...], statistic: Callable[..., Floats], level: float) -> Interval:
    """Percentile bootstrap; each of `samples` (a stratum) is resampled on its own. The last axis is the sample's."""
    estimate = float(statistic(*samples))
    if min(sample.size for sample in samples) < 2:
        return Interval(estimate, math.nan, math.nan)
    bounds = stats.bootstrap(
        samples,
        lambda *resampled, axis=-1: statistic(*resampled),
        n_resamples=RESAMPLES,
        confidence_level=level,
        method="percentile",
        vectorized=True,
        rng=np.random.default_rng(BOOTSTRAP_SEED),
    ).confidence_interval
    return Interval(estimate, float(bounds.low), float(bounds.high))
