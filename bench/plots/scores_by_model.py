"""Scores of the final models beside the controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import dot_rows, metric_labels, order, theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Scores of the final models and the controls"
CAPTION = (
    "One dot a training seed, a bar at their mean; the test split where it was scored, else valid. Arrows point to "
    "better. The controls show what a number is worth: the grey tripod in a model's row is the same model given "
    "another, random edit; the copy of the source edits nothing; the true counterfactual is the best there is on drawn "
    "faces; the judges on real images are the ceiling of what a judge can agree with."
)
NEEDS = ("scores",)
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw the headline metrics over all attributes."""
    scores = inputs.tables["scores"]
    scores = scores[scores["attribute"] == "all"]
    if scores.empty:
        return theme.blank("No model was scored in this run.")
    scores = scores[scores["split"] == dot_rows.scored_split(scores)]
    rows = [model for model in order.models(scores, inputs.settings) if not model[1].startswith(theme.SHUFFLED)]
    return dot_rows.draw(scores, metric_labels.headline(scores["metric"]), rows)
