"""Which scores are shown, and under which heading each model stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.analysis import models

if TYPE_CHECKING:
    import pandas as pd

    from bench.settings import Settings


def scored_split(scores: pd.DataFrame) -> str:
    """`test` where the trained models were scored on it, else `valid`."""
    trained = scores[scores["method"] != "control"]
    return "test" if (trained["split"] == "test").any() else "valid"


def by_budget(rows: Sequence[str], settings: Settings) -> list[tuple[str, list[str]]]:
    """Models under one heading per image budget, the compared pair's budget first; controls last, without one."""
    budgets = models.budgets_kimg(settings)
    first = budgets.get(settings.compare.challenger, math.inf)
    controls = [row for row in rows if row.startswith("control.")]
    trained = [row for row in rows if row not in controls]
    of_rows = {budgets[row] for row in trained if row in budgets}
    groups = [
        (f"{budget:g} thousand images", [row for row in trained if budgets.get(row) == budget])
        for budget in sorted(of_rows, key=lambda budget: (budget != first, -budget))
    ]
    others = [row for row in trained if row not in budgets]
    return [*groups, *([("other models", others)] if others else []), *([("controls", controls)] if controls else [])]


def values(points: pd.DataFrame, model: str) -> pd.Series[float]:
    """A model's values, one per seed; missing ones are left out."""
    return models.of(points, model)["value"].dropna()
