"""Dot plots with one row a model and one panel a metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.plots.kit import metric_labels, theme
from bench.plots.kit.order import Model

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def scored_split(scores: pd.DataFrame) -> str:
    """`test` where the trained models were scored on it, else `valid`."""
    trained = scores[scores["method"] != "control"]
    return "test" if (trained["split"] == "test").any() else "valid"


def draw(scores: pd.DataFrame, metrics: Sequence[str], rows: Sequence[Model]) -> Figure:
    """One panel a metric; a dot a seed, a bar at their mean, in grey the model's own shuffled-target control."""
    from matplotlib.figure import Figure

    columns = min(len(metrics), 4)
    lines = -(-len(metrics) // columns)
    names = [theme.label(*row) for row in rows]
    label_width = 0.068 * max(map(len, names))
    figure = Figure(figsize=(2.1 * columns + label_width, lines * (0.75 + 0.24 * len(rows))))
    axes = figure.subplots(lines, columns, squeeze=False, sharey=True).ravel().tolist()
    for spare in axes[len(metrics) :]:
        spare.remove()
    for axis, metric in zip(axes, metrics, strict=False):
        _panel(axis, scores[scores["metric"] == metric], rows)
        axis.set_title(metric_labels.axis_label(metric), fontsize=9)
    axes[0].set_yticks(range(len(rows)), names)
    axes[0].set_ylim(len(rows) - 0.5, -0.5)
    return figure


def _panel(axis: Axes, points: pd.DataFrame, rows: Sequence[Model]) -> None:
    for place, (method, variant) in enumerate(rows):
        shuffled = values(points, "control", f"{theme.SHUFFLED}{method}_{variant}")
        if len(shuffled):
            axis.plot(shuffled, [place] * len(shuffled), "1", color=theme.QUIET)
        found = values(points, method, variant)
        if found.empty:
            continue
        look = theme.look(method, variant)
        axis.plot(found, [place] * len(found), look.marker, color=look.colour, alpha=0.85, clip_on=False)
        if len(found) > 1:
            axis.plot([found.mean()] * 2, [place - 0.32, place + 0.32], color=look.colour, linewidth=2)
    axis.grid(axis="y", visible=False)
    axis.tick_params(axis="y", length=0)
    axis.locator_params(axis="x", nbins=4)
    axis.margins(x=0.08)


def values(points: pd.DataFrame, method: str, variant: str) -> pd.Series[float]:
    """A model's values, one a seed; missing ones are left out."""
    return points[(points["method"] == method) & (points["variant"] == variant)]["value"].dropna()
