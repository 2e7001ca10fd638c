"""The curves of trainings, over their seeds: one row per final model, metric and evaluation point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.analysis import level_times, metric_ranges, training_costs

if TYPE_CHECKING:
    from bench.settings import Settings

COLUMNS = (
    "method", "variant", "budget_kimg", "metric", "images_seen", "seconds", "clock", "seeds", "mean", "ci_low",
    "ci_high",
)  # fmt: skip


def table(curves: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of curve_means.csv; seconds are uncontended where every model was timed, else logged, for all alike."""
    measured = training_costs.SECONDS in curves and bool(curves[training_costs.SECONDS].notna().all())
    clock = training_costs.SECONDS if measured else "train_seconds"
    rows: list[dict[str, Any]] = []
    for (method, variant, metric, images), found in curves.groupby(
        ["method", "variant", "metric", "images_seen"], sort=False
    ):
        mean = metric_ranges.mean(str(metric), found["value"].dropna())
        rows.append(
            {
                "method": method, "variant": variant, "metric": metric, "images_seen": images,
                "budget_kimg": level_times.budget_kimg(settings, f"{method}.{variant}"),
                "seconds": found[clock].mean(), "clock": "measured" if measured else "logged",
                "seeds": found["seed"].nunique(), "mean": mean.estimate, "ci_low": mean.low, "ci_high": mean.high,
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))
