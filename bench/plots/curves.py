"""The headline metrics against training seconds, of the two variants that the run compares."""

from __future__ import annotations

from bench.analysis import models as model_rows
from bench.plots.kit import curve_panels, metric_labels, theme, words
from bench.plots.kit.render import Inputs

TITLE = "Every metric against training time"
CAPTION = "Thick: mean over seeds, valid split; thin: one seed; band: 95 % interval. Arrows point to better."
NEEDS = ("curve_means", "curves")
METRICS = 4


def finding(inputs: Inputs) -> str:
    """Where the mean curves of the pair end, by metric."""
    means, pair = inputs.tables["curve_means"], inputs.settings.compare.pair[::-1]
    ends = []
    for metric in metric_labels.headline(means["metric"])[:METRICS]:
        sides = [model_rows.of(means[means["metric"] == metric], model).sort_values("images_seen") for model in pair]
        if all(map(len, sides)):
            first, second = (words.number(float(side["mean"].iloc[-1])) for side in sides)
            ends.append(f"{metric_labels.name(metric).lower()} {first} and {second}")
    names = " and ".join(map(theme.label, pair))
    return f"{names} on valid, means at the end: {'; '.join(ends)}" if ends else ""


def draw(inputs: Inputs) -> theme.Figure:
    """Draw a panel per metric, with the curves of the pair."""
    means = inputs.tables["curve_means"]
    means = means[model_rows.ids(means).isin(inputs.settings.compare.pair)]
    metrics = metric_labels.headline(means["metric"])[:METRICS]
    if not metrics:
        return theme.blank("The compared pair has no evaluation points in this run.")
    figure, axes = theme.grid(len(metrics), len(metrics), 2.6, 2.5)
    for axis, metric in zip(axes, metrics, strict=True):
        curve_panels.panel(axis, means[means["metric"] == metric], inputs)
        axis.set_title(metric_labels.axis_label(metric, upright=True), fontsize=8.5)
        axis.set_xlabel(curve_panels.clock_column(means)[1], fontsize=8)
    theme.legend(figure, [theme.look(model) for model in reversed(inputs.settings.compare.pair)])
    return figure
