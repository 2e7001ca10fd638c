"""What size of effect a design sees, with what chance, at 95 % confidence (DESIGN section 5)."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy import optimize, stats
from statsmodels.stats.power import tt_ind_solve_power

POWER = 0.8


def power_of_rate_ratio(trials: int, rate: float, ratio: float) -> float:
    """Chance that pools of `trials` an arm show rates `rate` and `ratio * rate` to differ (Miettinen-Nurminen, 95 %).

    Exact: the sum over both binomials of the outcomes whose score interval leaves 1 out.
    """
    counts = np.arange(trials + 1)
    one, two = np.meshgrid(counts, counts, indexing="ij")
    pooled = (one + two) / (2 * trials)
    variance = pooled * (1 - pooled) * 2 / trials * (2 * trials) / (2 * trials - 1)
    gap = (one - two) / trials
    seen = np.abs(gap) > stats.norm.ppf(0.975) * np.sqrt(variance)
    weight = np.outer(stats.binom.pmf(counts, trials, min(1.0, rate * ratio)), stats.binom.pmf(counts, trials, rate))
    return float((weight * seen).sum())


@cache
def detectable_ratio(trials: int, rate: float, power: float = POWER) -> float:
    """The smallest ratio of hit rates that pools of `trials` an arm show with chance `power`, from base rate `rate`.

    Infinite where no ratio, up to a rate of 1, is shown that surely, as in an empty pool.
    """
    widest = 1 / rate if rate > 0 else math.inf
    if trials == 0 or rate <= 0 or power_of_rate_ratio(trials, rate, widest) < power:
        return math.inf
    return float(
        optimize.brentq(lambda ratio: power_of_rate_ratio(trials, rate, ratio) - power, 1.0, widest, xtol=0.01)
    )


def detectable_difference(count: int, power: float = POWER) -> float:
    """The smallest difference of two means, in standard deviations, that `count` values a side show with that power.

    Two-sided t-test at 5 %; infinite below two values.
    """
    if count < 2:
        return math.inf
    return float(tt_ind_solve_power(nobs1=count, alpha=0.05, power=power))


def detectable_time_ratio(studies: int, power: float = POWER) -> float:
    """The smallest ratio of times to a target that `studies` an arm show with that power, all of them reaching it.

    For times without memory (the first hit of i.i.d. trials), whose logs spread by pi / sqrt(6).
    """
    return math.exp(detectable_difference(studies, power) * math.pi / math.sqrt(6)) if studies > 1 else math.inf
