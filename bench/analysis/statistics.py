"""Estimators of search time and quality, with intervals (docs/design.md). Tidy in, tidy out; no plotting.

Which interval belongs to which number, and what it covers at the sizes in use: bench/report/coverage.csv, made by
tests/benchmarks/coverage.py. Expected seconds combine the rate's interval and that of a trial's mean seconds on the log
scale (MOVER: Zou and Donner, Statistics in Medicine 27, 2008).

An interval without information is (nan, nan) or open at one end (inf); no estimator raises on small samples.
"""

from __future__ import annotations  # so that no annotation loads scipy.stats

import math
import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy  # loads its parts when they are first used, so that a job that needs none does not wait
from numpy.typing import ArrayLike, NDArray

_LOG_RATIOS = (-20.0, 21.0)  # not symmetric: the score statistic of two full counts is 0/0 at a ratio of 1


class Interval(NamedTuple):
    """An estimate with the bounds of its confidence interval."""

    estimate: float
    low: float
    high: float

    def named(self, estimate: str = "estimate", bounds: str = "ci") -> dict[str, float]:
        """The numbers as columns of a table: `estimate`, `<bounds>_low` and `<bounds>_high`."""
        return {estimate: self.estimate, f"{bounds}_low": self.low, f"{bounds}_high": self.high}


UNKNOWN = Interval(math.nan, math.nan, math.nan)
SHARES = ("attribute_accuracy", "preservation_accuracy", "closer_to_counterfactual", "precision_", "recall_")
LEAST_SHARE = 1e-300  # the odds of a smaller one are no float
NOT_NEGATIVE = ("background_error", "counterfactual_error", "fid_")
FEWEST_SEEDS = 5  # training seeds that an interval needs: two that happen to agree decide nothing


def over_seeds(value: Interval, seeds: int) -> Interval:
    """The value, with its interval where there are `FEWEST_SEEDS` training seeds or more."""
    return value if seeds >= FEWEST_SEEDS else Interval(value.estimate, math.nan, math.nan)


def hit_rate(hits: int, trials: int, level: float = 0.95) -> Interval:
    """Share of hits, with the Clopper-Pearson interval."""
    if trials == 0:
        return Interval(math.nan, 0.0, 1.0)
    bounds = scipy.stats.binomtest(hits, trials).proportion_ci(level, method="exact")
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
    from statsmodels.stats.proportion import score_test_proportions_2indep  # here: it loads scipy.stats

    critical = float(scipy.stats.norm.ppf((1 + level) / 2))

    def excess(log_ratio: float, bound: float) -> float:
        statistic, _ = score_test_proportions_2indep(
            hits_1, trials_1, hits_2, trials_2, value=math.exp(log_ratio), compare="ratio", return_results=False
        )
        return float(statistic) - bound

    low = scipy.optimize.brentq(excess, *_LOG_RATIOS, args=(critical,)) if hits_1 else -math.inf
    high = scipy.optimize.brentq(excess, *_LOG_RATIOS, args=(-critical,)) if hits_2 else math.inf
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
    """Expected seconds 1 over expected seconds 2: the ratio of hit rates times the ratio of a trial's mean seconds.

    `hits` (N,) and `seconds` (N,) as in `expected_seconds`. The bounds are those of the hit rates' score interval, as
    far from the estimate on the log scale as the seconds' spread asks: where a hit costs more than a miss, expected
    seconds vary less than the rate. A side without a hit leaves one bound open, 0 or infinite; the estimate stays
    finite. Unknown where neither ever hit.
    """
    hit_1, hit_2 = np.asarray(hits_1, dtype=bool), np.asarray(hits_2, dtype=bool)
    cost_1, cost_2 = np.asarray(seconds_1, dtype=float), np.asarray(seconds_2, dtype=float)
    if min(hit_1.size, hit_2.size) == 0 or not (hit_1.any() or hit_2.any()):
        return UNKNOWN
    counts = int(hit_1.sum()), hit_1.size, int(hit_2.sum()), hit_2.size
    rates = rate_ratio(*counts[2:], *counts[:2], level)
    typical = expected_trials(*counts[:2]).estimate / expected_trials(*counts[2:]).estimate
    typical = min(max(typical, rates.low), rates.high)
    spreads = [_spread_of_log_seconds(hit_1, cost_1), _spread_of_log_seconds(hit_2, cost_2)]
    weights = 1 / (counts[0] + 1), 1 / (counts[2] + 1)  # the variances of the logs of rare rates
    stretch = math.sqrt(np.average(spreads, weights=weights))
    estimate = float(cost_1.mean() / cost_2.mean()) * typical
    low, high = (estimate * (bound / typical) ** stretch for bound in rates[1:])
    return Interval(estimate, low, high)


