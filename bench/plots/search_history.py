"""Objective of every trial, in the order of the trials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import controls
from bench.plots import _order, _search, _style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.plots._inputs import Inputs

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
    search = controls.main_trials(inputs.tables["search"])
    arms = _order.models(search, inputs.settings)
    panels = [(model, name) for name in _search.samplers(search) for model in arms]
    if not panels:
        return _style.blank(_search.NOTHING)
    figure, axes = _style.grid(len(panels), len(arms), 3.4, 2.3, share_y=True)
    for axis, (model, sampler) in zip(axes, panels, strict=True):
        trials = _search.arm(search[search["sampler"] == sampler], model)
        if trials.empty:  # this arm was not searched so
            axis.set_axis_off()
            continue
        _panel(axis, trials, model, inputs.settings.search.accuracy_target)
        _search.title(axis, model, sampler)
    for axis in axes:
        axis.set_xlabel("trial")
    axes[0].set_ylabel("objective")
    return figure


def _panel(axis: Axes, trials: pd.DataFrame, model: tuple[str, str], accuracy_target: float) -> None:
    from matplotlib.ticker import MaxNLocator

    look = _style.look(*model)
    done = _search.completed(trials)
    accurate = done["attribute_accuracy"] >= accuracy_target
    axis.plot(done["trial"][accurate], done["objective"][accurate], look.marker, color=look.colour)
    axis.plot(
        done["trial"][~accurate], done["objective"][~accurate], look.marker, color=look.colour, markerfacecolor="none"
    )
    pruned = trials["state"] == "PRUNED"
    for ended, mark in ((trials["objective"].isna() & ~pruned, "x"), (pruned, "|")):
        places = trials.loc[ended, "trial"]
        axis.plot(places, [0.03] * len(places), mark, color=_style.QUIET, transform=axis.get_xaxis_transform())
    axis.set_xlim(-0.5, trials["trial"].max() + 0.5)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
