"""Whether a step costs what its operations say: measured against predicted ratio to the baseline's method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis import step_blocks
from bench.plots.kit import order, theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Cost of a step: measured against predicted"
CAPTION = (
    "Cost of a step over that of the plainest timed variant of the baseline's method in the same loss family. Across: "
    "predicted from the floating-point operations of convolutions and matrix products; upright: measured, paired "
    "within interleaved blocks, with its 95 % interval, cut where it leaves the panel. On the dashed line a step costs "
    "what its operations say; above it, what is not counted (memory, normalisation, small kernels) weighs more than in "
    "the baseline. A row a size of images, batch and number of attributes."
)
NEEDS = ("speed_ratio",)
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw a row of panels (one a part) for every device, resolution, batch and number of attributes."""
    from matplotlib.figure import Figure

    from bench.analysis import step_costs

    ratios = inputs.tables["speed_ratio"]
    ratios = ratios[ratios["against"].isin(step_costs.references(inputs.settings).values())]
    if ratios.empty:
        return theme.blank("No step was timed beside one of the baseline's method in this run.")
    settings = list(ratios.groupby(["device", "resolution", "batch", "attributes"]))
    figure = Figure(figsize=(8.6, 2.5 * len(settings) + 0.7))
    parts = step_blocks.PARTS
    axes = figure.subplots(len(settings), len(parts), squeeze=False, sharex=True, sharey=True)
    for line, ((device, resolution, batch, attributes), rows) in zip(axes, settings, strict=True):
        for axis, part in zip(line, parts, strict=True):
            _marks(axis, rows[rows["part"] == part], inputs)
        line[0].set_ylabel(f"measured ratio\n{device}, {resolution} px,\nbatch {batch}, {attributes} attributes")
    axes[0][0].set_ylim(axes[0][0].get_ylim())
    for line, (_, rows) in zip(axes, settings, strict=True):
        for axis, part in zip(line, parts, strict=True):
            _intervals(axis, rows[rows["part"] == part], inputs)
    for axis, part in zip(axes[0], parts, strict=True):
        axis.set_title(part.replace("_", " ").capitalize())
    for axis in axes[-1]:
        axis.set_xlabel("predicted ratio (FLOPs)")
    theme.legend(figure, [theme.look(*model) for model in order.models(ratios, inputs.settings)], lines=False)
    return figure


def _marks(axis: Axes, rows: pd.DataFrame, inputs: Inputs) -> None:
    axis.axline((1, 1), slope=1, color=theme.QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
    axis.plot(1, 1, "+", color=theme.QUIET)
    axis.margins(x=0.1, y=0.3)
    for model, found in order.by_model(rows, inputs.settings):
        look = theme.look(*model)
        axis.plot(found["gflop_ratio"], found["ratio"], look.marker, color=look.colour)


def _intervals(axis: Axes, rows: pd.DataFrame, inputs: Inputs) -> None:
    for model, found in order.by_model(rows, inputs.settings):
        axis.vlines(
            found["gflop_ratio"], found["ci_low"], found["ci_high"], color=theme.look(*model).colour, linewidth=2.5,
            alpha=0.5,
        )  # fmt: skip
