"""Accuracy of the edit against damage to the rest of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import dot_rows, metric_labels, order, theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Editing against damage"
CAPTION = (
    "Attribute accuracy of each final model against what it does to the rest of the face: its agreement on the "
    "attributes that were not to change, and its background error. Arrows point to better. A good model stands high up "
    "on the arrow's side; the copy of the source, which edits nothing, stands at the foot."
)
NEEDS = ("scores",)
SUFFIX = "svg"
AGAINST = ("background_error", "preservation_accuracy")


def draw(inputs: Inputs) -> Figure:
    """Draw one panel a kind of damage, one dot a seed."""
    scores = inputs.tables["scores"]
    scores = scores[scores["attribute"] == "all"]
    if scores.empty:
        return theme.blank("No model was scored in this run.")
    scores = scores[scores["split"] == dot_rows.scored_split(scores)]
    wide = scores.pivot_table(index=["method", "variant", "seed"], columns="metric", values="value").reset_index()
    panels = [name for name in metric_labels.headline(wide.columns) if name.startswith(AGAINST)]
    if not panels or "attribute_accuracy" not in wide:
        return theme.blank("Attribute accuracy or the damage was not measured in this run.")
    figure, axes = theme.grid(len(panels), 2, 4.4, 3.2, share_y=True)
    for axis, metric in zip(axes, panels, strict=True):
        for model, dots in order.by_model(wide, inputs.settings):
            look = theme.look(*model)
            axis.plot(dots[metric], dots["attribute_accuracy"], look.marker, color=look.colour)
        axis.set_xlabel(metric_labels.axis_label(metric))
        axis.locator_params(axis="x", nbins=6)
    axes[0].set_ylabel("Attribute accuracy ↑")
    axes[0].set_ylim(-0.03, 1.03)
    theme.legend(figure, [theme.look(*model) for model in order.models(scores, inputs.settings)], lines=False)
    return figure
