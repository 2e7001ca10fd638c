"""The headline: how many times as fast the challenger is, per iteration, per trial, to a quality, and in the search."""

from __future__ import annotations

import math
import textwrap

from bench.plots.kit import order, theme, words
from bench.plots.kit.render import Inputs

TITLE = "How many times as fast is the challenger?"
CAPTION = (
    "The baseline's time over the challenger's, log scale. Bar: 95 % interval; arrow: it goes on; ring: no interval."
)
NEEDS = ("headline",)
ROWS = {
    "iteration": "Time per training iteration",
    "generator_update": "Time per generator update",
    "trial": "Cost of a search trial",
    "seconds_to_quality": "Time to quality {}",
    "search_seconds": "Search to quality {}",
    "search_and_training": "Search and training",
}
NARROWEST, WIDEST = 4.0, 16.0


def finding(inputs: Inputs) -> str:
    """The question, with the challenger's name."""
    return f"How many times as fast is {order.pair_names(inputs.settings)[1]}?"


def draw(inputs: Inputs) -> theme.Figure:
    """Draw one row per ratio of headline.csv."""
    values = order.headline_values(inputs.tables["headline"])
    baseline, challenger = order.pair_names(inputs.settings)
    rows = [(label.format(values[name].levels), values[name]) for name, label in ROWS.items() if name in values]
    if all(math.isnan(value.estimate) for _, value in rows):
        return theme.blank("Neither steps nor searches nor curves of the compared pair were measured in this run.")
    figure, (axis,) = theme.grid(1, 1, 5.9, 0.65 + 0.37 * len(rows))
    widest = max(abs(math.log(value.estimate)) for _, value in rows if value.estimate > 0)
    end = min(max(NARROWEST, 1.3 * math.exp(widest)), WIDEST)
    axis.set_xscale("log")
    axis.set_xlim(1 / end, end)
    theme.rows([axis], [label for label, _ in rows])
    axis.set_ylim(len(rows) - 0.5, -0.6)
    axis.axvspan(1, end, color=theme.ANSWERS["yes"], alpha=0.08, linewidth=0)
    axis.axvline(1, color=theme.QUIET, linewidth=1.2)
    for place, (_, value) in enumerate(rows):
        _row(axis, place, value, end)
    ticks = [tick for tick in (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16) if 1 / end <= tick <= end]
    axis.set_xticks(ticks, [f"{tick:g}×" for tick in ticks])
    axis.minorticks_off()
    axis.spines["left"].set_visible(False)
    for x, text, ha in ((1.03, f"{challenger} faster →", "left"), (0.97, f"← {baseline} faster", "right")):
        axis.text(x, 1, text, transform=axis.get_xaxis_transform(), fontsize=7.5, color=theme.QUIET, va="bottom", ha=ha)
    return figure


def _row(axis: theme.Axes, place: int, value: order.Value, end: float) -> None:
    colour = theme.ANSWERS[value.answer]
    if math.isnan(value.estimate):
        reason = textwrap.shorten(f"not known: {value.reason}", 62, placeholder=" …")
        ground = {"facecolor": theme.PAPER, "edgecolor": "none", "pad": 1}
        axis.text(1, place, reason, ha="center", va="center", fontsize=7, color=theme.QUIET, bbox=ground)
        return
    bounded = not math.isnan(value.low)
    if bounded:
        axis.plot([max(value.low, 1 / end), min(value.high, end)], [place] * 2, color=colour, linewidth=3, alpha=0.5)
        for beyond, at, mark in ((value.low < 1 / end, 1 / end, "<"), (value.high > end, end, ">")):
            if beyond:
                axis.plot(at, place, mark, color=colour, clip_on=False)
    face = colour if bounded else theme.PAPER
    axis.plot(value.estimate, place, "o", color=colour, markersize=7, markerfacecolor=face)
    limits = words.ratios(value.low, value.high) or "no interval"
    theme.beside(axis, place, f"{words.ratio(value.estimate)}×", (8, 3), small=False)
    theme.beside(axis, place, limits, (8, -8))
