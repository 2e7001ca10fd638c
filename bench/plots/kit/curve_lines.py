"""Curves of evaluation points, shared by the two plots that differ in their horizontal axis only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import metric_labels, order, theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.settings import Settings


def draw(curves: pd.DataFrame, x: str, x_label: str, settings: Settings) -> Figure:
    """One panel a metric, one line a training; `x` is the column of the horizontal axis."""
    metrics = metric_labels.headline(curves["metric"])
    if not metrics:
        return theme.blank("No evaluation points: training.evaluations is 0 in this run's settings.")
    figure, axes = theme.grid(len(metrics), 3, 3.3, 2.5)
    for axis, metric in zip(axes, metrics, strict=True):
        _panel(axis, curves[curves["metric"] == metric], x, settings)
        axis.set_title(metric_labels.upright_label(metric))
        axis.set_xlabel(x_label)
    theme.legend(figure, [theme.look(*model) for model in order.models(curves, settings)])
    return figure


def seconds(curves: pd.DataFrame) -> tuple[str, str]:
    """The column of training seconds and what to call it: uncontended where all models were timed, else logged."""
    from bench.analysis import training_costs

    if curves[training_costs.SECONDS].notna().all():
        return training_costs.SECONDS, "training seconds (uncontended)"
    return "train_seconds", "training seconds (logged)"


def _panel(axis: Axes, points: pd.DataFrame, x: str, settings: Settings) -> None:
    for model, lines in order.by_model(points, settings):
        look = theme.look(*model)
        for _, line in lines.sort_values(x).groupby("seed"):
            axis.plot(
                line[x], line["value"], color=look.colour, linestyle=look.line, marker=look.marker, markersize=3.5
            )
    axis.margins(x=0.03)
