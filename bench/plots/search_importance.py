"""How much each loss weight matters to the objective."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import order, theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "How much each loss weight matters"
CAPTION = (
    "Part of the objective's variance over a random pool that a quadratic surface over log weights loses without the "
    "weight; the light bar is what the whole surface explains. A high bar means that the weight must be set well. p is "
    "that of the F test of the surfaces with and without it: where it is large, chance alone draws such a bar."
)
NEEDS = ("importance",)
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw one pair of bars an arm and weight."""
    table = inputs.tables["importance"]
    known = table[table["importance"].notna()]
    if known.empty:
        return theme.blank("No pool has enough finished trials for a surface over its weights.")
    figure, (axis,) = theme.grid(1, 1, 6.4, 0.9 + 0.42 * len(known))
    names, place = [], 0
    for model, rows in order.by_model(known, inputs.settings):
        look = theme.look(*model)
        for row in rows.to_dict("records"):
            axis.barh(place, row["explained"], height=0.7, color=look.colour, alpha=0.2)
            axis.barh(place, row["importance"], height=0.7, color=look.colour)
            axis.text(1.02, place, f"{_p(row['p'])}, {row['trials']} trials", va="center", fontsize=8)
            names.append(f"{look.label}: {row['weight']}")
            place += 1
    axis.set_yticks(range(place), names)
    axis.set_ylim(place - 0.4, -0.6)
    axis.set_xlim(0, 1)
    axis.grid(visible=False, axis="y")
    axis.set_xlabel("share of the objective's variance")
    return figure


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}"
