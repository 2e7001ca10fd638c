"""Scores of the final models beside the controls."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bench.plots.kit import dot_rows, metric_labels, order, pair, theme, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Scores of the final models, by image budget, and the controls"
CAPTION = (
    "Dots are training seeds, bars their means; never rank across headings. Grey tripod: the same model given another, "
    "random edit. Arrows point to better."
)
NEEDS = ("scores", "headline")
SUFFIX = "svg"


def finding(inputs: Inputs) -> str:
    """The difference in quality of the compared pair."""
    quality, names = pair.values(inputs.tables["headline"]).get("quality"), pair.names(inputs.settings)
    if quality is None or math.isnan(quality.estimate):
        return ""
    return (
        f"Quality {quality.challenger:.2f} ({names.challenger_label}) against {quality.baseline:.2f}"
        f" ({names.baseline_label}): difference {words.change(quality.estimate, quality.low, quality.high)}"
    )


def draw(inputs: Inputs) -> Figure:
    """Draw the headline metrics over all attributes."""
    scores = inputs.tables["scores"]
    scores = scores[scores["attribute"] == "all"]
    if scores.empty:
        return theme.blank("No model was scored in this run.")
    scores = scores[scores["split"] == dot_rows.scored_split(scores)]
    rows = [model for model in order.models(scores, inputs.settings) if not model.startswith(theme.SHUFFLED)]
    groups = dot_rows.by_budget(rows, inputs.settings)
    return dot_rows.draw(scores, metric_labels.headline(scores["metric"]), groups)
