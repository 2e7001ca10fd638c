"""What size of effect a design sees, with what chance, at 95 % confidence (docs/design.md)."""

import itertools
import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray
from statsmodels.stats.power import tt_ind_solve_power, tt_solve_power

from bench.analysis import models, search_arms, seed_pairs, statistics
from bench.analysis.search_arms import POOL, Arm
from bench.settings import Settings

POWER = 0.8
RATIOS = (1.5, 2.0, 3.0)
METRICS = ("quality", "attribute_accuracy")
COLUMNS = (
    "comparison", "measure", "sampler", "target", "split", "unit", "count", "base", "base_ci_low",
    "base_ci_high", *(f"power_{ratio:g}x" for ratio in RATIOS), "effect", "smallest_effect",
)  # fmt: skip


def power_of_rate_ratio(trials: int, rate: float, ratio: float) -> float:
    """Chance that pools of `trials` an arm show rates `rate` and `ratio * rate` to differ, at 95 %."""
    above, below = _shown(trials, 1.0, 0.95)
    return float((_chances(trials, rate, ratio) * (above | below)).sum())


@cache
def detectable_ratio(trials: int, rate: float, power: float = POWER) -> float:
    """The smallest ratio of hit rates that pools of `trials` an arm show with chance `power`, from base rate `rate`.

    Infinite where no ratio, up to a rate of 1, is shown that surely, as in an empty pool.
    """
    widest = 1 / rate if rate > 0 else math.inf
    if trials == 0 or rate <= 0 or power_of_rate_ratio(trials, rate, widest) < power:
        return math.inf
    return float(
        scipy.optimize.brentq(lambda ratio: power_of_rate_ratio(trials, rate, ratio) - power, 1.0, widest, xtol=0.01)
    )


def power_against_bar(trials: int, rate: float, ratio: float, bar: float, level: float = 0.95) -> float:
    """Chance that pools of `trials` an arm show a ratio of hit rates to lie on its side of `bar`.

    The rates are `rate` and `ratio * rate`, at most 1; the interval is Miettinen and Nurminen's at `level`.
    """
    if trials < 1:
        return 0.0
    above, below = _shown(trials, bar, level)
    return float((_chances(trials, rate, ratio) * (above if ratio >= bar else below)).sum())


def _chances(trials: int, rate: float, ratio: float) -> NDArray[np.float64]:
    """The chance of each pair of hit counts (trials + 1, trials + 1), at rates `ratio * rate` and `rate`."""
    counts = np.arange(trials + 1)
    first, second = (scipy.stats.binom.pmf(counts, trials, min(1.0, share)) for share in (rate * ratio, rate))
    chances: NDArray[np.float64] = np.outer(first, second)
    return chances


