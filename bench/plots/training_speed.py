"""What a training step costs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bench.plots.kit import order, theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Cost of a training step"
CAPTION = (
    "Milliseconds with their 95 % interval, from interleaved blocks with the machine to itself; shorter is better. An "
    "iteration is one discriminator step and its share of a generator step. The number beside a mark is the step's "
    "work in GFLOP, where it was counted."
)
NEEDS = ("speed",)
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw a row of panels (one a part) for every device, resolution, batch and number of attributes."""
    from matplotlib.figure import Figure

    from bench.analysis.step_blocks import PARTS

    speed = inputs.tables["speed"]
    speed = speed[speed["part"].isin(PARTS)]
    if speed.empty:
        return theme.blank("No step was timed in this run.")
    rows = order.models(speed, inputs.settings)
    settings = list(speed.groupby(["device", "resolution", "batch", "attributes"]))
    figure = Figure(figsize=(9.2, len(settings) * (0.95 + 0.27 * len(rows)) + 0.2))
    axes = figure.subplots(len(settings), len(PARTS), squeeze=False, sharey=True)
    for line, ((device, resolution, batch, attributes), timed) in zip(axes, settings, strict=True):
        for axis, part in zip(line, PARTS, strict=True):
            _panel(axis, timed[timed["part"] == part], rows)
            axis.set_title(f"\n{part.replace('_', ' ').capitalize()}")
            axis.set_xlabel("ms")
        where = f"{device}, {resolution} px, batch {batch}, {attributes} attributes"
        line[0].set_title(f"{where}\n{line[0].get_title(loc='left').strip()}")
    figure.supxlabel("The number beside a mark is the step's work in GFLOP.", fontsize=8, color=theme.QUIET)
    axes[0][0].set_yticks(range(len(rows)), [theme.label(*row) for row in rows])
    axes[0][0].set_ylim(len(rows) - 0.5, -0.5)
    return figure


def _panel(axis: Axes, timed: pd.DataFrame, rows: list[order.Model]) -> None:
    columns = ["method", "variant", "milliseconds", "ci_low", "ci_high", "gflop"]
    for method, variant, milliseconds, low, high, gflop in timed[columns].itertuples(index=False, name=None):
        place, look = rows.index((method, variant)), theme.look(method, variant)
        axis.plot([0, milliseconds], [place, place], color=theme.GRID, linewidth=1, zorder=1)
        axis.plot([low, high], [place, place], color=look.colour, linewidth=3, alpha=0.55)
        axis.plot(milliseconds, place, look.marker, color=look.colour)
        if math.isfinite(gflop):
            axis.annotate(f"{gflop:.3g}", (high, place), (5, 0), textcoords="offset points", va="center", fontsize=7.5)
    axis.set_xlim(left=0)
    axis.margins(x=0.2)
    axis.grid(axis="y", visible=False)
    axis.tick_params(axis="y", length=0)
