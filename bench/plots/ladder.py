"""The ladder: what each part of a method adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import registry
from bench.plots import _metrics, _order, _rows, _style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots._inputs import Inputs

TITLE = "The ladder"
CAPTION = (
    "Trained variants in the order in which their methods add parts, within one loss family at a time (the family is "
    "another cause, not to be mixed with the parts). One dot a training seed, a bar at their mean; the grey tripod is "
    "the same model given another, random edit. The test split where it was scored, else valid."
)
NEEDS = ("scores",)
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw the headline metrics of all trained variants, grouped by loss family."""
    scores = inputs.tables["scores"]
    scores = scores[scores["attribute"] == "all"]
    trained = scores[scores["method"] != "control"]
    if trained.empty:
        return _style.blank("No variant was trained and scored in this run.")
    scores = scores[scores["split"] == _rows.scored_split(scores)]
    rows = sorted(_order.models(trained, inputs.settings), key=lambda model: registry.find(".".join(model))[1].family)
    figure = _rows.draw(scores, _metrics.headline(scores["metric"]), rows)
    families = [registry.find(".".join(model))[1].family for model in rows]
    for axis in figure.axes:
        for place in range(1, len(rows)):
            if families[place] != families[place - 1]:
                axis.axhline(place - 0.5, color=_style.QUIET, linewidth=0.8)
    return figure
