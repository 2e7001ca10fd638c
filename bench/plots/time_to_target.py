"""Search seconds until a hit, against how much is asked."""

from __future__ import annotations

import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING

from bench.plots.kit import order, theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Search seconds until the target is reached"
CAPTION = (
    "Expected seconds of search until a trial reaches the quality on the horizontal axis together with the accuracy "
    "and preservation that a hit needs, with 95 % interval, on a log scale; lower is better. The number above a mark "
    "counts the hits (of a pool's trials, or of the studies that got there). A hollow mark stands on fewer than eight "
    "hits in all and is not judged; an arrow had no hit: the search takes longer than that. No mark: some study "
    "never got there, so its expected time is not known."
)
NEEDS = ("time_to_target",)
SUFFIX = "svg"
PANEL = ["comparison", "sampler", "width_decades"]


def draw(inputs: Inputs) -> Figure:
    """Draw one panel a comparison, sampler and range width."""
    table = inputs.tables["time_to_target"]
    panels = list(table.groupby(PANEL, sort=False, dropna=False))
    if not panels:
        return theme.blank("No search was run.")
    figure, axes = theme.grid(len(panels), 2, 4.5, 3.1)
    for axis, ((comparison, sampler, width), rows) in zip(axes, panels, strict=True):
        names = textwrap.fill(theme.comparison(str(comparison)), 46)
        axis.set_title(f"{names}\n{sampler} sampler, {width:g}-decade ranges")
        _panel(axis, rows, inputs)
    theme.legend(figure, [theme.look(*model) for model in order.models(table, inputs.settings)])
    return figure


def _panel(axis: Axes, rows: pd.DataFrame, inputs: Inputs) -> None:
    targets = sorted(rows["target"].unique())
    step = min((b - a for a, b in pairwise(targets)), default=0.1)
    arms = list(order.by_model(rows[rows["expected_seconds"].notna()], inputs.settings))
    for place, (model, line) in enumerate(arms):
        shift = (place - (len(arms) - 1) / 2) * step * 0.16
        _line(axis, line.assign(target=line["target"] + shift).sort_values("target"), theme.look(*model))
    axis.set_xticks(targets)
    axis.set_xlim(targets[0] - step / 2, targets[-1] + step / 2)
    axis.set_xlabel("quality that a hit needs")
    axis.set_ylabel("expected search seconds")
    if arms:
        axis.set_yscale("log")
        axis.margins(y=0.12)
        low, high = axis.get_ylim()
        widen = max(1.0, 5 * low / high) ** 0.5  # a small difference must not fill the panel
        axis.set_ylim(low / widen, high * widen)
        theme.plain_log(axis)
    else:
        axis.set_yticks([])
        axis.text(0.5, 0.5, "no level was reached by every study", transform=axis.transAxes, ha="center")


def _line(axis: Axes, rows: pd.DataFrame, look: theme.Look) -> None:
    """One arm's marks; `target` is where they stand."""
    hit, missed = rows[rows["hits"] > 0], rows[rows["hits"] == 0]
    axis.plot(hit["target"], hit["expected_seconds"], color=look.colour, linestyle=look.line)
    axis.vlines(hit["target"], hit["seconds_ci_low"], hit["seconds_ci_high"], color=look.colour, alpha=0.5, linewidth=2)
    for marks, face in ((hit[hit["judged"]], look.colour), (hit[~hit["judged"]], theme.PAPER)):
        axis.plot(
            marks["target"], marks["expected_seconds"], look.marker, color=look.colour, markerfacecolor=face, zorder=3
        )
    tops = hit["seconds_ci_high"].fillna(hit["expected_seconds"])
    for target, hits, top in zip(hit["target"], hit["hits"], tops, strict=True):
        axis.annotate(
            f"{hits:.0f}", (target, top), (0, 3), textcoords="offset points", ha="center", fontsize=7, color=look.colour
        )
    axis.plot(
        missed["target"],
        missed["expected_seconds"],
        color=look.colour,
        marker=r"$\uparrow$",
        markersize=9,
        linestyle="none",
    )
