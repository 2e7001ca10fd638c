"""Objective of every trial, in the order of the trials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis import control_views
from bench.plots.kit import order, search_panels, theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Search history"
CAPTION = (
    "Each dot is a trial: one training with loss weights drawn by the sampler, scored by the search's objective on the "
    "valid split. A hollow dot misses the accuracy that a hit needs; a cross at the foot ended without a score, "
    "a bar there was pruned."
)
NEEDS = ("search",)
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw one panel a sampler and arm, all on one scale."""
    search = control_views.main_trials(inputs.tables["search"])
    arms = order.models(search, inputs.settings)
    panels = [(model, name) for name in search_panels.samplers(search) for model in arms]
    if not panels:
        return theme.blank(search_panels.NOTHING)
    figure, axes = theme.grid(len(panels), len(arms), 3.4, 2.3, share_y=True)
    for axis, (model, sampler) in zip(axes, panels, strict=True):
        trials = search_panels.arm(search[search["sampler"] == sampler], model)
        if trials.empty:  # this arm was not searched so
            axis.set_axis_off()
            continue
        _panel(axis, trials, model, inputs.settings.search.accuracy_target)
        search_panels.title(axis, model, sampler)
    for axis in axes:
        axis.set_xlabel("trial")
    axes[0].set_ylabel("objective")
    return figure


def _panel(axis: Axes, trials: pd.DataFrame, model: tuple[str, str], accuracy_target: float) -> None:
    from matplotlib.ticker import MaxNLocator

    look = theme.look(*model)
    done = search_panels.completed(trials)
    accurate = done["attribute_accuracy"] >= accuracy_target
    axis.plot(done["trial"][accurate], done["objective"][accurate], look.marker, color=look.colour)
    axis.plot(
        done["trial"][~accurate], done["objective"][~accurate], look.marker, color=look.colour, markerfacecolor="none"
    )
    pruned = trials["state"] == "PRUNED"
    for ended, mark in ((trials["objective"].isna() & ~pruned, "x"), (pruned, "|")):
        places = trials.loc[ended, "trial"]
        axis.plot(places, [0.03] * len(places), mark, color=theme.QUIET, transform=axis.get_xaxis_transform())
    axis.set_xlim(-0.5, trials["trial"].max() + 0.5)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
