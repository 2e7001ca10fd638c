"""Which loss says what to change in an early generator's images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import gradient_lines, theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Gradients at an early generator's images"
CAPTION = (
    "Cosine of a loss term's descent direction, at the generated image and inside the region that the edit changes, "
    "with the way from that image to its true counterfactual: 0 says nothing about the edit. The generator is frozen "
    "at its start, or early in its training; each loss has a discriminator of its own, trained against it. One dot a "
    "seed; a bar at their mean, on its 95 % interval, cut where it leaves the panel."
)
NEEDS = ("gradients", "gradient_means")
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw one panel a setting of the generator and one row a model and loss term."""
    rows = gradient_lines.identified(inputs.tables["gradients"], "images")
    rows = rows[rows["measure"] == "cosine"]
    means = gradient_lines.identified(inputs.tables["gradient_means"], "images")
    means = means[means["measure"] == "cosine"]
    if rows.empty:
        return theme.blank(gradient_lines.NOTHING)
    settings = list(dict.fromkeys(rows["setting"]))
    names = [look.label for look, _ in gradient_lines.by_term(rows, inputs.settings)]
    width = 3.0 + 0.068 * max(map(len, names)) / len(settings)
    figure, axes = theme.grid(len(settings), len(settings), width, 0.8 + 0.25 * len(names), share_y=True)
    for axis, setting in zip(axes, settings, strict=True):
        for look, term in gradient_lines.by_term(rows[rows["setting"] == setting], inputs.settings):
            axis.plot(term["value"], [names.index(look.label)] * len(term), look.marker, color=look.colour, alpha=0.8)
        axis.axvline(0, color=theme.QUIET, linewidth=0.8)
        axis.margins(x=0.25)
        axis.set_xlim(axis.get_xlim())
        for look, term in gradient_lines.by_term(means[means["setting"] == setting], inputs.settings):
            place, (mean, low, high) = names.index(look.label), term[["mean", "ci_low", "ci_high"]].iloc[0]
            axis.plot([low, high], [place, place], color=look.colour, linewidth=3, alpha=0.4)
            axis.plot([mean] * 2, [place - 0.32, place + 0.32], color=look.colour, linewidth=2)
        axis.set_title(f"Generator: {setting}")
        axis.set_xlabel("cosine with the way to the counterfactual")
        axis.grid(axis="y", visible=False)
    axes[0].set_yticks(range(len(names)), names)
    axes[0].set_ylim(len(names) - 0.5, -0.5)
    return figure
