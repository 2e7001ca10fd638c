"""Share of studies that reached each target, against their seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.plots.kit import order, theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Studies that reached a target, by search seconds"
CAPTION = (
    "Share of each arm's studies that had found weights of the quality named above the panel within so many seconds "
    "of search, with accuracy and preservation as a hit needs them (Kaplan-Meier, 95 % band; a study without a hit is "
    "censored at its end). An arm without a line reached the target in no study. Higher and further left is better."
)
NEEDS = ("reached",)
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw one panel a comparison, sampler and target."""
    table = inputs.tables["reached"]
    panels = list(table.groupby(["comparison", "sampler", "target"], sort=False))
    if not panels:
        return theme.blank("No study reached a target.")
    figure, axes = theme.grid(len(panels), 4, 2.7, 2.2, share_y=True)
    for axis, ((comparison, sampler, target), rows) in zip(axes, panels, strict=True):
        for model, curve in order.by_model(rows, inputs.settings):
            _curve(axis, curve, theme.look(*model), float(rows["seconds"].max()))
        studies = "/".join(str(count) for count in rows.groupby(["method", "variant"], sort=False)["studies"].first())
        control = str(comparison).rpartition(": ")[0].replace("_", " ")
        axis.set_title(f"quality {target:g}, {sampler}\n{control or 'studies'}: {studies}")
        axis.set_ylim(-0.05, 1.05)
        axis.set_xlim(left=0)
    for axis in axes[-4:]:
        axis.set_xlabel("search seconds")
    axes[0].set_ylabel("share of studies")
    theme.legend(figure, [theme.look(*model) for model in order.models(table, inputs.settings)])
    return figure


def _curve(axis: Axes, curve: pd.DataFrame, look: theme.Look, end: float) -> None:
    """A step line from 0 to the panel's end, with its band."""
    ordered = curve.sort_values("seconds")
    seconds = np.concatenate([[0.0], ordered["seconds"], [end]])
    share = np.concatenate([[0.0], ordered["share"], ordered["share"].tail(1)])
    bounds = [np.concatenate([[np.nan], ordered[name], ordered[name].tail(1)]) for name in ("ci_low", "ci_high")]
    axis.fill_between(seconds, bounds[0], bounds[1], step="post", color=look.colour, alpha=0.15, linewidth=0)
    axis.step(seconds, share, where="post", color=look.colour, linestyle=look.line)
    axis.plot(ordered["seconds"], ordered["share"], look.marker, color=look.colour, markersize=3.5, clip_on=False)
