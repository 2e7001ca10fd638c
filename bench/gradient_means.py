"""The gradient experiments over their seeds: a row an experiment, setting, model, loss and measure, with intervals.

Cosines: the mean, Student's t. Norms, which are positive and differ by orders of magnitude: the geometric mean,
Student's t on logs; a loss without any gradient on some seed has no geometric mean.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from bench import statistics

KEY = ["experiment", "setting", "model", "family", "loss", "images_seen", "measure"]
COLUMNS = (*KEY, "seeds", "mean", "ci_low", "ci_high")


def table(gradients: pd.DataFrame | None) -> pd.DataFrame:
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
    return pd.DataFrame(rows, columns=list(COLUMNS))
