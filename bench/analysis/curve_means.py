"""The curves of trainings, over their seeds: one row per final model, metric and evaluation point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.analysis import metric_ranges, models, training_costs

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
    budgets = models.budgets_kimg(settings)
    for (method, variant, metric, images), points in curves.groupby(
        ["method", "variant", "metric", "images_seen"], sort=False
    ):
        rows.append(
            {
                "method": method, "variant": variant, "metric": metric, "images_seen": images,
                "budget_kimg": budgets.get(f"{method}.{variant}"), "seconds": points[clock].mean(),
                "clock": "measured" if measured else "logged", "seeds": points["seed"].nunique(),
                **metric_ranges.mean(str(metric), points["value"].dropna()).named("mean"),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))
