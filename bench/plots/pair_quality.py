"""Quality against training seconds for the two variants that the run compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import curve_panels, order, pair, theme, words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Quality against training time"
CAPTION = (
    "Thick: mean over seeds, valid split; thin: one seed; band: 95 % interval. 0 is the copy, 1 real faces with the "
    "attribute."
)
NEEDS = ("curve_means", "curves")
SUFFIX = "svg"


def finding(inputs: Inputs) -> str:
    """Where each training ends, in quality and seconds; that they are no equals where their budgets differ."""
    names, told = pair.names(inputs.settings), []
    ends = [line.iloc[-1] for _, line in order.by_model(_pair(inputs, "curve_means"), inputs.settings)]
    for row in ends:
        first = f"{row['method']}.{row['variant']}" == inputs.settings.compare.baseline
        name = names.baseline if first else names.challenger
        told.append(f"{name} {row['mean']:.2f} after {words.seconds(row['seconds'])}")
    if not told:
        return ""
    differ = len({row["budget_kimg"] for row in ends}) > 1
    return f"Final quality: {words.listed(told)}" + (" (different image budgets: not comparable)" if differ else "")


def draw(inputs: Inputs) -> Figure:
    """Draw the two curves with a label at each end."""
    from matplotlib.figure import Figure

    means = _pair(inputs, "curve_means")
    if means.empty:
        return theme.blank("The compared pair has no evaluation points in this run.")
    figure = Figure(figsize=(5.6, 2.5))
    axis = figure.subplots()
    curve_panels.panel(axis, means, _pair(inputs, "curves"), inputs.settings)
    names = pair.names(inputs.settings)
    ends = [(model, line.iloc[-1]) for model, line in order.by_model(means, inputs.settings)]
    last = max(end["seconds"] for _, end in ends)
    best = max(ends, key=lambda line: float(line[1]["mean"]))[0]
    for model, end in ends:
        name = names.baseline if ".".join(model) == inputs.settings.compare.baseline else names.challenger
        inside = end["seconds"] < 0.75 * last
        axis.annotate(
            f"{name}: {end['mean']:.2f}, {words.seconds(end['seconds'])}", (end["seconds"], end["mean"]),
            (6, -14) if inside else (4, 7 if model == best else -14), textcoords="offset points",
            ha="left" if inside else "right", color=theme.look(*model).colour, fontweight="bold", fontsize=8,
        )  # fmt: skip
    axis.margins(y=0.2)
    axis.set_ylabel("quality")
    axis.set_xlabel(curve_panels.clock_column(means)[1])
    return figure


def _pair(inputs: Inputs, table: str) -> pd.DataFrame:
    rows = inputs.tables[table]
    compared = (inputs.settings.compare.baseline, inputs.settings.compare.challenger)
    names = rows["method"].astype(str) + "." + rows["variant"].astype(str)
    return rows[names.isin(compared) & (rows["metric"] == "quality")]
