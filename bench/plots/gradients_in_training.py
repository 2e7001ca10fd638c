"""How strongly each loss term moves the generator's output during training."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench.plots.kit import gradient_lines, theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Gradient norms in training"
CAPTION = (
    "Norm of each unweighted loss term's gradient at the generator's output, from the first image on, in real training "
    "at the stated weights; log scale. A line is the geometric mean over seeds, in a band of its 95 % interval; wider "
    "bands are cut. A term whose norm is small moves little; the searched weights set the balance between the terms."
)
NEEDS = ("gradients", "gradient_means")
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw one panel a model, one line a loss term."""
    rows = gradient_lines.identified(inputs.tables["gradient_means"], "training")
    rows = rows[rows["mean"] > 0]  # a log scale has no place for a term without gradient
    if rows.empty:
        return theme.blank(gradient_lines.NOTHING)
    models = list(dict.fromkeys(rows["model"]))
    figure, axes = theme.grid(len(models), 2, 4.5, 2.9, share_y=True)
    axes[0].set_yscale("log")
    panels = [
        [
            (replace(look, label=look.label.partition(": ")[2]), term)
            for look, term in gradient_lines.by_term(rows[rows["model"] == model], inputs.settings)
        ]
        for model in models
    ]
    gradient_lines.lines(axes, "images_seen", panels)
    for axis, model in zip(axes, models, strict=True):
        axis.set_title(theme.label(*model.split(".")))
        axis.set_xlabel("images seen")
        axis.legend(frameon=False, fontsize=7.5, handlelength=4)
    axes[0].set_ylabel("norm of the gradient")
    return figure