def _spread_of_log_seconds(hit: NDArray[np.bool_], cost: NDArray[np.float64]) -> float:
    """Variance of the log of expected seconds over that of the log of the hit rate (delta method)."""
    if not 0 < hit.sum() < hit.size:
        return 1.0
    rate = hit / hit.mean()
    return float((cost / cost.mean() - rate).var() / rate.var())


def mean(values: ArrayLike, level: float = 0.95) -> Interval:
    """The mean with Student's t interval; below two values the interval is unknown."""
    sample = np.asarray(values, dtype=float)
    centre = float(sample.mean()) if sample.size else math.nan
    if sample.size < 2:
        return Interval(centre, math.nan, math.nan)
    half = _half_width(sample, level)
    return Interval(centre, centre - half, centre + half)


def mean_in_range(metric: str, values: ArrayLike, level: float = 0.95) -> Interval:
    """The mean of a metric over seeds, with an interval that cannot leave the metric's range.

    Student's t on logits for shares in [0, 1], on logs for metrics that cannot be negative, on the plain scale else;
    the standard error by the delta method. No limits below `FEWEST_SEEDS`, or at the end of the range.
    """
    sample = np.asarray(values, dtype=float)
    centre = float(sample.mean()) if sample.size else math.nan
    share, positive = metric.startswith(SHARES), metric.startswith(NOT_NEGATIVE)
    at_the_end = (share and not LEAST_SHARE < centre < 1) or (positive and centre <= 0)
    if sample.size < FEWEST_SEEDS or at_the_end:
        return Interval(centre, math.nan, math.nan)
    half = _half_width(sample, level)
    if share:
        logit, half = math.log(centre / (1 - centre)), half / (centre * (1 - centre))
        return Interval(centre, 1 / (1 + math.exp(half - logit)), 1 / (1 + math.exp(-half - logit)))
    if positive:
        return Interval(centre, centre * math.exp(-half / centre), centre * math.exp(half / centre))
    return Interval(centre, centre - half, centre + half)


def _half_width(sample: NDArray[np.float64], level: float) -> float:
    """Half of Student's t interval of the mean."""
    return float(scipy.stats.t.ppf((1 + level) / 2, sample.size - 1) * scipy.stats.sem(sample))


def difference(values_1: ArrayLike, values_2: ArrayLike, level: float = 0.95) -> Interval:
    """Mean 1 minus mean 2, with Welch's t interval; below two values per side the interval is unknown."""
    first, second = np.asarray(values_1, dtype=float), np.asarray(values_2, dtype=float)
    if min(first.size, second.size) == 0:
        return UNKNOWN
    estimate = float(first.mean() - second.mean())
    if min(first.size, second.size) < 2:
        return Interval(estimate, math.nan, math.nan)
    if first.var() + second.var() == 0:  # Welch's degrees of freedom are 0/0
        return Interval(estimate, estimate, estimate)
    with warnings.catch_warnings():  # one side may not vary
        warnings.filterwarnings("ignore", category=RuntimeWarning)
        bounds = scipy.stats.ttest_ind(first, second, equal_var=False).confidence_interval(level)
    return Interval(estimate, float(bounds.low), float(bounds.high))


def geometric_mean(values: ArrayLike, level: float = 0.95) -> Interval:
    """The geometric mean of positive values, with Student's t interval on their logs."""
    return _exponential(mean(np.log(np.asarray(values, dtype=float)), level))


def ratio(values_1: ArrayLike, values_2: ArrayLike, level: float = 0.95) -> Interval:
    """Geometric mean 1 over geometric mean 2 of positive values, with Welch's t interval on the logs."""
    return _exponential(difference(np.log(np.asarray(values_1)), np.log(np.asarray(values_2)), level))


def reached(times: ArrayLike, censored: ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """Share of studies that reached the target by each time: Kaplan-Meier with Greenwood's log-log interval.

    `times` (S,) to the first hit, or to the end of a study that is `censored` (S,).
    Columns time, share, ci_low, ci_high.
    """
    if np.all(censored):
        return pd.DataFrame(columns=["time", "share", "ci_low", "ci_high"], dtype=float)
    curve = scipy.stats.ecdf(_censored(times, censored)).cdf
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
    return float(scipy.stats.logrank(*samples).pvalue)


def _censored(times: ArrayLike, censored: ArrayLike) -> scipy.stats.CensoredData:
    time, open_end = np.asarray(times, dtype=float), np.asarray(censored, dtype=bool)
    return scipy.stats.CensoredData(uncensored=time[~open_end], right=time[open_end])


def _exponential(logs: Interval) -> Interval:
    return Interval(*(math.exp(value) if value == value else value for value in logs))
