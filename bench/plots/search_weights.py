"""The objective over the searched loss weights, with the good zone marked."""

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

TITLE = "Where good loss weights lie"
CAPTION = (
    "Every trial at its loss weights, on log scales over the searched ranges. Two weights: a place in the plane, "
    "coloured by the objective (darkest: 0, the copy, and below). One weight: the objective's height. Circles are the "
    "random pool, diamonds other samplers; a ring is a hit at the lowest target that the pool hit. The shaded zone "
    "spans those hits of the pool: the larger it is, the easier good weights are found."
)
NEEDS = ("search", "good_zones")
SUFFIX = "svg"
MAP = "cividis"


def draw(inputs: Inputs) -> Figure:
    """Draw one panel an arm: a plane for its first two weights, a curve for a single one."""
    search, zones = (
        search_panels.completed(control_views.main_trials(inputs.tables["search"])),
        inputs.tables["good_zones"],
    )
    models = order.models(search, inputs.settings)
    if not models:
        return theme.blank(search_panels.NOTHING)
    figure, axes = theme.grid(len(models), 3, 3.5, 2.9)
    worst, best = max(0.0, float(search["objective"].min())), max(0.1, float(search["objective"].max()))
    for axis, model in zip(axes, models, strict=True):
        searched = range_boxes.of_trials(".".join(model), search_panels.arm(search, model), inputs.settings.search)
        zone = _lowest(search_panels.arm(zones, model))
        _plane(axis, search_panels.arm(search, model), searched, zone, (worst, best))
        target = f"good zone at {zone['target'].iloc[0]:g}" if len(zone) else "no hit in the pool"
        axis.set_title(f"{theme.label(*model)}\n{target}")
    _bar(figure, axes, (worst, best))
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
    least = zone["target"].iloc[0] if len(zone) else float("inf")
    for sampler, found in rows.groupby("sampler"):
        height, hits = found["objective"] if flat else found[searched[1].name], found["target"] >= least
        axis.scatter(
            found[first.name], height, c=found["objective"], cmap=MAP, vmin=scale[0], vmax=scale[1], s=26,
            marker="o" if sampler == "random" else "D", linewidths=[1.4 if hit else 0.5 for hit in hits],
            edgecolors=[theme.INK if hit else theme.QUIET for hit in hits], zorder=3,
        )  # fmt: skip
    axis.set_xscale("log")
    axis.set_xlim(first.low / 1.15, first.high * 1.15)
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.set_xlabel(first.name)
    if flat:
        axis.set_ylabel("objective")
    else:
        axis.set_yscale("log")
        axis.set_ylim(searched[1].low / 1.15, searched[1].high * 1.15)
        axis.yaxis.set_minor_formatter(NullFormatter())
        axis.set_ylabel(searched[1].name)


def _bar(figure: Figure, axes: list[Axes], scale: tuple[float, float]) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    figure.colorbar(ScalarMappable(Normalize(*scale), MAP), ax=axes, label="objective", shrink=0.8, aspect=30)
