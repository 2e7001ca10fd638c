"""The paper's figures 1 and 2: which loss still points the way when generated points are far from real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import gradient_lines, theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Gradients at generated points, by their distance from real points"
CAPTION = (
    "The paper's figures 1 and 2 as an experiment in the plane: one discriminator a loss is trained on two clouds of "
    "real points and on generated points that lie some standard deviations away. Left: cosine of a loss term's descent "
    "direction with the way to the real points (1: straight there, 0: says nothing). Right: the gradient's norm, log "
    "scale. A line is a loss term's mean over seeds, in a band of its 95 % interval; wider bands are cut."
)
NEEDS = ("gradients", "gradient_means")
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw cosine and norm of every model and loss term against the distance."""
    rows = gradient_lines.identified(inputs.tables["gradient_means"], "points")
    if rows.empty:
        return theme.blank(gradient_lines.NOTHING)
    rows = rows.assign(distance=rows["setting"].astype(float))
    figure, axes = theme.grid(2, 2, 4.5, 3.0)
    panels = [
        list(gradient_lines.by_term(rows[rows["measure"] == measure], inputs.settings))
        for measure in ("cosine", "norm")
    ]
    axes[1].set_yscale("log")
    gradient_lines.lines(axes, "distance", panels)
    for axis in axes:
        axis.set_xlabel("distance in standard deviations")
    axes[0].set_ylabel("cosine with the way\nto the real points")
    axes[1].set_ylabel("norm of the gradient")
    theme.legend(figure, [look for look, _ in panels[0]])
    return figure
