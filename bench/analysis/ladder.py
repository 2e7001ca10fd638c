"""What each rung of the ladder reached, and how soon: a row a final model, metric and level, with intervals over seeds.

Metrics: `quality` and `background_error` of each scored split (mean, Student's t); `seconds_to_quality`, training
seconds until quality on valid first reaches `target` (geometric mean, Student's t on logs), read linearly between
evaluation points. Where a seed did not get there the mean is unknown, and `reached` counts those that did.

Rungs compare within one `family` and one `budget_kimg` only: the learning rate falls to the end of the budget, so a
shorter training is another training, not the beginning of a longer one.

The `clock` of seconds: `measured` is the uncontended cost of the steps taken (bench/analysis/training_costs.py);
`logged` is the training's own clock, for models that were not timed. Jobs side by side slow a logged clock down.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bench import registry
from bench.analysis import statistics, training_costs
from bench.analysis.statistics import UNKNOWN, Interval

if TYPE_CHECKING:
    from bench.settings import FinalModel, Settings

COLUMNS = (
    "method", "variant", "family", "budget_kimg", "split", "metric", "target", "clock", "seeds", "reached", "mean",
    "ci_low", "ci_high", "shown",
)  # fmt: skip
SCORED = ("quality", "background_error")
SECONDS = "seconds_to_quality"


def table(scores: pd.DataFrame, curves: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of ladder.csv; `curves` with uncontended seconds.

    `shown` marks those of a figure: scores on test where there are any, else on valid, and seconds to one level only.
    """
    rows: list[dict[str, Any]] = []
    for final in settings.finals:
        method, variant = registry.find(final.model)
        head = {
            "method": method.name,
            "variant": variant.slug,
            "family": variant.family,
            "budget_kimg": final.budget_kimg or settings.training.budget_kimg,
        }
        rows += [head | row for row in _scored(scores, final)]
        rows += [head | row for row in _seconds(curves, final, settings)]
    made = pd.DataFrame(rows, columns=list(COLUMNS))
    scored, split = made["metric"].isin(SCORED), made["split"]
    last = "test" if (scored & (split == "test")).any() else "valid"
    made["shown"] = (scored & (split == last)) | (~scored & (made["target"] == _level(made)))
    return made


def _scored(scores: pd.DataFrame, final: FinalModel) -> Iterator[dict[str, Any]]:
    names = scores["method"] + "." + scores["variant"]
    own = scores[(names == final.model) & (scores["attribute"] == "all") & scores["metric"].isin(SCORED)]
    for (split, metric), found in own.groupby(["split", "metric"]):
        values = found["value"].dropna()
        row = {"split": split, "metric": metric, "target": math.nan, "clock": ""}
        yield row | _over_seeds(statistics.mean(values), len(values), len(values))


def _seconds(curves: pd.DataFrame, final: FinalModel, settings: Settings) -> Iterator[dict[str, Any]]:
    names = curves["method"] + "." + curves["variant"]
    own = curves[(names == final.model) & (curves["metric"] == "quality")]
    if own.empty:
        return
    measured = bool(own[training_costs.SECONDS].notna().all())
    clock = training_costs.SECONDS if measured else "train_seconds"
    lines = [line.sort_values("images_seen") for _, line in own.groupby("seed")]
    for target in settings.search.targets:
        times = np.array([seconds_to(line[clock], line["value"], target) for line in lines])
        reached = int(np.isfinite(times).sum())
        row = {"split": "valid", "metric": SECONDS, "target": target, "clock": "measured" if measured else "logged"}
        interval = statistics.geometric_mean(times) if reached == len(lines) else UNKNOWN
        yield row | _over_seeds(interval, len(lines), reached)


def seconds_to(seconds: ArrayLike, values: ArrayLike, target: float) -> float:
    """When a curve of `values` (N,) at rising `seconds` (N,) first reaches `target`; NaN where it never does.

    A curve that begins above the target is read as its first point: it may have been there earlier.
    """
    times, heights = np.asarray(seconds, dtype=float), np.asarray(values, dtype=float)
    above = np.flatnonzero(heights >= target)
    if above.size == 0:
        return math.nan
    first = int(above[0])
    if first == 0:
        return float(times[0])
    return float(np.interp(target, heights[first - 1 : first + 1], times[first - 1 : first + 1]))


def _level(made: pd.DataFrame) -> float:
    """The highest level that all seeds of most models reached; NaN where none did."""
    whole = made[(made["metric"] == SECONDS) & (made["reached"] == made["seeds"])]
    counts = whole.groupby("target").size()
    return float(counts[counts == counts.max()].index.max()) if len(counts) else math.nan


def _over_seeds(interval: Interval, seeds: int, reached: int) -> dict[str, float]:
    return {
        "seeds": seeds, "reached": reached, "mean": interval.estimate, "ci_low": interval.low, "ci_high": interval.high,
    }  # fmt: skip
