"""Accuracy of the edit against damage to the rest of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots import _metrics, _order, _rows, _style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots._inputs import Inputs

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
        return _style.blank("No model was scored in this run.")
    scores = scores[scores["split"] == _rows.scored_split(scores)]
    wide = scores.pivot_table(index=["method", "variant", "seed"], columns="metric", values="value").reset_index()
    panels = [name for name in _metrics.headline(wide.columns) if name.startswith(AGAINST)]
    if not panels or "attribute_accuracy" not in wide:
        return _style.blank("Attribute accuracy or the damage was not measured in this run.")
    figure, axes = _style.grid(len(panels), 2, 4.4, 3.2, share_y=True)
    for axis, metric in zip(axes, panels, strict=True):
        for model, dots in _order.by_model(wide, inputs.settings):
            look = _style.look(*model)
            axis.plot(dots[metric], dots["attribute_accuracy"], look.marker, color=look.colour)
        axis.set_xlabel(_metrics.axis_label(metric))
        axis.locator_params(axis="x", nbins=6)
    axes[0].set_ylabel("Attribute accuracy ↑")
    axes[0].set_ylim(-0.03, 1.03)
    _style.legend(figure, [_style.look(*model) for model in _order.models(scores, inputs.settings)], lines=False)
    return figure
