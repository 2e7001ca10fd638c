"""How soon the search finds good weights: share of (study, target) pairs reached against search seconds."""

from __future__ import annotations

import pandas as pd

from bench.analysis import models
from bench.analysis.search_arms import POOL
from bench.plots.kit import order, theme, words
from bench.plots.kit.render import Inputs

TITLE = "How soon the search finds good weights"
CAPTION = (
    "Share of (study, target) pairs reached; further up and left is sooner. Band: at least 95 % interval. Below, a "
    "tick per trial; a triangle is a hit."
)
NEEDS = ("search_ecdf",)
MANY_HITS = 30


def finding(inputs: Inputs) -> str:
    """The share that each compared variant has reached in the time of one study, the shorter one's."""
    table = inputs.tables["search_ecdf"]
    rows = table[(table["sampler"] == POOL) & (table["kind"] == "share")]
    pair = models.compared(inputs.settings)[::-1]
    lines = [models.of(rows, model) for model in pair]
    if not all(map(len, lines)):
        return "Only one of the compared variants was searched at random" if any(map(len, lines)) else ""
    moment = min(_study_seconds(models.of(table[table["sampler"] == POOL], model)) for model in pair)
    ends = [line[line["seconds"] <= moment + 1e-9].iloc[-1] for line in lines]
    shares = [f"{row['share']:.0%} with {theme.label(model)}" for model, row in zip(pair, ends, strict=True)]
    reached = f"After {words.seconds(moment)} of random search, study-target pairs reached: {words.listed(shares)}"
    return reached + words.overlap(*((row["ci_low"], row["ci_high"]) for row in ends))


def draw(inputs: Inputs) -> theme.Figure:
    """Draw a panel per sampler with a hit, the random pool first: a line and band per variant, and its trials."""
    table = inputs.tables["search_ecdf"]
    if table.empty:
        return theme.blank("No search was run.")
    table = table[table["sampler"].isin(table[table["target_hit"].notna()]["sampler"])]
    if table.empty:
        return theme.blank("No trial of any search was a hit.")
    samplers = sorted(table["sampler"].unique(), key=lambda name: (name != POOL, name))
    models_shown = order.models(table, inputs.settings)
    figure, axes = theme.grid(len(samplers), 2, 4.5, 2.7 + 0.16 * len(models_shown))
    for axis, sampler in zip(axes, samplers, strict=True):
        _panel(axis, table[table["sampler"] == sampler], inputs)
    axes[0].set_ylabel("share of study-target pairs reached")
    theme.legend(figure, [theme.look(model) for model in models_shown])
    return figure


def _study_seconds(rows: pd.DataFrame) -> float:
    """How long the longest study of some rows took."""
    return float(rows.loc[rows["kind"] == "trial", "seconds"].max())


def _panel(axis: theme.Axes, table: pd.DataFrame, inputs: Inputs) -> None:
    first = table.iloc[0]
    studies = "1 study" if first["studies"] == 1 else f"{first['studies']:.0f} studies"
    axis.set_title(f"{first['sampler']} sampler, {studies} per variant")
    pool = first["sampler"] == POOL
    drawstyle = "default" if pool else "steps-post"
    for place, (model, rows) in enumerate(order.by_model(table, inputs.settings)):
        look, line = theme.look(model), rows[rows["kind"] == "share"]
        band = line["seconds"], line["ci_low"], line["ci_high"]
        axis.fill_between(*band, color=look.colour, alpha=0.15, linewidth=0, step=None if pool else "post")
        axis.plot(line["seconds"], line["share"], color=look.colour, linestyle=look.line, drawstyle=drawstyle)
        trials, height = rows[rows["kind"] == "trial"], -0.05 - 0.05 * place
        axis.plot(trials["seconds"], [height] * len(trials), "|", color=look.colour, markersize=5, alpha=0.8)
        hits = trials[trials["target_hit"].notna()]
        few = len(hits) <= MANY_HITS
        axis.plot(hits["seconds"], [height] * len(hits), "^", color=look.colour, markersize=6 if few else 3)
    axis.set_ylim(-0.1 - 0.05 * len(order.models(table, inputs.settings)), 1.03)
    axis.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    axis.set_xlim(0, min(1.05 * table["seconds"].max(), 2 * _study_seconds(table)))
    axis.set_xlabel("search seconds")
