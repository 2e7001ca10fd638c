"""Quality against images seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import curve_lines

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Quality against images seen"
CAPTION = (
    "Evaluation points on the valid split, one line a training seed, against the number of real images that the "
    "discriminator has seen: the cost of a step plays no part here."
)
NEEDS = ("curves",)
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw every metric of curves.csv that the headline names, against `images_seen`."""
    return curve_lines.draw(inputs.tables["curves"], "images_seen", "images seen", inputs.settings)
