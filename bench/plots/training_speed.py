"""Time per training iteration and per generator update, over the compared baseline's."""

from __future__ import annotations

import pandas as pd

from bench.analysis import models as model_rows
from bench.plots.kit import order, theme, words
from bench.plots.kit.render import Inputs

TITLE = "Time per training iteration and per generator update"
CAPTION = (
    "Over the baseline's, log scale, with 95 % interval; left of 1 is faster. An iteration has one discriminator step "
    "and 1/n_critic generator steps. Grey: milliseconds."
)
NEEDS = ("training_speed",)
PER = {"iteration": "per iteration", "generator_update": "per generator update"}


def finding(inputs: Inputs) -> str:
    """The challenger's time per iteration over the baseline's."""
    rows = model_rows.of(inputs.tables["training_speed"], inputs.settings.compare.challenger)
    iterations = rows[(rows["per"] == "iteration") & rows["ratio"].notna()]
    if iterations.empty:
        return ""
    row, (baseline, challenger) = iterations.iloc[0], map(theme.label, inputs.settings.compare.pair)
    ratio = f"{words.ratio(row['ratio'])} {words.ratios(row['ci_low'], row['ci_high'])}"
    return f"A training iteration of {challenger} takes {ratio} of the time of {baseline}"


def draw(inputs: Inputs) -> theme.Figure:
    """Draw a panel per unit and a row per timed variant."""
    table = inputs.tables["training_speed"]
    if table["ratio"].notna().sum() == 0:
        return theme.blank("The compared baseline's steps were not timed in this run.")
    models = order.models(table, inputs.settings)
    ratios = table.pivot(index=["method", "variant"], columns="per", values="ratio")
    alike = (ratios["iteration"] - ratios["generator_update"]).abs().max() < 1e-9  # all variants have one n_critic
    units = list(PER)[: 1 if alike else 2]
    count = len(units)
    figure, axes = theme.grid(count, count, 3.2 / count + 3.0, 0.9 + 0.27 * len(models), share_y=True)
    for axis, per in zip(axes, units, strict=True):
        _panel(axis, table[table["per"] == per], models)
        axis.set(title=PER[per].capitalize(), xlabel="ratio to the baseline")
    theme.rows(axes, [theme.label(model) for model in models])
    return figure


def _panel(axis: theme.Axes, rows: pd.DataFrame, models: list[str]) -> None:
    axis.axvline(1, color=theme.QUIET, linewidth=1)
    axis.set_xscale("log")
    for row in rows.to_dict("records"):
        model = f"{row['method']}.{row['variant']}"
        place, look = models.index(model), theme.look(model)
        axis.plot([row["ci_low"], row["ci_high"]], [place, place], color=look.colour, linewidth=3, alpha=0.5)
        axis.plot(row["ratio"], place, look.marker, color=look.colour)
        theme.beside(axis, place, f"{words.number(row['milliseconds'])} ms", (3, 0))
    low, high = axis.get_xlim()
    axis.set_xlim(min(low, 0.5), max(high, 2.0))
    theme.plain_log(axis, "x")
