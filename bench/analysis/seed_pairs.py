"""Two models compared over their training seeds: in pairs where they share the seeds, by Welch's t where they do not.

A seed fixes the order of the batches and the first weights of the shared trunk, so what it does to one model it does
in part to the other (docs/measures/claims.md). Pairs take that part out, and cost nothing where there is none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.analysis import models, statistics
from bench.analysis.statistics import UNKNOWN, Interval

PAIRED, WELCH = "paired t", "Welch's t"


@dataclass(frozen=True)
class Compared:
    """Values of two sides (N,) each, in the order of the seeds where they are `paired`; `log`: compared as a ratio."""

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    paired: bool
    log: bool

    def at(self, level: float = 0.95) -> Interval:
        """Mean of the first minus that of the second, or ratio of their geometric means; few seeds have no interval."""
        return statistics.over_seeds(self._at(level), self.count)

    def _at(self, level: float) -> Interval:
        if self.count == 0:
            return UNKNOWN
        if self.paired and self.log:
            return statistics.geometric_mean(self.first / self.second, level)
        if self.paired:
            return statistics.mean(self.first - self.second, level)
        return (statistics.ratio if self.log else statistics.difference)(self.first, self.second, level)

    @property
    def interval_name(self) -> str:
        """Which interval it is."""
        return (PAIRED if self.paired else WELCH) + (" on logs" if self.log else "")

    @property
    def count(self) -> int:
        """Pairs, or values of the smaller side."""
        return min(self.first.size, self.second.size)

    @property
    def spread(self) -> float:
        """Standard deviation of a pair's difference (of logs, for ratios); NaN below two."""
        if self.count < 2:
            return math.nan
        first, second = self._scaled()
        if self.paired:
            return float(np.std(first - second, ddof=1))
        return math.sqrt(first.var(ddof=1) + second.var(ddof=1))

    @property
    def correlation(self) -> float:
        """Correlation over the shared seeds (of logs, for ratios); NaN where it is not defined."""
        first, second = self._scaled()
        if not self.paired or self.count < 3 or min(np.ptp(first), np.ptp(second)) == 0:
            return math.nan
        return float(np.corrcoef(first, second)[0, 1])

    def _scaled(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return (np.log(self.first), np.log(self.second)) if self.log else (self.first, self.second)


def compare(first: pd.Series, second: pd.Series, log: bool = False) -> Compared:
    """Compare values by seed (the index): in pairs where the smaller side's seeds are all among the other's."""
    shared = sorted(set(first.index) & set(second.index))
    if len(shared) == min(len(first), len(second)):
        return Compared(first.loc[shared].to_numpy(dtype=float), second.loc[shared].to_numpy(dtype=float), True, log)
    return Compared(first.to_numpy(dtype=float), second.to_numpy(dtype=float), False, log)


def of_scores(scores: pd.DataFrame, metric: str, pair: tuple[str, str], split: str) -> Compared:
    """Compare the scores of two models over all attributes on one split; a side without scores has no values."""
    rows = models.over_all(scores, split)
    rows = rows[(rows["metric"] == metric) & rows["value"].notna()]
    first, second = (models.of(rows, model).set_index("seed")["value"] for model in pair)
    return compare(first, second)
