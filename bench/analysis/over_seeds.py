"""Tables over training seeds: what valid flatters, the curves of trainings, and the gradient experiments."""

from typing import Any

import pandas as pd

from bench.analysis import models, statistics, training_costs
from bench.analysis.statistics import UNKNOWN, Interval
from bench.settings import Settings

COLUMNS = ("method", "variant", "split", "metric", "measure", "seeds", "estimate", "ci_low", "ci_high")
ALL = "all"
CONTROL = "control"


def final_quality(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows of final_quality.csv, valid minus test of every final model, from the rows of scores.csv."""
    trained = scores[(scores["method"] != CONTROL) & (scores["attribute"] == ALL)]
    rows: list[dict[str, Any]] = []
    for (method, variant, metric), values in trained.groupby(["method", "variant", "metric"], sort=False):
        by_split = values.pivot(index="seed", columns="split", values="value")
        by_split = by_split.reindex(columns=["valid", "test"]).dropna()
        if len(by_split):
            row = {"method": method, "variant": variant, "metric": metric, "split": "valid-test"}
            optimism = statistics.over_seeds(statistics.mean(by_split["valid"] - by_split["test"]), len(by_split))
            rows.append(row | {"measure": "optimism", "seeds": len(by_split)} | optimism.named())
    return pd.DataFrame(rows, columns=list(COLUMNS))


CURVE_COLUMNS = (
    "method", "variant", "budget_kimg", "metric", "images_seen", "seconds", "clock", "seeds", "mean", "ci_low",
    "ci_high",
)  # fmt: skip


def curve_means(curves: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of curve_means.csv, with uncontended seconds where all that stands in one panel was timed, else logged.

    The compared pair stands in panels of its own, the other models in others.
    """
    pair = models.ids(curves).isin(settings.compare.pair)
    known = curves.get(training_costs.SECONDS, pd.Series(index=curves.index, dtype=float)).notna()
    timed = {of_pair: bool(known[pair == of_pair].all()) for of_pair in (True, False)}
    rows: list[dict[str, Any]] = []
    budgets = models.budgets_kimg(settings)
    keys = ["method", "variant", "metric", "images_seen"]
    for (method, variant, metric, images), points in curves.groupby(keys, sort=False):
        measured = timed[f"{method}.{variant}" in settings.compare.pair]
        clock = training_costs.SECONDS if measured else "train_seconds"
        rows.append(
            {
                "method": method, "variant": variant, "metric": metric, "images_seen": images,
                "budget_kimg": budgets.get(f"{method}.{variant}"), "seconds": points[clock].mean(),
                "clock": "measured" if measured else "logged", "seeds": points["seed"].nunique(),
                **statistics.mean_in_range(str(metric), points["value"].dropna()).named("mean"),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(CURVE_COLUMNS))


KEY = ["experiment", "setting", "model", "family", "loss", "images_seen", "measure"]
GRADIENT_COLUMNS = (*KEY, "seeds", "mean", "ci_low", "ci_high")


def gradient_means(gradients: pd.DataFrame | None) -> pd.DataFrame:
    """The rows of gradient_means.csv from those of gradients.csv; none where the experiments were not run."""
    rows: list[dict[str, Any]] = []
    if gradients is not None:
        for key, measured in gradients.groupby(KEY, sort=False):
            row, seeds = dict(zip(KEY, key, strict=True)), int(measured["seed"].nunique())
            mean = (_norm if row["measure"] == "norm" else statistics.mean)(measured["value"])
            rows.append(row | {"seeds": seeds} | statistics.over_seeds(mean, seeds).named("mean"))
    return pd.DataFrame(rows, columns=list(GRADIENT_COLUMNS))


def _norm(values: pd.Series) -> Interval:
    """The geometric mean of norms; 0 where all are, unknown where some are."""
    if (values > 0).all():
        return statistics.geometric_mean(values)
    return Interval(0.0, 0.0, 0.0) if (values == 0).all() else UNKNOWN
