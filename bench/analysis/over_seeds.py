"""Tables over training seeds: what the final models reached, and the gradient experiments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.analysis import metric_ranges, statistics
from bench.analysis.statistics import Interval

if TYPE_CHECKING:
    from bench.settings import Settings

COLUMNS = ("method", "variant", "split", "metric", "measure", "against", "seeds", "estimate", "ci_low", "ci_high")
ALL = "all"
CONTROL = "control"


def final_quality(scores: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of final_quality.csv from the rows of scores.csv; controls are left out."""
    rows: list[dict[str, Any]] = []
    trained = scores[scores["method"] != CONTROL]
    for (method, variant, metric), own in trained.groupby(["method", "variant", "metric"], sort=False):
        head = {"method": method, "variant": variant, "metric": metric, "against": ""}
        baseline = settings.compare.baseline
        for split, values in own.groupby("split"):
            rows += [head | _row(split, measure, _seeds(values), found) for measure, found in _alone(values)]
            if baseline != f"{method}.{variant}":
                compared = _compared(values, _of(trained, baseline, metric, split))
                against = head | {"against": baseline}
                rows += [against | _row(split, measure, _seeds(values), found) for measure, found in compared]
        optimism = _optimism(own)
        if optimism.size:
            rows.append(head | _row("valid-test", "optimism", optimism.size, statistics.mean(optimism)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _alone(values: pd.DataFrame) -> Iterator[tuple[str, Interval]]:
    yield "mean", metric_ranges.mean(str(values["metric"].iloc[0]), _overall(values))
    by_attribute = _by_attribute(values)
    if by_attribute.size:
        yield "interquartile_mean", statistics.interquartile_mean(by_attribute)


def _compared(values: pd.DataFrame, base: pd.DataFrame) -> Iterator[tuple[str, Interval]]:
    mine, theirs = _overall(values), _overall(base)
    if mine.size and theirs.size:
        yield "difference", statistics.difference(mine, theirs)
        yield "probability_of_improvement", statistics.probability_of_improvement(mine[:, None], theirs[:, None])


def _overall(values: pd.DataFrame) -> NDArray[np.float64]:
    """Values (seeds,) over all attributes, in the order of the seeds."""
    return values[values["attribute"] == ALL].sort_values("seed")["value"].dropna().to_numpy(dtype=float)


def _by_attribute(values: pd.DataFrame) -> NDArray[np.float64]:
    """Values (seeds, attributes); empty where the metric has none an attribute, or some are missing."""
    single = values[values["attribute"] != ALL].pivot(index="seed", columns="attribute", values="value")
    found = single.to_numpy(dtype=float)
    return found if found.size and not np.isnan(found).any() else np.empty((0, 0))


def _optimism(values: pd.DataFrame) -> NDArray[np.float64]:
    """Valid minus test (seeds,), for the seeds that were scored on both."""
    both = values[values["attribute"] == ALL].pivot(index="seed", columns="split", values="value")
    if not {"valid", "test"} <= set(both.columns):
        return np.empty(0)
    return (both["valid"] - both["test"]).dropna().to_numpy(dtype=float)


def _of(trained: pd.DataFrame, model_id: str, metric: object, split: object) -> pd.DataFrame:
    names = trained["method"] + "." + trained["variant"]
    return trained[(names == model_id) & (trained["metric"] == metric) & (trained["split"] == split)]


def _seeds(values: pd.DataFrame) -> int:
    return int(values["seed"].nunique())


def _row(split: object, measure: str, seeds: int, interval: Interval) -> dict[str, Any]:
    return {
        "split": split, "measure": measure, "seeds": seeds, "estimate": interval.estimate, "ci_low": interval.low,
        "ci_high": interval.high,
    }  # fmt: skip


KEY = ["experiment", "setting", "model", "family", "loss", "images_seen", "measure"]
GRADIENT_COLUMNS = (*KEY, "seeds", "mean", "ci_low", "ci_high")


def gradient_means(gradients: pd.DataFrame | None) -> pd.DataFrame:
    """The rows of gradient_means.csv from those of gradients.csv; none where the experiments were not run."""
    rows: list[dict[str, Any]] = []
    if gradients is not None:
        for key, found in gradients.groupby(KEY, sort=False):
            values = found["value"]
            named = dict(zip(KEY, key, strict=True))
            interval = statistics.UNKNOWN
            if named["measure"] != "norm":
                interval = statistics.mean(values)
            elif (values > 0).all():
                interval = statistics.geometric_mean(values)
            bounds = {"mean": interval.estimate, "ci_low": interval.low, "ci_high": interval.high}
            rows.append(named | {"seeds": found["seed"].nunique()} | bounds)
    return pd.DataFrame(rows, columns=list(GRADIENT_COLUMNS))
