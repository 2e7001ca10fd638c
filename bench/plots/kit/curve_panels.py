"""Curves of evaluation points over training seconds: a thin line per seed below five seeds, the mean, else its band."""

from __future__ import annotations

import pandas as pd

from bench.analysis import models
from bench.analysis.statistics import FEWEST_SEEDS
from bench.plots.kit import order, theme
from bench.plots.kit.render import Inputs


def clock_column(means: pd.DataFrame) -> tuple[str, str]:
    """The column of curves.csv that the means took their seconds from, and the axis label."""
    if (means["clock"] == "measured").all():
        return "uncontended_seconds", "training seconds (uncontended)"
    return "train_seconds", "training seconds (logged)"


def panel(axis: theme.Axes, means: pd.DataFrame, inputs: Inputs) -> None:
    """Draw the lines of one metric: its means, and of few seeds their curves."""
    clock, _ = clock_column(means)
    for model, line in order.by_model(means, inputs.settings):
        look, line = theme.look(model), line.sort_values("images_seen")
        if line["seeds"].iloc[0] < FEWEST_SEEDS:
            curves = models.of(inputs.tables["curves"], model)
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
