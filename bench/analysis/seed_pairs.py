"""Two models compared over their training seeds: in pairs where they share the seeds, by Welch's t where they do not.

A seed fixes the order of the batches and the first weights of the shared trunk, so what it does to one model it does
in part to the other (docs/measures/claims.md). Pairs take that part out, and cost nothing where there is none.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.analysis import models, statistics
from bench.analysis.statistics import UNKNOWN, Interval
from bench.search import trial_table
from bench.settings import Settings

BY_JUDGES = ("quality", "attribute_accuracy")
ASKED = {
    "preservation": "preservation_accuracy", "background": "background_error", "closeness": "closer_to_counterfactual",
}  # fmt: skip
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
        if self.count == 0:
            return UNKNOWN
        if self.paired:
            mean = statistics.geometric_mean if self.log else statistics.mean
            value = mean(self.first / self.second if self.log else self.first - self.second, level)
        else:
            value = (statistics.ratio if self.log else statistics.difference)(self.first, self.second, level)
        return statistics.over_seeds(value, self.count)

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


def unearned(scores: pd.DataFrame, metric: str, pair: Sequence[str], split: str, settings: Settings) -> str:
    """Why the lead in `metric` of one of two models decides nothing; '' where it may.

    `quality` compares distributions and `attribute_accuracy` looks at attributes, so a model that shows somebody else
    with the right labels has the best of both. So the one with the higher mean must have, by its means over seeds, what
    a hit asks beside these (docs/measures/quality.md). A model that misses it and has the lower mean has lost all the
    same. Measures that were not scored are not asked for.
    """
    if metric not in BY_JUDGES:
        return ""
    rows = models.over_all(scores, split)
    leader = max(pair, key=lambda model: _mean_of(rows, model, metric))
    measures = {name: _mean_of(rows, leader, name) for name in trial_table.WORST if name != "objective"}
    ceiling = _mean_of(rows, "control.identity", "preservation_accuracy")
    trial = {**measures, "objective": math.nan, "preservation_ceiling": ceiling}
    met = trial_table.conditions(trial, 0.0, settings.search)
    missed = [
        f"{measure} {measures[measure]:.2f}"
        for name, measure in ASKED.items()
        if not met[name] and not math.isnan(measures[measure]) and not (name == "preservation" and math.isnan(ceiling))
    ]
    return f"{leader} leads, but its edits miss what a hit asks: {', '.join(missed)}" if missed else ""


def _mean_of(rows: pd.DataFrame, model: str, metric: str) -> float:
    return float(models.of(rows[rows["metric"] == metric], model)["value"].mean())
