"""The quality tables: every number beside its controls, one table per image budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis import metric_ranges
from bench.plots.kit import dot_rows, metric_labels, order, theme
from bench.plots.kit.words import NONE, interval, number
from bench.report.html_tables import Cell, Table, model_cell, value_cell

if TYPE_CHECKING:
    import pandas as pd

    from bench.settings import Settings

SOURCE = "scores"
HOW = f"Means over seeds; below {metric_ranges.FEWEST_SEEDS} seeds the seeds themselves, else the 95 % interval."


def whole(scores: pd.DataFrame, split: str) -> pd.DataFrame:
    """Scores over all attributes on one split."""
    return scores[(scores["attribute"] == "all") & (scores["split"] == split)]


def by_budget(scores: pd.DataFrame, settings: Settings, split: str) -> list[Table]:
    """One table per image budget: a row per model and, below it, its shuffled-target control; other controls last."""
    rows = whole(scores, split)
    metrics = metric_labels.ordered(rows["metric"])
    columns = ("model", *map(metric_labels.upright_label, metrics))
    return [
        Table(
            f"Trained on {heading}, {split} split. {HOW}"
            if "images" in heading
            else f"{heading}, {split} split. {HOW}",
            columns,
            tuple((model_cell(*model), *(_mean(rows, model, metric) for metric in metrics)) for model in models),
            SOURCE,
        )
        for heading, models in _groups(rows, settings)
    ]


def by_attribute(scores: pd.DataFrame, settings: Settings, split: str) -> list[Table]:
    """`attribute_accuracy`, one column per edit and one table per image budget."""
    rows = scores[(scores["metric"] == "attribute_accuracy") & (scores["split"] == split)]
    edits = [edit for edit in ("all", *settings.data.edits) if (rows["attribute"] == edit).any()]
    return [
        Table(
            f"Attribute accuracy by edit, {heading}, {split} split. {HOW}",
            ("model", *(edit.replace("_", " ").replace("+", " + ") for edit in edits)),
            tuple(
                (model_cell(*model), *(_mean(rows[rows["attribute"] == e], model, "attribute_accuracy") for e in edits))
                for model in models
            ),
            SOURCE,
        )
        for heading, models in _groups(rows, settings)
    ]


def _groups(scores: pd.DataFrame, settings: Settings) -> list[tuple[str, list[order.Model]]]:
    """The models of each budget, each followed by its own shuffled-target control, and the other controls."""
    models = order.models(scores, settings)
    fixed = [model for model in models if model[0] == "control" and theme.owner(model[1]) is None]
    groups = dot_rows.by_budget([model for model in models if model[0] != "control"], settings)
    paired = [
        (heading, [row for model in trained for row in (model, *_control_of(model, models))])
        for heading, trained in groups
    ]
    return [(heading, [*rows, *fixed]) for heading, rows in paired] or ([("Controls", fixed)] if fixed else [])


def _control_of(model: order.Model, models: list[order.Model]) -> list[order.Model]:
    name = ("control", f"{theme.SHUFFLED}{model[0]}_{model[1]}")
    return [name] if name in models else []


def _mean(scores: pd.DataFrame, model: order.Model, metric: str) -> Cell:
    values = dot_rows.values(scores[scores["metric"] == metric], *model)
    if values.empty:
        return Cell(NONE, "")
    found = metric_ranges.mean(metric, values)
    seeds = ", ".join(number(value) for value in values)
    limits = interval(found.low, found.high)
    return value_cell(found.estimate, limits or (seeds if len(values) > 1 else ""), f"by seed: {seeds}")
