"""Which factor of search seconds differs between two arms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "What the ratio of search seconds is made of"
CAPTION = (
    "Search seconds = trials x steps a trial x seconds a step x what evaluation adds. A mark is the first model's "
    "factor over the second's at one target, at the widest range; right of 1 it makes the first slower. The four "
    "ratios of a target multiply to its ratio of search seconds. Hollow: fewer than eight hits in all."
)
NEEDS = ("search_factors",)
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw one panel a comparison."""
    table = inputs.tables["search_factors"]
    if table.empty:
        return theme.blank("No target was hit by both arms of a comparison.")
    comparisons = list(table.groupby("comparison", sort=False))
    figure, axes = theme.grid(len(comparisons), 2, 4.8, 2.6)
    for axis, (comparison, rows) in zip(axes, comparisons, strict=True):
        _panel(axis, rows[rows["width_decades"] == rows["width_decades"].max()])
        axis.set_title(theme.comparison(str(comparison), "\nover "))
    return figure


def _panel(axis: Axes, rows: pd.DataFrame) -> None:
    factors = list(dict.fromkeys(zip(rows["factor"], rows["unit"], strict=True)))
    targets = sorted(rows["target"].unique())
    for place, (factor, _) in enumerate(factors):
        found = rows[rows["factor"] == factor]
        spread = [0.5 * (targets.index(target) / max(1, len(targets) - 1) - 0.5) for target in found["target"]]
        for mark, shift in zip(found.itertuples(), spread, strict=True):
            axis.plot(
                mark.ratio, place + shift, "o", color=theme.INK, markersize=4,
                markerfacecolor=theme.INK if mark.judged else theme.PAPER,
            )  # fmt: skip
    axis.axvline(1, color=theme.QUIET, linewidth=1)
    axis.set_xscale("log")
    low, high = rows["ratio"].min(), rows["ratio"].max()
    axis.set_xlim(min(low, 0.8) / 1.15, max(high, 1.25) * 1.15)
    theme.plain_log(axis, "x")
    axis.set_yticks(range(len(factors)), [unit for _, unit in factors])
    axis.set_ylim(len(factors) - 0.4, -0.6)
    axis.set_xlabel(f"ratio; targets {targets[0]:g} (top) to {targets[-1]:g}")
