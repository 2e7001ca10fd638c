"""Estimators of search time and quality, with intervals (docs/design.md). Tidy in, tidy out; no plotting.

Which interval belongs to which number:

    hit rate K/N                      Clopper-Pearson (exact; covers more than it says)
    expected trials (N+1)/(K+1)       the reciprocals of Clopper-Pearson's bounds
    ratio of two hit rates            Miettinen-Nurminen score interval
    expected seconds                  Clopper-Pearson of the rate and Student's t of a trial's mean seconds, combined
                                      on the log scale (MOVER: Zou and Donner, Statistics in Medicine 27, 2008)
    ratio of expected seconds,        Welch's t on the log of the ratio, linearised trial by trial (delta method)
      geometric mean over targets
    ratio of two log-normal times     Welch's t on the logs
    a difference of two means         Welch's t
    a mean over seeds                 Student's t
    interquartile mean, probability   stratified bootstrap: whole seeds are resampled within each method; its standard
      of improvement                  error with Student's t of the smaller side
    share that reached a target       Kaplan-Meier with Greenwood's log-log interval

What they cover at the sizes in use: tests/benchmarks/coverage.py. Percentile bootstraps covered 80 to 92 % only.

An interval without information is (nan, nan) or open at one end (inf); no estimator raises on small samples.
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
Rows = NDArray[np.int64]
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
    """Seconds until the first hit: mean seconds of a trial times (N+1)/(K+1).

    `hits` (N,) is true where the trial hit, `seconds` (N,) what it cost. Without a hit the upper bound is infinite.
    Where hits cost more than misses the interval is wider than it need be.
    """
    hit, cost = np.asarray(hits, dtype=bool), np.asarray(seconds, dtype=float)
    if hit.size == 0:
        return UNKNOWN
    trials, typical = expected_trials(int(hit.sum()), hit.size, level), mean(cost, level)
    estimate = typical.estimate * trials.estimate
    spread = (typical.high - typical.estimate) / typical.estimate
    shorter = math.hypot(math.log(trials.estimate / trials.low), spread)
    longer = math.hypot(math.log(trials.high / trials.estimate), spread)
    return Interval(estimate, estimate * math.exp(-shorter), estimate * math.exp(longer))


def seconds_ratio(
    hits_1: ArrayLike, seconds_1: ArrayLike, hits_2: ArrayLike, seconds_2: ArrayLike, level: float = 0.95
) -> Interval:
    """Expected seconds 1 over expected seconds 2, the geometric mean over targets.

    `hits` are (N, T), `seconds` (N, T): a column a target. A trial counts with all of its targets. NaN where one side
    has no hit at some target.
    """
    hit_1, cost_1 = np.asarray(hits_1, dtype=bool), np.asarray(seconds_1, dtype=float)
    hit_2, cost_2 = np.asarray(hits_2, dtype=bool), np.asarray(seconds_2, dtype=float)
    if 0 in hit_1.shape or 0 in hit_2.shape or not (hit_1.any(axis=0).all() and hit_2.any(axis=0).all()):
        return UNKNOWN
    return _exponential(difference(_log_seconds(hit_1, cost_1), _log_seconds(hit_2, cost_2), level))


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
    """Mean of the middle half of runs x tasks, (R, T); a run (a seed) is resampled with all of its tasks."""
    runs = np.atleast_2d(np.asarray(values, dtype=float))

    def middle(rows: Rows) -> Floats:
        pooled = runs[rows].reshape(*rows.shape[:-1], -1)
        means: Floats = stats.trim_mean(pooled, 0.25, axis=-1)
        return means

    return _bootstrap((np.arange(len(runs)),), middle, level)


def probability_of_improvement(values_1: ArrayLike, values_2: ArrayLike, level: float = 0.95) -> Interval:
    """Chance that a run of 1 beats a run of 2, ties half, mean over tasks; (R1, T), (R2, T).

    Where one side always wins, resampling shows no spread: then Clopper-Pearson, of a win a run of the smaller side.
    """
    one, two = np.atleast_2d(np.asarray(values_1, dtype=float)), np.atleast_2d(np.asarray(values_2, dtype=float))

    def chance(rows_1: Rows, rows_2: Rows) -> Floats:
        gap = one[rows_1][..., :, None, :] - two[rows_2][..., None, :, :]
        shares: Floats = ((gap > 0) + 0.5 * (gap == 0)).mean(axis=(-3, -2, -1))
        return shares

    rows = np.arange(len(one)), np.arange(len(two))
    fewer = min(len(one), len(two))
    if (sure := float(chance(*rows))) in (0.0, 1.0):
        return hit_rate(round(sure * fewer), fewer, level)
    found = _bootstrap(rows, chance, level)
    return Interval(found.estimate, *np.clip(found[1:], 0.0, 1.0).tolist())


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
    columns = curve.quantiles, curve.probabilities, low.probabilities, high.probabilities
    return pd.DataFrame(dict(zip(("time", "share", "ci_low", "ci_high"), columns, strict=True)))


def logrank(times_1: ArrayLike, censored_1: ArrayLike, times_2: ArrayLike, censored_2: ArrayLike) -> float:
    """Two-sided p of the log-rank test that two samples of censored times are alike; NaN where none reached."""
    samples = [_censored(times_1, censored_1), _censored(times_2, censored_2)]
    if np.all(censored_1) and np.all(censored_2):
        return math.nan
    return float(stats.logrank(*samples).pvalue)


def _censored(times: ArrayLike, censored: ArrayLike) -> stats.CensoredData:
    time, open_end = np.asarray(times, dtype=float), np.asarray(censored, dtype=bool)
    return stats.CensoredData(uncensored=time[~open_end], right=time[open_end])


def _log_seconds(hit: NDArray[np.bool_], cost: Floats) -> Floats:
    """One value a trial (N,) of `hit`, `cost` (N, T); their mean is the log of the expected seconds, mean over targets.

    Each is that log plus the trial's influence on it, cost / mean cost - hit / hit rate, whose sum is 0.
    """
    logs = np.log(cost.mean(axis=0) * (len(hit) + 1) / (hit.sum(axis=0) + 1))
    values: Floats = (logs + cost / cost.mean(axis=0) - hit / hit.mean(axis=0)).mean(axis=1)
    return values


def _exponential(logs: Interval) -> Interval:
    return Interval(*(math.exp(value) if value == value else value for value in logs))


def _bootstrap(strata: tuple[Rows, ...], statistic: Callable[..., Floats], level: float) -> Interval:
    """Student's t with the bootstrap's standard error; `strata` are the rows of each side, resampled on their own.

    Resampled means vary less than the source's by (n - 1) / n: that is made good.
    """
    estimate, fewest = float(statistic(*strata)), min(rows.size for rows in strata)
    if fewest < 2:
        return Interval(estimate, math.nan, math.nan)
    error = stats.bootstrap(
        strata,
        lambda *resampled, axis=-1: statistic(*resampled),
        n_resamples=RESAMPLES,
        method="percentile",
        vectorized=True,
        rng=np.random.default_rng(BOOTSTRAP_SEED),
    ).standard_error
    half = float(stats.t.ppf((1 + level) / 2, fewest - 1) * error * math.sqrt(fewest / (fewest - 1)))
    return Interval(estimate, estimate - half, estimate + half)
