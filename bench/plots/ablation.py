"""What each part of a method changes, against the variant below that lacks it."""

from __future__ import annotations

import math

import pandas as pd

from bench.plots.kit import theme, words
from bench.plots.kit.render import Inputs

TITLE = "What each part changes, against the variant without it"
CAPTION = (
    "A row compares two variants: one has the part, the other, named after “on”, lacks it. Bars: 95 % intervals; green "
    "better, red worse, olive undecided. A gap: not compared."
)
NEEDS = ("ablation",)
# measure: title, value of no change
PANELS = {
    "iteration_ratio": ("Time per iteration, ratio", 1.0),
    "seconds_to_quality_ratio": ("Time to quality, ratio", 1.0),
    "quality_difference": ("Quality, difference", 0.0),
    "attribute_accuracy_difference": ("Attribute accuracy, difference", 0.0),
    "background_error_difference": ("Background error, difference", 0.0),
}
COLOURS = {
    "better": theme.ANSWERS["yes"], "worse": theme.ANSWERS["no"], "open": theme.ANSWERS["open"], "none": theme.INK,
}  # fmt: skip
KEY = ["method", "variant", "below", "part", "family"]
OUTERMOST = 0.5  # of differences: intervals may leave the panel there, estimates never do


def finding(inputs: Inputs) -> str:
    """Which parts of the challenger's method shorten or lengthen an iteration beyond doubt."""
    table = inputs.tables["ablation"]
    method = inputs.settings.compare.challenger.partition(".")[0]
    of_method = table[(table["method"] == method) & table["on_ladder"].astype(bool)]
    rows = of_method[of_method["measure"] == "iteration_ratio"].drop_duplicates("part")
    if rows.empty:
        return ""
    changes = []
    for verb, effect in (("shorten", "better"), ("lengthen", "worse")):
        changed = rows[rows["effect"] == effect]
        parts = [
            f"the {words.plain(part)} (to {words.ratio(ratio)})"
            for part, ratio in zip(changed["part"], changed["estimate"], strict=True)
        ]
        changes += [f"{words.listed(parts)} {verb}{'s' if len(parts) == 1 else ''} an iteration"] if parts else []
    if not changes:
        return "No part is shown to change an iteration's time by 5 %"
    sentence = words.listed(changes)
    return sentence[0].upper() + sentence[1:]


def draw(inputs: Inputs) -> theme.Figure:
    """Draw a panel per measure and a row per part and variant."""
    table = inputs.tables["ablation"]
    table = table[table["estimate"].notna()]
    measures = [name for name in PANELS if (table["measure"] == name).any()]
    if not measures:
        return theme.blank("No two variants that one part tells apart were measured in this run.")
    rows = list(table[table["measure"].isin(measures)][KEY].drop_duplicates().itertuples(index=False, name=None))
    rows.sort(key=lambda row: (row[0] != inputs.settings.compare.challenger.partition(".")[0], row[4]))
    count = len(measures)
    figure, axes = theme.grid(count, count, 2.6 / count + 1.9, 0.8 + 0.36 * len(rows), share_y=True)
    for axis, measure in zip(axes, measures, strict=True):
        _panel(axis, table[table["measure"] == measure], rows, measure)
    labels = [f"{words.plain(part)}\non {theme.label(below)}" for _, _, below, part, _ in rows]
    theme.rows(axes, labels, 7.5)
    return figure


def _panel(axis: theme.Axes, table: pd.DataFrame, rows: list[tuple[str, ...]], measure: str) -> None:
    title, neutral = PANELS[measure]
    axis.set_title(title, fontsize=8)
    axis.axvline(neutral, color=theme.QUIET, linewidth=1)
    for row in table.to_dict("records"):
        place = rows.index(tuple(row[column] for column in KEY))
        low, high, colour = row["ci_low"], row["ci_high"], COLOURS[row["effect"]]
        if not math.isnan(low):
            axis.plot([low, high], [place, place], color=colour, linewidth=3, alpha=0.5)
        axis.plot(row["estimate"], place, "o", color=colour)
    estimates = table["estimate"].to_list()
    if neutral:
        axis.set_xscale("log")
        end = max(1.3, *(1.25 * max(value, 1 / value) for value in estimates))
        axis.set_xlim(1 / end, end)
        ticks = [tick for tick in (0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 4, 10) if 1 / end <= tick <= end]
        axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axis.minorticks_off()
    else:
        largest = max(0.01, *map(abs, estimates))
        end = max(1.1 * largest, min(2.5 * largest, OUTERMOST))
        axis.set_xlim(-end, end)
        axis.locator_params(axis="x", nbins=4)
    axis.tick_params(axis="x", labelsize=7.5)
