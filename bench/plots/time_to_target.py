"""Search seconds until a hit, against how much is asked."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from bench.plots import _order, _style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.plots._inputs import Inputs

TITLE = "Search seconds until the target is reached"
CAPTION = (
    "Expected seconds of search until a trial reaches the quality on the horizontal axis together with the accuracy "
    "and preservation that a hit needs, with 95 % interval, on a log scale; lower is better. The number above a mark "
    "counts the hits. An arrowhead had none: the search takes longer than that."
)
NEEDS = ("time_to_target",)
SUFFIX = "svg"
PANEL = ["comparison", "sampler", "width_decades"]


def draw(inputs: Inputs) -> Figure:
    """Draw one panel a comparison, sampler and range width."""
    table = inputs.tables["time_to_target"]
    panels = list(table.groupby(PANEL, dropna=False))
    if not panels:
        return _style.blank(f"{TITLE}: no search was run.")
    figure, axes = _style.grid(len(panels), 2, 4.5, 3.1)
    for axis, ((comparison, sampler, width), rows) in zip(axes, panels, strict=True):
        models = _order.models(rows, inputs.settings)
        targets = sorted(rows["target"].unique())
        step = min((b - a for a, b in pairwise(targets)), default=0.1)
        for place, model in enumerate(models):
            shift = (place - (len(models) - 1) / 2) * step * 0.16
            mine = rows[(rows["method"] == model[0]) & (rows["variant"] == model[1])].sort_values("target")
            _line(axis, mine, _style.look(*model), shift)
        wide = f", {width:g} decades an axis" if width == width else ""
        axis.set_title(f"{comparison}\n{sampler} sampler{wide}")
        axis.set_yscale("log")
        axis.set_xticks(targets)
        axis.set_xlabel("quality that a hit needs")
        axis.margins(y=0.12)
    axes[0].set_ylabel("expected search seconds")
    _style.legend(figure, [_style.look(*model) for model in _order.models(table, inputs.settings)])
    return figure


def _line(axis: Axes, rows: pd.DataFrame, look: _style.Look, shift: float) -> None:
    hit = rows[rows["hits"] > 0]
    axis.plot(
        hit["target"] + shift, hit["expected_seconds"], color=look.colour, linestyle=look.line, marker=look.marker
    )
    axis.vlines(
        hit["target"] + shift, hit["seconds_ci_low"], hit["seconds_ci_high"], color=look.colour, alpha=0.5, linewidth=2
    )
    for target, hits, top in zip(hit["target"] + shift, hit["hits"], hit["seconds_ci_high"], strict=True):
        axis.annotate(
            f"{hits:.0f}", (target, top), (0, 3), textcoords="offset points",
            fontsize=7, color=look.colour, ha="center",
        )  # fmt: skip
    missed = rows[rows["hits"] == 0]
    axis.plot(
        missed["target"] + shift,
        missed["expected_seconds"],
        color=look.colour,
        marker=6,
        markersize=7,
        linestyle="none",
    )
