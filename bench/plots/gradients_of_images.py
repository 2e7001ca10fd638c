"""What each loss says of an attribute to an early generator's images."""

from __future__ import annotations

from bench.plots.kit import gradient_lines, theme
from bench.plots.kit.render import Inputs

TITLE = "What each loss says of the attribute, at an early generator's images"
CAPTION = (
    "Cosine of what a term says of the edit with the true edit, inside its region. Dot: seed; bar: mean, on its 95 % "
    "interval. Grey: no target, or control."
)
NEEDS = ("gradients", "gradient_means")
SHOWN = ("images", "cosine")


def finding(inputs: Inputs) -> str:
    """The cosines of every setting of the generator."""
    settings = gradient_lines.measured(inputs.tables["gradient_means"], *SHOWN).groupby("setting", sort=False)
    ranges = [f"{name}: {gradient_lines.ranges(cosines, inputs)}" for name, cosines in settings]
    return f"Cosine of each loss with the true edit; {'; '.join(ranges)}" if ranges else ""


def draw(inputs: Inputs) -> theme.Figure:
    """Draw one panel per setting of the generator and one row per model and loss term."""
    rows, means = (gradient_lines.measured(inputs.tables[name], *SHOWN) for name in NEEDS)
    if rows.empty:
        return theme.blank(gradient_lines.NOTHING)
    settings = list(dict.fromkeys(rows["setting"]))
    names = [look.label for look, _ in gradient_lines.by_term(rows, inputs)]
    width = 3.0 + 0.068 * max(map(len, names)) / len(settings)
    figure, axes = theme.grid(len(settings), len(settings), width, 0.8 + 0.25 * len(names), share_y=True)
    for axis, setting in zip(axes, settings, strict=True):
        for look, term in gradient_lines.by_term(rows[rows["setting"] == setting], inputs):
            axis.plot(term["value"], [names.index(look.label)] * len(term), look.marker, color=look.colour, alpha=0.8)
        axis.axvline(0, color=theme.QUIET, linewidth=0.8)
        axis.margins(x=0.25)
        axis.set_xlim(axis.get_xlim())
        for look, term in gradient_lines.by_term(means[means["setting"] == setting], inputs):
            place, (mean, low, high) = names.index(look.label), term[["mean", "ci_low", "ci_high"]].iloc[0]
            axis.plot([low, high], [place, place], color=look.colour, linewidth=3, alpha=0.4)
            axis.plot([mean] * 2, [place - 0.32, place + 0.32], color=look.colour, linewidth=2)
        axis.set(title=f"Generator: {setting}", xlabel="cosine with the true edit")
    theme.rows(axes, names)
    return figure
