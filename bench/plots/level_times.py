"""Training seconds until a level of quality, by image budget."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from bench.analysis import models
from bench.plots.kit import order, theme, words
from bench.plots.kit.render import Inputs

TITLE = "Training seconds until each level of quality"
CAPTION = (
    "Mean; 95 % interval from five seeds. Open mark: upper limit (the curve begins above the level). Grey: seeds that "
    "reach it. Untimed models do not stand beside timed ones."
)
NEEDS = ("level_times",)
PANELS = 4


def finding(inputs: Inputs) -> str:
    """Seconds of the compared pair to the highest level that all seeds of both crossed, and the first none did."""
    compared, table = models.compared(inputs.settings)[::-1], _of_one_clock(inputs.tables["level_times"])
    sides = [models.of(table, model).set_index("target") for model in compared]
    if not all(map(len, sides)):
        return ""
    exact = [set(side[side["mean"].notna() & (side["at_most"] == 0)].index) for side in sides]
    if not exact[0] & exact[1]:
        return "No level was crossed by every seed of both compared models within its training"
    level = max(exact[0] & exact[1])
    means = [words.seconds(side.loc[level, "mean"]) for side in sides]
    times = [f"{theme.label(model)} {mean}" for model, mean in zip(compared, means, strict=True)]
    missed = [target for target in sides[0].index if all(side.loc[target, "reached"] == 0 for side in sides)]
    beyond = f"; neither reaches {min(missed):g}" if missed else ""
    overlap = words.overlap(*((side.loc[level, "ci_low"], side.loc[level, "ci_high"]) for side in sides))
    return f"To quality {level:g}: {words.listed(times)}{overlap}{beyond}"


def _of_one_clock(table: pd.DataFrame) -> pd.DataFrame:
    """The rows by the measured clock; all where there is none."""
    measured = table[table["clock"] == "measured"]
    return table if measured.empty else measured


def draw(inputs: Inputs) -> theme.Figure:
    """Draw a panel per level, of the highest that any model reaches with every seed, and a row per model."""
    table = _of_one_clock(inputs.tables["level_times"])
    if table.empty:
        return theme.blank("No evaluation points: training.evaluations is 0 in this run's settings.")
    whole = sorted(table.loc[table["reached"] == table["seeds"], "target"].unique())
    targets = whole[-PANELS:] or [table["target"].min()]
    lines = order.headed(order.models(table, inputs.settings), inputs.settings)
    count = len(targets)
    figure, axes = theme.grid(count, count, 2.4 / count + 1.8, 0.8 + 0.22 * len(lines), share_y=True)
    seconds = [value for value in (*table["mean"], *table["end_seconds"]) if value > 0]
    for axis, target in zip(axes, targets, strict=True):
        axis.set_xscale("log")
        axis.set_xlim(0.5 * min(seconds), 5 * max(seconds))
        for row in table[table["target"] == target].to_dict("records"):
            _mark(axis, [model for _, model in lines].index(f"{row['method']}.{row['variant']}"), row)
        theme.plain_log(axis, "x", (1.0, 3.0))
        axis.set_title(f"Quality {target:g}", fontsize=9)
        axis.set_xlabel("training seconds", fontsize=8)
        axis.tick_params(axis="x", labelsize=7.5)
    order.label(axes, lines)
    return figure


def _mark(axis: theme.Axes, place: int, row: Mapping[Hashable, Any]) -> None:
    look = theme.look(f"{row['method']}.{row['variant']}")
    if row["reached"] == row["seeds"]:
        axis.plot([row["ci_low"], row["ci_high"]], [place, place], color=look.colour, linewidth=2.5, alpha=0.45)
        face = theme.PAPER if row["at_most"] else look.colour
        axis.plot(row["mean"], place, look.marker, color=look.colour, markerfacecolor=face)
        return
    axis.plot(row["end_seconds"], place, ">", color=look.colour, markersize=3)
    axis.annotate(
        f"{row['reached']} of {row['seeds']}", (row["end_seconds"], place), (5, 0), textcoords="offset points",
        va="center", fontsize=7, color=theme.QUIET,
    )  # fmt: skip
