"""Every trial of the random search at its loss weights: a hit, or which condition it missed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.analysis import control_views, range_boxes
from bench.plots.kit import order, search_panels, theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.method_info import LossWeight
    from bench.plots.kit.render import Inputs

TITLE = "Where good loss weights lie, and why the other trials are no hits"
CAPTION = (
    "Trials at their weights over the searched ranges; colour is quality. Stars are hits at the lowest target, crosses "
    "missed what the legend says. Shaded: span of the hits."
)
NEEDS = ("search", "good_zones")
SUFFIX = "svg"
MAP = "cividis"
# What a trial missed: marker and words. A trial that misses several conditions stands under the first.
MARKS = {
    "": ("*", "hit"), "quality": ("o", "missed quality"), "accuracy": ("X", "quality met, accuracy missed"),
    "preservation": ("P", "only preservation missed"), "background": ("^", "background changed"),
    "closeness": ("v", "too far from the truth"), "confirmation": ("s", "not confirmed"),
}  # fmt: skip


def finding(inputs: Inputs) -> str:
    """Hits and trials of each searched variant, and the conditions that the others missed."""
    rows, told = search_panels.completed(control_views.main_trials(inputs.tables["search"])), []
    for model, trials in order.by_model(rows, inputs.settings):
        missed = trials["missed"].fillna("")
        counts = [
            f"{name} {sum(name in text.split(' and ') for text in missed)}"
            for name in [*MARKS][1:]
            if any(name in text.split(" and ") for text in missed)
        ]
        why = f" (missed: {', '.join(counts)})" if counts else ""
        told.append(f"{theme.label(*model)} {(missed == '').sum()} of {len(trials)}{why}")
    return f"Hits among completed trials: {'; '.join(told)}" if told else ""


def draw(inputs: Inputs) -> Figure:
    """Draw one panel per searched variant: a plane for its first two weights, a height for a single one."""
    search = search_panels.completed(control_views.main_trials(inputs.tables["search"]))
    zones = inputs.tables["good_zones"]
    models = order.models(search, inputs.settings)
    if not models:
        return theme.blank(search_panels.NOTHING)
    figure, axes = theme.grid(len(models), 3, 3.5, 2.9)
    worst, best = max(0.0, float(search["objective"].min())), max(0.1, float(search["objective"].max()))
    for axis, model in zip(axes, models, strict=True):
        searched = range_boxes.of_trials(".".join(model), search_panels.arm(search, model), inputs.settings.search)
        zone = _lowest(search_panels.arm(zones, model))
        _plane(axis, search_panels.arm(search, model), searched, zone, (worst, best))
        axis.set_title(theme.label(*model))
    _bar(figure, axes, (worst, best))
    _legend(figure)
    return figure


def _lowest(zones: pd.DataFrame) -> pd.DataFrame:
    """The rows of the lowest target that was hit; none where none was."""
    hit = zones[zones["hits"] > 0]
    lowest: pd.DataFrame = hit[hit["target"] == hit["target"].min()]
    return lowest


def _plane(
    axis: Axes, rows: pd.DataFrame, searched: Sequence[LossWeight], zone: pd.DataFrame, scale: tuple[float, float]
) -> None:
    from matplotlib.ticker import NullFormatter

    first, flat = searched[0], len(searched) == 1
    extent = {row["weight"]: (row["low"], row["high"]) for row in zone.to_dict("records")}
    if extent and flat:
        axis.axvspan(*extent[first.name], color=theme.INK, alpha=0.1, linewidth=0)
    elif extent:
        (left, right), (low, high) = extent[first.name], extent[searched[1].name]
        axis.fill_between([left, right], low, high, color=theme.INK, alpha=0.1, linewidth=0)
    missed = rows["missed"].fillna("").str.partition(" and ")[0]
    for condition, (marker, _) in MARKS.items():
        found = rows[missed == condition]
        height = found["objective"] if flat else found[searched[1].name]
        axis.scatter(
            found[first.name], height, c=found["objective"], cmap=MAP, vmin=scale[0], vmax=scale[1], marker=marker,
            s={"": 90, "quality": 24}.get(condition, 45), linewidths=0.6, edgecolors=theme.INK, zorder=3,
        )  # fmt: skip
    axis.set_xscale("log")
    axis.set_xlim(first.low / 1.15, first.high * 1.15)
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.set_xlabel(first.name)
    if flat:
        axis.set_ylabel("quality")
    else:
        axis.set_yscale("log")
        axis.set_ylim(searched[1].low / 1.15, searched[1].high * 1.15)
        axis.yaxis.set_minor_formatter(NullFormatter())
        axis.set_ylabel(searched[1].name)


def _bar(figure: Figure, axes: list[Axes], scale: tuple[float, float]) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    figure.colorbar(ScalarMappable(Normalize(*scale), MAP), ax=axes, label="quality", shrink=0.8, aspect=30)


def _legend(figure: Figure) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [], [], marker=marker, linestyle="none", color=theme.QUIET, markersize=9 if marker == "*" else 5, label=name
        )
        for marker, name in MARKS.values()
    ]
    columns = max(1, min(len(handles), int(figure.get_figwidth() // 2.2)))
    figure.legend(handles=handles, loc="outside lower left", ncols=columns, frameon=False, fontsize=8)
