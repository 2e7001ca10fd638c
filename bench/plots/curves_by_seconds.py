"""Quality against training seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import curve_lines

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Quality against training seconds"
CAPTION = (
    "Evaluation points on the valid split, one line a training seed. The clock counts training steps only: evaluation "
    "and checkpoints stand outside it. Uncontended seconds are the steps taken times what the speed job, alone on the "
    "machine, measured a step to take; where a model was not timed so, all are drawn by the seconds they logged."
)
NEEDS = ("curves",)
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw every metric of curves.csv that the headline names, against training seconds."""
    curves = inputs.tables["curves"]
    return curve_lines.draw(curves, *curve_lines.seconds(curves), inputs.settings)
