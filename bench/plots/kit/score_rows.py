"""Which scores are shown, and under which heading each model stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.analysis import models
from bench.plots.kit import theme
from bench.settings import Settings

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


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


def headed(rows: Sequence[str], settings: Settings) -> list[tuple[str, str | None]]:
    """A line (text, model) per model under its heading, whose own line has no model."""
    lines: list[tuple[str, str | None]] = []
    for heading, models_below in by_budget(rows, settings):
        lines += [(heading, None), *((theme.label(model), model) for model in models_below)]
    return lines


def label(axes: Sequence[Axes], lines: Sequence[tuple[str, str | None]]) -> None:
    """Name the rows of `headed` over axes that share them: headings bold, with a line over each."""
    theme.rows(axes, [text for text, _ in lines])
    headings = [place for place, (_, model) in enumerate(lines) if model is None]
    for axis in axes:
        texts = axis.get_yticklabels()  # none where the axis on the left has them
        for place in headings:
            axis.axhline(place - 0.5, color=theme.QUIET, linewidth=0.6)
            if texts:
                texts[place].set_fontweight("bold")


def values(points: pd.DataFrame, model: str) -> pd.Series[float]:
    """A model's values, one per seed; missing ones are left out."""
    return models.of(points, model)["value"].dropna()
