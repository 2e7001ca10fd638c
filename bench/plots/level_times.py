"""Training seconds until each level of quality, by image budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis import models
from bench.plots.kit import order, theme, words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Training seconds until each level of quality"
CAPTION = (
    "Mean over seeds; from five seeds on with 95 % interval. Open mark: at most, the curve begins above the level. "
    "Arrow: not reached by all seeds within the training."
)
NEEDS = ("level_times",)
SUFFIX = "svg"


def finding(inputs: Inputs) -> str:
    """Seconds of the compared pair to the highest level that all seeds of both crossed, and the first none did."""
    compared = models.compared(inputs.settings)[::-1]
    sides = [models.of(inputs.tables["level_times"], model).set_index("target") for model in compared]
    if not all(map(len, sides)):
        return ""
    exact = [set(side[side["mean"].notna() & (side["at_most"] == 0)].index) for side in sides]
    if not exact[0] & exact[1]:
        return "No level was crossed by every seed of both compared models within its training"
    level = max(exact[0] & exact[1])
    times = [
        f"{theme.label(model)} {words.seconds(side.loc[level, 'mean'])}"
        for model, side in zip(compared, sides, strict=True)
    ]
    missed = [target for target in sides[0].index if all(side.loc[target, "reached"] == 0 for side in sides)]
    beyond = f"; neither reaches {min(missed):g}" if missed else ""
    return f"To quality {level:g}: {words.listed(times)}{beyond}"


def draw(inputs: Inputs) -> Figure:
    """Draw a panel per image budget, models side by side at each level that one of them reached or missed first."""
    table = inputs.tables["level_times"]
    if table.empty:
        return theme.blank("No evaluation points: training.evaluations is 0 in this run's settings.")
    groups = list(table.groupby("budget_kimg", sort=True))[::-1]
    figure, axes = theme.grid(len(groups), 1, 8.2, 2.6 + 0.5 / len(groups))
    for axis, (budget, rows) in zip(axes, groups, strict=True):
        reached = rows.groupby("target")["reached"].sum()
        targets = [t for t in reached.index if reached[t] or t == min(reached.index[reached == 0], default=None)]
        _panel(axis, rows[rows["target"].isin(targets)], targets, inputs)
        axis.set(title=f"{budget:g} thousand images", ylabel="training seconds")
    axes[-1].set_xlabel("quality on valid")
    theme.legend(figure, [theme.look(model) for model in order.models(table, inputs.settings)], lines=False)
    return figure


def _panel(axis: Axes, rows: pd.DataFrame, targets: list[float], inputs: Inputs) -> None:
    axis.set_yscale("log")
    by_model = list(order.by_model(rows, inputs.settings))
    for place, (model, line) in enumerate(by_model):
        look = theme.look(model)
        for row in line.to_dict("records"):
            x = targets.index(row["target"]) + 0.75 * ((place + 0.5) / len(by_model) - 0.5)
            if row["reached"] == row["seeds"]:
                axis.plot([x, x], [row["ci_low"], row["ci_high"]], color=look.colour, linewidth=2.5, alpha=0.45)
                face = theme.PAPER if row["at_most"] else look.colour
                axis.plot(x, row["mean"], look.marker, color=look.colour, markerfacecolor=face)
            else:
                axis.plot(x, row["end_seconds"], look.marker, color=look.colour, markersize=3)
                theme.open_end(axis, x, row["end_seconds"], look.colour)
                axis.annotate(f"{row['reached']}/{row['seeds']}", (x, row["end_seconds"]), (0, -10),
                              textcoords="offset points", ha="center", fontsize=7, color=look.colour)  # fmt: skip
    seconds = [value for value in (*rows["mean"], *rows["end_seconds"]) if value > 0]
    axis.set_ylim(0.5 * min(seconds), 2.5 * max(seconds))
    theme.plain_log(axis)
    axis.set_xticks(range(len(targets)), [f"{target:g}" for target in targets])
    axis.set_xlim(-0.5, len(targets) - 0.5)
