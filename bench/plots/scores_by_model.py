"""Scores of the final models beside the controls."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from bench.analysis import models
from bench.plots.kit import order, theme, words
from bench.plots.kit.render import Inputs

TITLE = "Scores of the final models, by image budget, and the controls"
CAPTION = (
    "Dots are training seeds, bars their means; never rank across headings. Grey tripod: the same model given another, "
    "random edit. Arrows point to better."
)
NEEDS = ("scores", "headline")


def finding(inputs: Inputs) -> str:
    """The difference in quality of the compared pair."""
    quality = order.headline_values(inputs.tables["headline"]).get("quality")
    if quality is None or math.isnan(quality.estimate):
        return ""
    baseline, challenger = map(theme.label, inputs.settings.compare.pair)
    return (
        f"Quality {quality.challenger:.2f} ({challenger}) against {quality.baseline:.2f} ({baseline}):"
        f" difference {words.change(quality.estimate, quality.low, quality.high)}"
    )


def draw(inputs: Inputs) -> theme.Figure:
    """Draw a panel per headline metric, over all attributes, and a row per model under the heading of its budget."""
    scores = inputs.tables["scores"]
    scores = models.over_all(scores, order.scored_split(scores))
    if scores.empty:
        return theme.blank("No model was scored in this run.")
    rows = [model for model in order.models(scores, inputs.settings) if not model.startswith(theme.SHUFFLED)]
    lines = order.headed(rows, inputs.settings)
    metrics = words.headline_metrics(scores["metric"])
    columns = min(len(metrics), 4)
    width = 2.0 + 0.068 * max(len(name) for name, _ in lines) / columns
    figure, axes = theme.grid(len(metrics), columns, width, 0.75 + 0.22 * len(lines), share_y=True)
    for axis, metric in zip(axes, metrics, strict=True):
        _panel(axis, scores[scores["metric"] == metric], [model for _, model in lines])
        axis.set_title(words.metric_label(metric), fontsize=9)
    order.label(axes, lines)
    return figure


def _panel(axis: theme.Axes, points: pd.DataFrame, rows: Sequence[str | None]) -> None:
    """A dot per seed, a bar at their mean, in grey the model's own shuffled-target control."""
    for place, model in enumerate(rows):
        if model is None:
            continue
        shuffled = models.of(points, theme.shuffled_control(model))["value"].dropna()
        if len(shuffled):
            axis.plot(shuffled, [place] * len(shuffled), "1", color=theme.QUIET)
        seeds = models.of(points, model)["value"].dropna()
        if seeds.empty:
            continue
        look = theme.look(model)
        axis.plot(seeds, [place] * len(seeds), look.marker, color=look.colour, alpha=0.85, clip_on=False)
        if len(seeds) > 1:
            axis.plot([seeds.mean()] * 2, [place - 0.32, place + 0.32], color=look.colour, linewidth=2)
    axis.locator_params(axis="x", nbins=4)
    axis.margins(x=0.08)
