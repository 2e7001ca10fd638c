"""Objective against every searched loss weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import trials
from bench.plots import _order, _search, _style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots._inputs import Inputs

TITLE = "Where good loss weights lie"
CAPTION = (
    "Objective of every trial, of all samplers, against each searched loss weight on a log scale over the searched "
    "range. A broad band of good trials means a weight that is easy to find."
)
NEEDS = ("search",)
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw one panel an arm and loss weight."""
    from matplotlib.ticker import NullFormatter

    search = _search.completed(inputs.tables["search"])
    panels = [
        (model, weight)
        for model in _order.models(search, inputs.settings)
        for weight in trials.ranges(".".join(model), inputs.settings.search)
        if weight.name in search.columns
    ]
    if not panels:
        return _style.blank(_search.NOTHING)
    figure, axes = _style.grid(len(panels), 3, 3.1, 2.4, share_y=True)
    for axis, (model, weight) in zip(axes, panels, strict=True):
        arm, look = _search.arm(search, model), _style.look(*model)
        axis.plot(arm[weight.name], arm["objective"], look.marker, color=look.colour, alpha=0.8)
        axis.set_xscale("log")
        axis.set_xlim(weight.low / 1.1, weight.high * 1.1)
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.set_title(look.label, color=look.colour)
        axis.set_xlabel(weight.name)
    axes[0].set_ylabel("objective")
    return figure
