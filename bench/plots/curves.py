"""The headline metrics against training seconds, of the two variants that the run compares."""

from __future__ import annotations

import pandas as pd

from bench.analysis import models as model_rows
from bench.analysis.statistics import FEWEST_SEEDS
from bench.plots.kit import order, theme, words
from bench.plots.kit.render import Inputs

TITLE = "Every metric against training time"
CAPTION = "Thick: mean over seeds, valid split; thin: one seed; band: 95 % interval. Arrows point to better."
NEEDS = ("curve_means", "curves")
METRICS = 4


def finding(inputs: Inputs) -> str:
    """Where the mean curves of the pair end, by metric."""
    means, pair = inputs.tables["curve_means"], inputs.settings.compare.pair[::-1]
    ends = []
    for metric in words.headline_metrics(means["metric"])[:METRICS]:
        sides = [model_rows.of(means[means["metric"] == metric], model).sort_values("images_seen") for model in pair]
        if all(map(len, sides)):
            first, second = (words.number(float(side["mean"].iloc[-1])) for side in sides)
            ends.append(f"{words.metric_name(metric).lower()} {first} and {second}")
    names = " and ".join(map(theme.label, pair))
    return f"{names} on valid, means at the end: {'; '.join(ends)}" if ends else ""


def draw(inputs: Inputs) -> theme.Figure:
    """Draw a panel per metric, with the curves of the pair."""
    means = inputs.tables["curve_means"]
    means = means[model_rows.ids(means).isin(inputs.settings.compare.pair)]
    metrics = words.headline_metrics(means["metric"])[:METRICS]
    if not metrics:
        return theme.blank("The compared pair has no evaluation points in this run.")
    figure, axes = theme.grid(len(metrics), len(metrics), 2.6, 2.5)
    for axis, metric in zip(axes, metrics, strict=True):
        panel(axis, means[means["metric"] == metric], inputs)
        axis.set_title(words.metric_label(metric, upright=True), fontsize=8.5)
        axis.set_xlabel(clock_column(means)[1], fontsize=8)
    theme.legend(figure, [theme.look(model) for model in reversed(inputs.settings.compare.pair)])
    return figure


def clock_column(means: pd.DataFrame) -> tuple[str, str]:
    """The column of curves.csv that the means took their seconds from, and the axis label."""
    if (means["clock"] == "measured").all():
        return "uncontended_seconds", "training seconds (uncontended)"
    return "train_seconds", "training seconds (logged)"


def panel(axis: theme.Axes, means: pd.DataFrame, inputs: Inputs) -> None:
    """The mean of one metric per model over training seconds; below five seeds a thin line per seed, else its band."""
    clock, _ = clock_column(means)
    for model, line in order.by_model(means, inputs.settings):
        look, line = theme.look(model), line.sort_values("images_seen")
        if line["seeds"].iloc[0] < FEWEST_SEEDS:
            curves = model_rows.of(inputs.tables["curves"], model)
            curves = curves[curves["metric"] == line["metric"].iloc[0]]
            for _, seed in curves.sort_values("images_seen").groupby("seed"):
                axis.plot(seed[clock], seed["value"], color=look.colour, linewidth=0.8, alpha=0.5)
        else:
            band = line["seconds"], line["ci_low"], line["ci_high"]
            axis.fill_between(*band, color=look.colour, alpha=0.15, linewidth=0)
        axis.plot(
            line["seconds"], line["mean"], color=look.colour, linestyle=look.line, marker=look.marker, markersize=4,
            linewidth=2,
        )  # fmt: skip
    axis.set_xlim(left=0)
    axis.margins(x=0.03)
