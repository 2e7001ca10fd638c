"""What the page's interactive charts show: per chart some choices, per choice the traces of one plot, as plain JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bench.plots.kit import curve_lines, face_grids, metric_labels, order, search_panels, theme
from bench.search import trial_table

if TYPE_CHECKING:
    import pandas as pd

    from bench.settings import Settings

SYMBOLS = {
    "o": "circle", "s": "square", "D": "diamond", "^": "triangle-up", "v": "triangle-down", "P": "cross", "X": "x",
    "<": "triangle-left", ">": "triangle-right", "p": "pentagon",
    "x": "x-thin-open", "*": "star", "+": "cross-thin-open", "1": "y-down-open",
}  # fmt: skip
DASHES = dict(zip(theme.LINES, ("solid", "dash", "dot", "dashdot"), strict=True))
COSTS = {
    "seconds": ("expected_seconds", "seconds_ci_low", "seconds_ci_high"),
    "trials": ("expected_trials", "ci_low", "ci_high"),
}
EMPTY = "No value is known here: no arm reached this level."


def curves(table: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    """Metric by training seconds or images seen; a choice a metric and axis."""
    views = []
    axes = (curve_lines.seconds(table), ("images_seen", "images seen"))
    for metric in metric_labels.ordered(table["metric"]):
        points = table[table["metric"] == metric].sort_values("images_seen")
        for axis, axis_label in axes:
            traces = [
                _trace(model, f"seed {seed}", line[axis], line["value"])
                for model, lines in order.by_model(points, settings)
                for seed, line in lines.groupby("seed")
            ]
            label = metric_labels.upright_label(metric)
            views.append(_view({"metric": label, "against": axis_label}, axis_label, label, traces))
    return {"choices": ["metric", "against"], "views": views}


def search(table: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    """Objective of each trial against each searched weight or the trial's number; the most used sampler first."""
    done = table[table["objective"].notna()]
    weights = [name for name in trial_table.weight_names() if name in table and table[name].notna().any()]
    views = []
    for sampler in search_panels.samplers(done):
        for column in ("trial", *weights):
            traces = [
                _trace(model, f"study {study}", points[column], points["objective"], "markers")
                for model, arm in order.by_model(done[done["sampler"] == sampler], settings)
                for study, points in arm[arm[column].notna()].groupby("study")
            ]
            choice = {"sampler": sampler, "against": column}
            views.append(_view(choice, column, "objective", traces, log_x=column in weights))
    return {"choices": ["sampler", "against"], "views": views}


