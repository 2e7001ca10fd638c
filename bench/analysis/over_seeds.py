"""Tables over training seeds: what the final models reached, and the gradient experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.analysis import statistics
from bench.analysis.statistics import UNKNOWN, Interval

COLUMNS = ("method", "variant", "split", "metric", "measure", "seeds", "estimate", "ci_low", "ci_high")
ALL = "all"
CONTROL = "control"


def final_quality(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows of final_quality.csv, valid minus test of every final model, from the rows of scores.csv."""
    rows: list[dict[str, Any]] = []
    trained = scores[scores["method"] != CONTROL]
    for (method, variant, metric), own in trained.groupby(["method", "variant", "metric"], sort=False):
        optimism = _optimism(own)
        if optimism.size:
            found = statistics.mean(optimism)
            rows.append(
                {
                    "method": method, "variant": variant, "metric": metric, "split": "valid-test",
                    "measure": "optimism", "seeds": optimism.size, "estimate": found.estimate,
                    "ci_low": found.low, "ci_high": found.high,
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _optimism(values: pd.DataFrame) -> NDArray[np.float64]:
    """Valid minus test (seeds,), for the seeds that were scored on both."""
    both = values[values["attribute"] == ALL].pivot(index="seed", columns="split", values="value")
    if not {"valid", "test"} <= set(both.columns):
        return np.empty(0)
    return (both["valid"] - both["test"]).dropna().to_numpy(dtype=float)


KEY = ["experiment", "setting", "model", "family", "loss", "images_seen", "measure"]
GRADIENT_COLUMNS = (*KEY, "seeds", "mean", "ci_low", "ci_high")


def gradient_means(gradients: pd.DataFrame | None) -> pd.DataFrame:
    """The rows of gradient_means.csv from those of gradients.csv; none where the experiments were not run."""
    rows: list[dict[str, Any]] = []
    if gradients is not None:
        for key, found in gradients.groupby(KEY, sort=False):
            values = found["value"]
            named = dict(zip(KEY, key, strict=True))
            interval = _norm(values) if named["measure"] == "norm" else statistics.mean(values)
            bounds = {"mean": interval.estimate, "ci_low": interval.low, "ci_high": interval.high}
            rows.append(named | {"seeds": found["seed"].nunique()} | bounds)
    return pd.DataFrame(rows, columns=list(GRADIENT_COLUMNS))


def _norm(values: pd.Series) -> Interval:
    """The geometric mean of norms; 0 where all are, unknown where some are."""
    if (values > 0).all():
        return statistics.geometric_mean(values)
    return Interval(0.0, 0.0, 0.0) if (values == 0).all() else UNKNOWN
