"""Quality against training seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots import _curves

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots._inputs import Inputs

TITLE = "Quality against training seconds"
CAPTION = (
    "Evaluation points on the valid split, one line a training seed. The clock counts training steps only: evaluation "
    "and checkpoints stand outside it. Seconds are as logged, with other jobs on the machine; the speed figure has "
    "the uncontended cost of a step."
)
NEEDS = ("curves",)
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw every metric of curves.csv that the headline names, against `train_seconds`."""
    return _curves.draw(inputs.tables["curves"], "train_seconds", "training seconds", inputs.settings)
