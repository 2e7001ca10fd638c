"""What the page's interactive charts show: per chart some choices, per choice the traces of one plot, as plain JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from bench import trials
from bench.plots import _metrics, _order, _style

if TYPE_CHECKING:
    import pandas as pd

    from bench.settings import Settings

SYMBOLS = dict(
    zip(
        _style.MARKERS,
        (
            "circle",
            "square",
            "diamond",
            "triangle-up",
            "triangle-down",
            "cross",
            "x",
            "triangle-left",
            "triangle-right",
            "pentagon",
        ),
        strict=True,
    )
)
DASHES = dict(zip(_style.LINES, ("solid", "dash", "dot", "dashdot"), strict=True))
AXES = {"train_seconds": "training seconds", "images_seen": "images seen"}


def curves(table: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    """Metric by training seconds or images seen; a choice a metric and axis."""
    views = []
    for metric in _metrics.ordered(table["metric"]):
        points = table[table["metric"] == metric].sort_values("images_seen")
        for axis, axis_label in AXES.items():
            traces = [
                _trace(model, f"seed {seed}", line[axis], line["value"])
                for model, lines in _order.by_model(points, settings)
                for seed, line in lines.groupby("seed")
            ]
            label = _metrics.upright_label(metric)
            views.append(_view({"metric": label, "against": axis_label}, axis_label, label, traces))
    return {"choices": ["metric", "against"], "views": views}


def search(table: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    """Objective of each trial against each searched weight or the trial's number."""
    done = table[table["objective"].notna()]
    weights = [name for name in trials.weight_names() if name in table and table[name].notna().any()]
    views = []
    for sampler in sorted(done["sampler"].unique()):
        for column in ("trial", *weights):
            traces = [
                _trace(model, f"study {study}", points[column], points["objective"], "markers")
                for model, arm in _order.by_model(done[done["sampler"] == sampler], settings)
                for study, points in arm[arm[column].notna()].groupby("study")
            ]
            choice = {"sampler": sampler, "against": column}
            views.append(_view(choice, column, "objective", traces, log_x=column in weights))
    return {"choices": ["sampler", "against"], "views": views}


def time_to_target(table: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    """Expected search seconds and trials against the target; a choice a comparison, sampler and width."""
    views = []
    for (comparison, sampler, width), rows in table.groupby(["comparison", "sampler", "width_decades"], dropna=False):
        for what, value, low, high in (
            ("seconds", "expected_seconds", "seconds_ci_low", "seconds_ci_high"),
            ("trials", "expected_trials", "ci_low", "ci_high"),
        ):
            traces = []
            for model, line in _order.by_model(rows, settings):
                line = line.sort_values("target")
                trace = _trace(model, "", line["target"], line[value])
                trace["up"] = _numbers(line[high] - line[value])
                trace["down"] = _numbers(line[value] - line[low])
                trace["text"] = [
                    f"{hits:.0f} hits of {trials:.0f}"
                    for hits, trials in zip(line["hits"], line["trials"], strict=True)
                ]
                traces.append(trace)
            names = " / ".join(_style.label(*name.split(".")) for name in str(comparison).split("/"))
            choice = {"comparison": f"{names}, {sampler}, {width:g}-decade ranges", "cost": what}
            views.append(_view(choice, "quality that a hit needs", f"expected search {what}", traces, log_y=True))
    return {"choices": ["comparison", "cost"], "views": views}


def _view(
    choice: Mapping[str, str], x: str, y: str, traces: list[dict[str, Any]], log_x: bool = False, log_y: bool = False
) -> dict[str, Any]:
    return {"choice": choice, "x": x, "y": y, "logX": log_x, "logY": log_y, "traces": traces}


def _trace(
    model: _order.Model, detail: str, x: Iterable[float], y: Iterable[float], mode: str = "lines+markers"
) -> dict[str, Any]:
    look = _style.look(*model)
    return {
        "name": look.label,
        "detail": detail,
        "colour": look.colour,
        "symbol": SYMBOLS.get(look.marker, "x"),
        "dash": DASHES.get(look.line, "solid"),
        "mode": mode,
        "x": _numbers(x),
        "y": _numbers(y),
    }


def _numbers(values: Iterable[float]) -> list[float | None]:
    """JSON numbers of six significant digits; null for what is not finite."""
    return [float(f"{value:.6g}") if math.isfinite(value) else None for value in values]
