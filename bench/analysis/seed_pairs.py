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

from bench.analysis import statistics
from bench.analysis.statistics import UNKNOWN, Interval

PAIRED, WELCH = "paired t", "Welch's t"


@dataclass(frozen=True)
class Compared:
    """Values of two sides (N,) each, in the order of the seeds where they are `paired`; `log`: compared as a ratio."""

    one: NDArray[np.float64]
    two: NDArray[np.float64]
    paired: bool
    log: bool

    def at(self, level: float) -> Interval:
        """Mean of one minus mean of two, or geometric mean of one over that of two, with its interval."""
        if min(self.one.size, self.two.size) == 0:
            return UNKNOWN
        if self.paired:
            return (
                statistics.geometric_mean(self.one / self.two, level)
                if self.log
                else statistics.mean(self.one - self.two, level)
            )
        compare = statistics.ratio if self.log else statistics.difference
        return compare(self.one, self.two, level)

    @property
    def interval_name(self) -> str:
        """Which interval it is."""
        return (PAIRED if self.paired else WELCH) + (" on logs" if self.log else "")

    @property
    def count(self) -> int:
        """Pairs, or values of the smaller side."""
        return min(self.one.size, self.two.size)

    @property
    def spread(self) -> float:
        """Standard deviation of a pair's difference (of logs, for ratios); NaN below two."""
        if self.count < 2:
            return math.nan
        one, two = self._scaled()
        if self.paired:
            return float(np.std(one - two, ddof=1))
        return math.sqrt(one.var(ddof=1) + two.var(ddof=1))

    @property
    def correlation(self) -> float:
        """Correlation over the shared seeds (of logs, for ratios); NaN where it is not defined."""
        one, two = self._scaled()
        if not self.paired or self.count < 3 or min(np.ptp(one), np.ptp(two)) == 0:
            return math.nan
        return float(np.corrcoef(one, two)[0, 1])

    def _scaled(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return (np.log(self.one), np.log(self.two)) if self.log else (self.one, self.two)


def compare(one: pd.Series, two: pd.Series, log: bool = False) -> Compared:
    """Compare values by seed (the index): in pairs where the smaller side's seeds are all among the other's."""
    shared = sorted(set(one.index) & set(two.index))
    if len(shared) == min(len(one), len(two)):
        return Compared(one.loc[shared].to_numpy(dtype=float), two.loc[shared].to_numpy(dtype=float), True, log)
    return Compared(one.to_numpy(dtype=float), two.to_numpy(dtype=float), False, log)
