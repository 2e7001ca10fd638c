"""What choosing weights on valid flatters: valid minus test of the final trainings."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from bench.plots import _metrics, _style
from bench.reporting.numbers import interval, number
from bench.reporting.tables import Table, tidy

if TYPE_CHECKING:
    import pandas as pd

    from bench.settings import Settings

LINK = "../tables/final_quality.csv"
CAPTION = "Valid minus test on the same training seeds, mean and 95 % interval (Student's t); no effect is 0."
COLUMNS = ("method", "variant", "metric", "seeds", "estimate", "ci_low", "ci_high")
METRICS = ("quality", "attribute_accuracy")


def table(final_quality: pd.DataFrame) -> Table:
    """Every model and metric that was scored on both splits."""
    return tidy(_rows(final_quality), CAPTION, LINK, COLUMNS)


def sentences(final_quality: pd.DataFrame, settings: Settings) -> list[str]:
    """One sentence for each of the two compared models and each metric that a hit is judged by."""
    rows = _rows(final_quality)
    names = rows["method"] + "." + rows["variant"]
    compared = (settings.compare.baseline, settings.compare.challenger)
    chosen = [rows[(names == model) & (rows["metric"] == metric)] for model in compared for metric in METRICS]
    return [_sentence(row) for found in chosen for row in found.to_dict("records")]


def _sentence(row: Mapping[Hashable, Any]) -> str:
    low, high = float(row["ci_low"]), float(row["ci_high"])
    name, label = _style.label(row["method"], row["variant"]), _metrics.known(row["metric"]).label.lower()
    said = f"{name}, {label}: {number(row['estimate'])} {interval(low, high)}".rstrip()
    if math.isnan(low):
        return f"{said} (one seed: no interval)."
    return f"{said}, {row['seeds']} seeds" + (": inconclusive." if low <= 0 <= high else ".")


def _rows(final_quality: pd.DataFrame) -> pd.DataFrame:
    return final_quality[final_quality["measure"] == "optimism"]
