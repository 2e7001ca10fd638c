"""The headline metrics against training seconds: the compared pair first, then every other model by image budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis import models as model_rows
from bench.plots.kit import curve_panels, metric_labels, order, theme, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Every metric against training time"
CAPTION = (
    "One row per image budget: models of different budgets are different trainings. Thin lines are seeds, thick ones "
    "means, bands 95 % intervals. Arrows point to better."
)
NEEDS = ("curve_means", "curves")
SUFFIX = "svg"
METRICS = 4


def finding(inputs: Inputs) -> str:
    """Where the compared pair ends, by metric."""
    means, pair = inputs.tables["curve_means"], model_rows.compared(inputs.settings)[::-1]
    ends = []
    for metric in metric_labels.headline(means["metric"])[:METRICS]:
        sides = [model_rows.of(means[means["metric"] == metric], model).sort_values("images_seen") for model in pair]
        if all(map(len, sides)):
            first, second = (words.number(float(side["mean"].iloc[-1])) for side in sides)
            ends.append(f"{metric_labels.known(metric).label.lower()} {first} and {second}")
    names = " and ".join(map(theme.label, pair))
    return f"{names} end at {'; '.join(ends)}" if ends else ""


def draw(inputs: Inputs) -> Figure:
    """Draw a row of panels for the pair, and one for each budget that has other models."""
    from matplotlib.figure import Figure

    means = inputs.tables["curve_means"]
    metrics = metric_labels.headline(means["metric"])[:METRICS]
    if not metrics:
        return theme.blank("No evaluation points: training.evaluations is 0 in this run's settings.")
    compared = model_rows.ids(means).isin(model_rows.compared(inputs.settings))
    rows = [("The compared pair", means[compared])] if compared.any() else []
    first, others = {*means[compared]["budget_kimg"]}, means[~compared]
    budgets = sorted({*others["budget_kimg"]}, key=lambda kimg: (kimg not in first, -kimg))
    rows += [(f"Other models, {kimg:g} thousand images", others[others["budget_kimg"] == kimg]) for kimg in budgets]
    figure = Figure(figsize=(2.6 * len(metrics), 2.1 * len(rows) + 0.7))
    axes = figure.subplots(len(rows), len(metrics), squeeze=False)
    for line, (title, group) in zip(axes, rows, strict=True):
        for axis, metric in zip(line, metrics, strict=True):
            curve_panels.panel(axis, group[group["metric"] == metric], inputs)
            heading = f"{title}\n" if axis is line[0] else ""
            axis.set_title(f"{heading}{metric_labels.axis_label(metric, upright=True)}", fontsize=8.5)
    labels = [curve_panels.clock_column(group)[1] for _, group in rows]
    for line, label, below in zip(axes, labels, [*labels[1:], ""], strict=True):
        for axis in line if label != below else ():
            axis.set_xlabel(label, fontsize=8)
    theme.legend(figure, [theme.look(model) for model in order.models(means, inputs.settings)])
    return figure