def time_to_target(table: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    """Expected search seconds and trials; a choice a comparison, a cost, and a range width (widest first) or a target.

    A hollow mark is an arm that had no hit: its search takes longer than that.
    """
    views = []
    for (comparison, sampler), rows in table.groupby(["comparison", "sampler"], sort=False, dropna=False):
        for cost, columns in COSTS.items():
            for fixed, moving, what, label in (
                ("width_decades", "target", "{:g}-decade ranges", "quality that a hit needs"),
                ("target", "width_decades", "quality {:g}", "width of the ranges in decades"),
            ):
                for value, lines in sorted(rows.groupby(fixed), reverse=fixed == "width_decades"):
                    traces = [
                        _with_interval(model, part.sort_values(moving), moving, columns)
                        for model, line in order.by_model(lines, settings)
                        for part in (line[line["hits"] > 0], line[line["hits"] == 0])
                        if len(part)
                    ]
                    choice = {
                        "comparison": f"{_names(str(comparison))}, {sampler}", "cost": cost, "at": what.format(value)
                    }  # fmt: skip
                    views.append(_view(choice, label, f"expected search {cost}", traces, log_y=True))
    return {"choices": ["comparison", "cost", "at"], "views": views}


def reached(table: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    """Share of the studies that reached a target by each second; a choice a comparison and target."""
    views = []
    for (comparison, sampler, target), rows in table.groupby(["comparison", "sampler", "target"], sort=False):
        traces = []
        for model, line in order.by_model(rows, settings):
            line = line.sort_values("seconds")
            trace = _trace(model, "", [0.0, *line["seconds"]], [0.0, *line["share"]])
            trace["text"] = [f"{line['studies'].iloc[0]:.0f} studies"] * (len(line) + 1)
            traces.append(trace | {"shape": "hv"})
        choice = {"comparison": f"{_names(str(comparison))}, {sampler}", "target": f"quality {target:g}"}
        views.append(_view(choice, "search seconds", "share of studies", traces))
    return {"choices": ["comparison", "target"], "views": views}


def scores(table: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    """Scores of the final models beside the controls; a choice a split, metric and edit."""
    views = []
    for split in sorted(settings.scoring.splits, key=lambda name: name != settings.scoring.shown_split):
        rows = table[table["split"] == split]
        for metric in metric_labels.ordered(rows["metric"]):
            of_metric = rows[rows["metric"] == metric]
            for edit in [name for name in ("all", *settings.data.edits) if (of_metric["attribute"] == name).any()]:
                points = of_metric[(of_metric["attribute"] == edit) & of_metric["value"].notna()]
                traces = [_dots(model, found) for model, found in order.by_model(points, settings)]
                choice = {"metric": metric_labels.axis_label(metric), "edit": face_grids.people(edit), "split": split}
                views.append(_view(choice, metric_labels.axis_label(metric), "", traces) | {"rows": True})
    return {"choices": ["metric", "edit", "split"], "views": views}


def _dots(model: order.Model, points: pd.DataFrame) -> dict[str, Any]:
    """A dot a seed in the model's row; the model with another, random edit stands in the same row."""
    owner = theme.owner(model[1]) if model[0] == "control" else None
    row = theme.label(*(owner or model))
    trace = _trace(model, "", points["value"], [], "markers")
    return trace | {
        "name": "Shuffled targets" if owner else row,
        "y": [row] * len(points),
        "text": [f"seed {seed}, {n:.0f} images" for seed, n in zip(points["seed"], points["n"], strict=True)],
    }


def _with_interval(model: order.Model, line: pd.DataFrame, moving: str, columns: Sequence[str]) -> dict[str, Any]:
    """The arm's hits with their intervals, or the bounds of what it never hit: `line` holds only one kind."""
    value, low, high = columns
    trace = _trace(model, "", line[moving], line[value])
    if not line["hits"].any():
        searched = [f"longer than: no hit in {trials:.0f}" for trials in line["trials"]]
        return trace | {"mode": "markers", "symbol": f"{trace['symbol']}-open", "text": searched}
    counts = zip(line["hits"], line["trials"], strict=True)
    return trace | {
        "up": _numbers(line[high] - line[value]),
        "down": _numbers(line[value] - line[low]),
        "text": [f"{hits:.0f} hits of {trials:.0f}" for hits, trials in counts],
    }


def _names(comparison: str) -> str:
    return theme.comparison(comparison)


def _view(
    choice: Mapping[str, str], x: str, y: str, traces: list[dict[str, Any]], log_x: bool = False, log_y: bool = False
) -> dict[str, Any]:
    empty = not any(value is not None for trace in traces for value in trace["y"])
    return {
        "choice": choice, "x": x, "y": y, "logX": log_x, "logY": log_y, "traces": traces,
        "empty": EMPTY if empty else "",
    }  # fmt: skip


def _trace(
    model: order.Model, detail: str, x: Iterable[float], y: Iterable[float], mode: str = "lines+markers"
) -> dict[str, Any]:
    look = theme.look(*model)
    return {
        "name": look.label,
        "detail": detail,
        "colour": look.colour,
        "symbol": SYMBOLS[look.marker],
        "dash": DASHES.get(look.line, "dot"),
        "mode": mode,
        "x": _numbers(x),
        "y": _numbers(y),
    }


def _numbers(values: Iterable[float]) -> list[float | None]:
    """JSON numbers of six significant digits; null for what is not finite."""
    return [float(f"{value:.6g}") if math.isfinite(value) else None for value in values]
