"""The ratio of search seconds against the width of the searched ranges."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from bench.plots.kit import theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "How much sooner good weights are found, by range width"
CAPTION = (
    "Above 1 the second variant is sooner. Open marks: moved ranges; dotted: without evaluation; thin: single targets; "
    "dashed squares: about the published weights. Band: 95 % interval."
)
NEEDS = ("search_ratio", "time_to_target")
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw one panel a comparison."""
    table, targets = inputs.tables["search_ratio"], inputs.tables["time_to_target"]
    if table.empty:
        return theme.blank("No two variants that are compared were both searched at random.")
    comparisons = list(table.groupby("comparison", sort=False))
    figure, axes = theme.grid(len(comparisons), 2, 4.6, 3.3)
    for axis, (comparison, rows) in zip(axes, comparisons, strict=True):
        single = targets[(targets["comparison"] == comparison) & (targets["sampler"] == "random")]
        _panel(axis, rows, single[single["seconds_ratio"].notna()])
        axis.set_title(theme.comparison(str(comparison), "\nover "))
    figure.supylabel("ratio of search seconds", fontsize=9)
    return figure


def _panel(axis: Axes, rows: pd.DataFrame, targets: pd.DataFrame) -> None:
    axis.set_xlabel("decades an axis")
    centre = rows["centre"] == rows["centre"].iloc[0]
    measured = rows["seconds_ratio"].notna()
    if not measured.any():
        axis.set_xticks([])
        axis.set_yticks([])
        reason = textwrap.fill(f"No ratio: {rows[centre]['reason'].iloc[-1]}.", 44)
        axis.text(0.5, 0.5, reason, transform=axis.transAxes, ha="center", va="center")
        return
    axis.set_yscale("log")
    axis.axhline(1, color=theme.QUIET, linewidth=1)
    unmoved = rows["range_shift"] == 0
    centred, moved = rows[measured & centre & unmoved], rows[measured & centre & ~unmoved]
    x = centred["width_decades"]
    if len(centred) > 1:
        axis.fill_between(x, centred["ci_low"], centred["ci_high"], color=theme.INK, alpha=0.12, linewidth=0)
    axis.vlines(x, centred["ci_low"], centred["ci_high"], color=theme.INK, alpha=0.5, linewidth=2)
    for _, line in targets.groupby("target"):
        axis.plot(line["width_decades"], line["seconds_ratio"], color=theme.QUIET, linewidth=0.7, alpha=0.7)
    axis.plot(x, centred["seconds_ratio_without_evaluation"], ":", color=theme.INK, linewidth=1.2)
    axis.plot(x, centred["seconds_ratio"], "o-", color=theme.INK)
    axis.plot(
        moved["width_decades"], moved["seconds_ratio"], "o", color=theme.INK, markerfacecolor=theme.PAPER,
        markersize=4, alpha=0.8,
    )  # fmt: skip
    _published(axis, rows[measured & ~centre & unmoved])
    axis.set_xticks(sorted(rows["width_decades"].unique()))
    theme.plain_log(axis)


def _published(axis: Axes, rows: pd.DataFrame) -> None:
    """The second centre, beside the first: the published weights."""
    x = rows["width_decades"] + 0.05
    axis.vlines(x, rows["ci_low"], rows["ci_high"], color=theme.QUIET, linewidth=1.2)
    axis.plot(x, rows["seconds_ratio"], "s--", color=theme.QUIET, markersize=4, linewidth=1.2)
