"""The ladder: what each part of a method adds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bench.plots.kit import order, theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "The ladder"
CAPTION = (
    "Trained variants in the order in which their methods add parts: mean over training seeds with its 95 % interval "
    "(a single seed has none; the vast one of two seeds may leave the panel). Compare within a headed group only: loss "
    "families are another cause, not to be mixed with the parts, and a shorter image budget is another training, not "
    "the beginning of a longer one. Seconds are training seconds until quality first reaches the level; a filled mark "
    "is steps times their uncontended cost, a white one the training's own clock, which jobs side by side slow down. "
    "Where not every seed reached the level, the number that did stands instead. Scores are on test where it was "
    "scored, else on valid."
)
NEEDS = ("ladder",)
SUFFIX = "svg"
PANELS = {
    "quality": "Quality q →",
    "seconds_to_quality": "Seconds to q = {level:g} ←",
    "background_error": "Background error ←",
}


def draw(inputs: Inputs) -> Figure:
    """Draw quality, seconds to a level and background error of every rung, grouped by family and budget."""
    from matplotlib.figure import Figure

    ladder = inputs.tables["ladder"]
    shown = ladder[ladder["shown"].astype(bool)]
    if shown.empty:
        return theme.blank("No variant was trained and scored in this run.")
    places, names = _places(shown, inputs)
    found = [metric for metric in PANELS if (shown["metric"] == metric).any()]
    figure = Figure(figsize=(2.6 * len(found) + 0.068 * max(map(len, names)), 0.9 + 0.26 * len(names)))
    axes = figure.subplots(1, len(found), squeeze=False, sharey=True).ravel().tolist()
    for axis, metric in zip(axes, found, strict=True):
        _panel(axis, shown[shown["metric"] == metric], places)
        axis.set_title(PANELS[metric].format(level=shown["target"].max()))
    axes[0].set_yticks(range(len(names)), names)
    axes[0].set_ylim(len(names) - 0.5, -0.5)
    for place, label in enumerate(axes[0].get_yticklabels()):
        if place not in places.values():
            label.set_fontweight("bold")
    return figure


def _places(shown: pd.DataFrame, inputs: Inputs) -> tuple[dict[order.Model, int], list[str]]:
    """The line of each rung, and the names of all lines: a heading a group of comparable rungs, then these."""
    places: dict[order.Model, int] = {}
    names: list[str] = []
    groups = shown.sort_values(["family", "budget_kimg"], ascending=[True, False]).groupby(
        ["family", "budget_kimg"], sort=False
    )
    for (family, budget), rungs in groups:
        names.append(f"{str(family).replace('_', '-').upper()}, {budget:g} thousand images")
        for method, variant in order.models(rungs, inputs.settings):
            places[method, variant] = len(names)
            names.append(theme.label(method, variant))
    return places, names


def _panel(axis: Axes, rows: pd.DataFrame, places: dict[order.Model, int]) -> None:
    columns = ["method", "variant", "clock", "seeds", "reached", "mean", "ci_low", "ci_high"]
    for method, variant, clock, seeds, reached, mean, low, high in rows[columns].itertuples(index=False, name=None):
        place, look = places[method, variant], theme.look(method, variant)
        if reached < seeds:
            across = axis.get_yaxis_transform()
            axis.text(
                0.02, place, f"reached by {reached} of {seeds}", transform=across, va="center", fontsize=7.5,
                color=theme.QUIET,
            )  # fmt: skip
            continue
        axis.plot([low, high], [place, place], color=look.colour, linewidth=3, alpha=0.5)
        fill = theme.PAPER if clock == "logged" else look.colour
        axis.plot(mean, place, look.marker, color=look.colour, markerfacecolor=fill)
    _limit(axis, rows)
    axis.grid(axis="y", visible=False)
    axis.tick_params(axis="y", length=0)
    axis.locator_params(axis="x", nbins=5)


def _limit(axis: Axes, rows: pd.DataFrame) -> None:
    """Show all means and their intervals, but let an interval of two seeds, which can be vast, leave the panel."""
    lowest, highest = rows["mean"].min(), rows["mean"].max()
    if not math.isfinite(lowest):
        return
    span = max(highest - lowest, 0.2 * abs(highest))
    low = max(rows[["mean", "ci_low"]].min(axis=None), lowest - 1.5 * span)
    high = min(rows[["mean", "ci_high"]].max(axis=None), highest + 1.5 * span)
    axis.set_xlim(low - 0.1 * span, high + 0.1 * span)