def _shown(trials: int, bar: float, level: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The pairs of hit counts whose interval of the ratio of rates lies above `bar`, and those below it."""
    counts = np.arange(trials + 1)
    high, low = np.meshgrid(counts, counts, indexing="ij")
    # The rates that are likeliest under the ratio `bar`: Miettinen and Nurminen, Statistics in Medicine 4, 1985.
    slope = bar * (trials + low) + high + trials
    under = (slope - np.sqrt(np.maximum(slope**2 - 8 * trials * bar * (high + low), 0))) / (4 * trials * bar)
    over = np.clip(bar * under, 0, 1)
    variance = (over * (1 - over) + bar**2 * under * (1 - under)) / trials * (2 * trials) / (2 * trials - 1)
    gap, critical = (high - bar * low) / trials, scipy.stats.norm.ppf((1 + level) / 2) * np.sqrt(variance)
    return gap > critical, -gap > critical


def power_of_mean(count: int, distance: float, spread: float, level: float = 0.95) -> float:
    """Chance that Student's t interval of the mean of `count` values lies on the mean's side of a bar.

    The values' mean lies `distance` from the bar, and `spread` is their standard deviation; 0 below two values.
    """
    if count < 2:
        return 0.0
    critical = scipy.stats.t.ppf((1 + level) / 2, count - 1)
    return float(scipy.stats.nct.sf(critical, count - 1, distance / spread * math.sqrt(count)))


def detectable_difference(count: int, power: float = POWER) -> float:
    """The smallest difference of two means, in standard deviations, that `count` values a side show with that power.

    Two-sided t-test at 5 %; infinite below two values.
    """
    if count < 2:
        return math.inf
    return float(tt_ind_solve_power(nobs1=count, alpha=0.05, power=power))


def detectable_pairs(count: int, power: float = POWER) -> float:
    """The smallest mean difference of `count` pairs, in their standard deviations, that they show with that power."""
    return math.inf if count < 2 else float(tt_solve_power(nobs=count, alpha=0.05, power=power))


def detectable_time_ratio(studies: int, power: float = POWER) -> float:
    """The smallest ratio of times to a target that `studies` an arm show with that power, all of them reaching it.

    For times without memory (the first hit of i.i.d. trials), whose logs spread by pi / sqrt(6).
    """
    return math.exp(detectable_difference(studies, power) * math.pi / math.sqrt(6))


def power_table(search: pd.DataFrame, scores: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of power.csv: one per comparison and what is compared in it.

    `hit rate`: whole pools of `count` trials at the judged level; `base` is the first model's rate with its
    Clopper-Pearson interval, `power_*` the chance to tell so many times that rate from it. `log seconds`: `count`
    studies; `base` is the observed standard deviation. Final metrics: `count` seeds, `base` the standard deviation of
    a difference, in pairs where seeds are shared.
    `smallest_effect`, a ratio or a difference as `effect` says, is seen with a chance of `POWER`; infinite where none
    is, blank where the spread is not known.
    """
    rows: list[dict[str, Any]] = []
    for comparison, sampler, arms in search_arms.compared(search, speed, settings):
        of_arms = _of_pools(arms, settings) if sampler == POOL else _of_studies(arms, settings)
        rows += [{"comparison": comparison, "sampler": sampler} | row for row in of_arms]
    rows += _of_finals(scores, settings)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of_pools(arms: list[Arm], settings: Settings) -> Iterator[dict[str, Any]]:
    target, count = settings.search.level, min(len(arm.rows) for arm in arms)
    base = statistics.hit_rate(int(arms[0].hits(target).sum()), len(arms[0].rows))
    rate = base.estimate
    powers = {
        f"power_{ratio:g}x": power_of_rate_ratio(count, rate, ratio) if count and 0 < rate <= 1 / ratio else math.nan
        for ratio in RATIOS
    }
    yield {
        "measure": "hit rate", "target": target, "unit": "trials", "count": count, **base.named("base", "base_ci"),
        **powers, "effect": "ratio", "smallest_effect": detectable_ratio(count, rate),
    }  # fmt: skip


def _of_studies(arms: list[Arm], settings: Settings) -> Iterator[dict[str, Any]]:
    for target in settings.search.targets:
        times = [search_arms.first_hits(arm, target) for arm in arms]
        count = min(len(time) for time in times)
        spread = smallest = math.nan
        if count > 1 and not any(time["censored"].any() for time in times):
            logs = [np.log(time["seconds"].to_numpy(dtype=float)) for time in times]
            spread = float(np.sqrt(np.mean([side.var(ddof=1) for side in logs])))
            smallest = math.exp(spread * detectable_difference(count))
        yield {
            "measure": "log seconds", "target": target, "unit": "studies", "count": count, "base": spread,
            "effect": "ratio", "smallest_effect": smallest,
        }  # fmt: skip


def _of_finals(scores: pd.DataFrame, settings: Settings) -> Iterator[dict[str, Any]]:
    for pair, split, metric in itertools.product(models.pairs(settings), settings.scoring.splits, METRICS):
        compared = seed_pairs.of_scores(scores, metric, pair, split)
        if compared.count == 0:
            continue
        count, known = compared.count, compared.count >= statistics.FEWEST_SEEDS
        spreads = detectable_pairs(count) if compared.paired else detectable_difference(count) / math.sqrt(2)
        yield {
            "comparison": "/".join(pair), "measure": metric, "split": split, "unit": "seeds", "count": count,
            "base": compared.spread if known else math.nan, "effect": "difference",
            "smallest_effect": compared.spread * spreads if known else math.nan,
        }  # fmt: skip
