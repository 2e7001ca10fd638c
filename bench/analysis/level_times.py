"""Training seconds until quality on valid first reaches a level: one row per final model and level.

Seconds are read linearly between evaluation points, per seed. A curve that begins at or above the level counts as
`at_most`: the mean is then an upper limit without an interval. Where a seed never arrives `mean` is unknown, and
`end_seconds` says how long the trainings were. Models compare within one `budget_kimg` only, since the learning rate
falls to the end of the budget. The `clock` is `measured` (steps times their uncontended cost) where the model was
timed, else `logged`.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bench import registry
from bench.analysis import models, statistics, training_costs
from bench.analysis.statistics import UNKNOWN, Interval, over_seeds
from bench.settings import Settings

COLUMNS = (
    "method", "variant", "family", "budget_kimg", "target", "clock", "seeds", "reached", "at_most", "mean", "ci_low",
    "ci_high", "end_seconds",
)  # fmt: skip


@dataclass(frozen=True)
class Times:
    """Seconds of each seed (S,) until a level; NaN where it never got there, and which began at or above it."""

    seconds: NDArray[np.float64]
    at_most: NDArray[np.bool_]

    @property
    def exact(self) -> bool:
        """Whether every seed crossed the level within its training."""
        return self.seconds.size > 0 and bool(np.isfinite(self.seconds).all()) and not bool(self.at_most.any())


def table(curves: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of level_times.csv; `curves` with uncontended seconds."""
    rows = [row for final in settings.finals for row in _rows(curves, final.model, settings)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(curves: pd.DataFrame, model_id: str, settings: Settings) -> Iterator[dict[str, Any]]:
    lines, clock = quality_lines(curves, model_id)
    if not lines:
        return
    ends = statistics.geometric_mean([float(line[clock].iloc[-1]) for line in lines]).estimate
    head = {
        **models.columns(model_id), "family": registry.find(model_id)[1].family,
        "budget_kimg": models.budgets_kimg(settings)[model_id],
        "clock": "measured" if clock == training_costs.SECONDS else "logged", "seeds": len(lines), "end_seconds": ends,
    }  # fmt: skip
    for target in settings.search.targets:
        times = until(lines, clock, target)
        reached, at_most = int(np.isfinite(times.seconds).sum()), int(times.at_most.sum())
        mean = statistics.geometric_mean(times.seconds) if reached == len(lines) else UNKNOWN
        mean = over_seeds(mean, 0 if at_most else len(lines))
        yield head | {"target": target, "reached": reached, "at_most": at_most} | mean.named("mean")


def ratio(curves: pd.DataFrame, model_1: str, model_2: str, targets: Sequence[float]) -> tuple[Interval, list[float]]:
    """Seconds of model 1 over those of model 2, geometric mean over the levels that every seed of both crossed.

    Also those levels; none, and an unknown ratio, where there is no such level or the clocks differ.
    """
    (lines_1, clock_1), (lines_2, clock_2) = (quality_lines(curves, model) for model in (model_1, model_2))
    if not lines_1 or not lines_2 or clock_1 != clock_2:
        return UNKNOWN, []
    pairs = {target: (until(lines_1, clock_1, target), until(lines_2, clock_2, target)) for target in targets}
    shared = [target for target, both in pairs.items() if all(times.exact for times in both)]
    if not shared:
        return UNKNOWN, []
    logs = [np.mean([np.log(pairs[target][side].seconds) for target in shared], axis=0) for side in (0, 1)]
    value = statistics.ratio(np.exp(logs[0]), np.exp(logs[1]))
    return over_seeds(value, min(len(lines_1), len(lines_2))), shared


def quality_lines(curves: pd.DataFrame, model_id: str) -> tuple[list[pd.DataFrame], str]:
    """The quality curve of each seed of a model, and the column of its seconds: measured where it was timed."""
    rows = models.of(curves[curves["metric"] == "quality"], model_id)
    measured = training_costs.SECONDS in rows and bool(rows[training_costs.SECONDS].notna().all())
    lines = [line.sort_values("images_seen") for _, line in rows.groupby("seed")]
    return lines, training_costs.SECONDS if measured else "train_seconds"


def until(lines: Sequence[pd.DataFrame], clock: str, target: float) -> Times:
    """Seconds of each curve until `target`."""
    seconds = [seconds_to(line[clock], line["value"], target) for line in lines]
    return Times(np.array(seconds), np.array([bool(line["value"].iloc[0] >= target) for line in lines]))


def seconds_to(seconds: ArrayLike, values: ArrayLike, target: float) -> float:
    """When a curve of `values` (N,) at rising `seconds` (N,) first reaches `target`; NaN where it never does.

    A curve that begins above the target is read as its first point: it may have been there earlier.
    """
    times, heights = np.asarray(seconds, dtype=float), np.asarray(values, dtype=float)
    above = np.flatnonzero(heights >= target)
    if above.size == 0:
        return math.nan
    crossing = slice(max(int(above[0]) - 1, 0), int(above[0]) + 1)
    return float(np.interp(target, heights[crossing], times[crossing]))
