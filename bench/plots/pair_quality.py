"""Quality against training seconds for the two variants that the run compares."""

from __future__ import annotations

import pandas as pd

from bench.analysis import models
from bench.plots import curves
from bench.plots.kit import order, theme, words
from bench.plots.kit.render import Inputs

TITLE = "Quality against training time"
CAPTION = "Thick: mean over seeds, valid split; thin: one seed; band: 95 % interval."
NEEDS = ("curve_means", "curves")


def finding(inputs: Inputs) -> str:
    """Where the mean curves end, in quality and seconds; that they are no equals where their budgets differ."""
    ends = _ends(inputs)
    scores = [f"{name} {end['mean']:.2f} after {words.seconds(end['seconds'])}" for _, name, end in ends]
    if not scores:
        return ""
    differ = len({end["budget_kimg"] for _, _, end in ends}) > 1
    apart = " (different image budgets: not comparable)" if differ else ""
    return f"Final quality on valid, means: {words.listed(scores)}{apart}"


def draw(inputs: Inputs) -> theme.Figure:
    """Draw the two curves with a label at each end."""
    from matplotlib.patheffects import withStroke

    means = _means(inputs)
    if means.empty:
        return theme.blank("The compared pair has no evaluation points in this run.")
    figure, (axis,) = theme.grid(1, 1, 5.6, 2.5)
    curves.panel(axis, means, inputs)
    halo = [withStroke(linewidth=3, foreground=theme.PAPER)]
    ends = _ends(inputs)
    last = max(end["seconds"] for _, _, end in ends)
    best = max(ends, key=lambda line: float(line[2]["mean"]))[0]
    for model, name, end in ends:
        inside = end["seconds"] < 0.75 * last
        axis.annotate(
            f"{name}: {end['mean']:.2f}, {words.seconds(end['seconds'])}", (end["seconds"], end["mean"]),
            (6 if inside else 4, 7 if model == best else -14), textcoords="offset points",
            ha="left" if inside else "right", color=theme.look(model).colour, fontweight="bold", fontsize=8,
            path_effects=halo,
        )  # fmt: skip
    axis.margins(y=0.2)
    axis.set(xlabel=curves.clock_column(means)[1], ylabel="quality")
    return figure


def _ends(inputs: Inputs) -> list[tuple[str, str, pd.Series]]:
    """Each model, the challenger first, its short name, and the row of its mean curve's end."""
    named = zip(inputs.settings.compare.pair, order.pair_names(inputs.settings), strict=True)
    lines = [(model, name, models.of(_means(inputs), model)) for model, name in named]
    return [(model, name, line.iloc[-1]) for model, name, line in reversed(lines) if len(line)]


def _means(inputs: Inputs) -> pd.DataFrame:
    rows = inputs.tables["curve_means"]
    return rows[models.ids(rows).isin(inputs.settings.compare.pair) & (rows["metric"] == "quality")]
