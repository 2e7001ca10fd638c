"""Dot plots with one row per model, under one heading per image budget, and one panel per metric."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.analysis import models
from bench.plots.kit import metric_labels, theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

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


def draw(scores: pd.DataFrame, metrics: Sequence[str], groups: Sequence[tuple[str, Sequence[str]]]) -> Figure:
    """One panel per metric; a dot per seed, a bar at their mean, in grey the model's own shuffled-target control."""
    lines: list[tuple[str, str | None]] = []
    for heading, of_group in groups:
        lines += [(heading, None), *((theme.label(model), model) for model in of_group)]
    columns = min(len(metrics), 4)
    label_width = 0.068 * max(len(name) for name, _ in lines)
    width, height = 2.0 + label_width / columns, 0.75 + 0.22 * len(lines)
    figure, axes = theme.grid(len(metrics), columns, width, height, share_y=True)
    for axis, metric in zip(axes, metrics, strict=True):
        _panel(axis, scores[scores["metric"] == metric], [model for _, model in lines])
        axis.set_title(metric_labels.axis_label(metric), fontsize=9)
    theme.rows(axes, [name for name, _ in lines])
    for axis in axes[::columns]:
        for label, (_, model) in zip(axis.get_yticklabels(), lines, strict=True):
            label.set_fontweight("normal" if model else "bold")
    return figure


def _panel(axis: Axes, points: pd.DataFrame, rows: Sequence[str | None]) -> None:
    for place, model in enumerate(rows):
        if model is None:
            axis.axhline(place - 0.5, color=theme.QUIET, linewidth=0.6)
            continue
        shuffled = values(points, theme.shuffled_control(model))
        if len(shuffled):
            axis.plot(shuffled, [place] * len(shuffled), "1", color=theme.QUIET)
        seeds = values(points, model)
        if seeds.empty:
            continue
        look = theme.look(model)
        axis.plot(seeds, [place] * len(seeds), look.marker, color=look.colour, alpha=0.85, clip_on=False)
        if len(seeds) > 1:
            axis.plot([seeds.mean()] * 2, [place - 0.32, place + 0.32], color=look.colour, linewidth=2)
    axis.locator_params(axis="x", nbins=4)
    axis.margins(x=0.08)


def values(points: pd.DataFrame, model: str) -> pd.Series[float]:
    """A model's values, one per seed; missing ones are left out."""
    return models.of(points, model)["value"].dropna()
