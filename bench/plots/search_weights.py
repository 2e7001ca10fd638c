"""Every trial of the random search at its loss weights: a hit, or which condition it missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bench.analysis import control_views
from bench.analysis.search_arms import POOL
from bench.analysis.trials import drawn_from
from bench.method import LossWeight
from bench.plots.kit import order, theme
from bench.plots.kit.render import Inputs

TITLE = "Where good loss weights lie, and why the other trials are no hits"
CAPTION = (
    "Trials at their weights over the searched ranges; colour: quality. Stars: hits at the lowest target. Other marks: "
    "the first condition missed; several may be. Shaded: span of the hits."
)
NEEDS = ("search",)
# The first condition that a trial missed, and its marker; hits come last, so that no other mark hides them.
MARKS = {
    "quality": "o", "accuracy": "X", "preservation": "P", "background": "^", "closeness": "v", "confirmation": "s",
    "": "*",
}  # fmt: skip


def finding(inputs: Inputs) -> str:
    """Hits and trials of each searched variant, and the condition that the others missed most often."""
    trials = _completed(inputs)
    by_model = order.by_model(trials, inputs.settings)
    hits = [f"{theme.label(model)} {(_first_missed(rows) == '').sum()} of {len(rows)}" for model, rows in by_model]
    missed = trials["missed"].fillna("").str.split(" and ").explode()
    conditions = missed[missed != ""].value_counts().index
    often = f"; most often missed: {conditions[0]}" if len(conditions) else ""
    return f"Trials that hit: {'; '.join(hits)}{often}" if hits else ""


def draw(inputs: Inputs) -> theme.Figure:
    """Draw one panel per searched variant: a plane for its first two weights, a height for a single one."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.lines import Line2D

    search = _completed(inputs)
    models = list(order.by_model(search, inputs.settings))
    if not models:
        return theme.blank("No search was run.")
    figure, axes = theme.grid(len(models), 3, 3.5, 2.9)
    limits = max(0.0, search["objective"].min()), max(0.1, search["objective"].max())
    colours: dict[str, Any] = {"norm": Normalize(*limits), "cmap": "cividis"}
    for axis, (model, rows) in zip(axes, models, strict=True):
        _plane(axis, rows, drawn_from(model, rows, inputs.settings.search), colours)
        axis.set_title(theme.label(model))
    figure.colorbar(ScalarMappable(**colours), ax=axes, label="quality", shrink=0.8, aspect=30)
    shown = {*_first_missed(search)}
    handles = [
        Line2D(
            [], [], marker=marker, linestyle="none", color=theme.QUIET if condition else theme.HIT,
            markersize=5 if condition else 9, label=f"first condition missed: {condition}" if condition else "hit",
        )
        for condition, marker in MARKS.items() if condition in shown
    ]  # fmt: skip
    columns = max(1, min(len(handles), int(figure.get_figwidth() // 2.7)))
    figure.legend(handles=handles, loc="outside lower left", ncols=columns, frameon=False, fontsize=8)
    return figure


def _completed(inputs: Inputs) -> pd.DataFrame:
    """Trials of no control that ended with an objective."""
    search = control_views.main_trials(inputs.tables["search"])
    return search[search["objective"].notna()]


def _plane(axis: theme.Axes, rows: pd.DataFrame, searched: Sequence[LossWeight], colours: Mapping[str, Any]) -> None:
    from matplotlib.ticker import NullFormatter

    first, flat = searched[0], len(searched) == 1
    hits = rows[(rows["sampler"] == POOL) & rows["target"].notna()]
    spans = {weight.name: (hits[weight.name].min(), hits[weight.name].max()) for weight in searched if len(hits)}
    if spans and flat:
        axis.axvspan(*spans[first.name], color=theme.INK, alpha=0.1, linewidth=0)
    elif spans:
        axis.fill_between(spans[first.name], *spans[searched[1].name], color=theme.INK, alpha=0.1, linewidth=0)
    for condition, marker in MARKS.items():
        trials = rows[_first_missed(rows) == condition]
        height = trials["objective"] if flat else trials[searched[1].name]
        colour = {"c": trials["objective"], **colours} if condition else {"color": theme.HIT}
        axis.scatter(
            trials[first.name], height, marker=marker, s={"": 90, "quality": 24}.get(condition, 45), linewidths=0.6,
            edgecolors=theme.INK, zorder=3, **colour,
        )  # fmt: skip
    axis.set_ylabel("quality")
    for side, weight in zip(("x", "y"), searched, strict=False):
        limits = weight.low / 1.15, weight.high * 1.15
        axis.set(**{f"{side}scale": "log", f"{side}lim": limits, f"{side}label": weight.name})
        getattr(axis, f"{side}axis").set_minor_formatter(NullFormatter())


def _first_missed(rows: pd.DataFrame) -> pd.Series[str]:
    """The first condition that each trial missed; '' for hits."""
    return rows["missed"].fillna("").str.partition(" and ")[0]
