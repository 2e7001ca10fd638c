"""The quality tables: every number beside its controls, one table per image budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis import metric_ranges, models
from bench.analysis.sensitivity import EXCHANGED
from bench.analysis.statistics import FEWEST_SEEDS
from bench.plots.kit import face_grids, metric_labels, order, score_rows, theme
from bench.plots.kit.words import NONE, interval, number
from bench.report.html_tables import Cell, Table, model_cell, value_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from bench.settings import Settings

SOURCE = "scores"
BY_EDIT = ("attribute_accuracy", "counterfactual_error_relative")  # what a judge sees, and what needs none
HOW = f"Means over seeds; below {FEWEST_SEEDS} seeds the seeds themselves, else the 95 % interval."


def by_budget(scores: pd.DataFrame, settings: Settings, split: str) -> list[Table]:
    """One table per image budget: a row per model and, below it, its shuffled-target control; other controls last."""
    rows = models.over_all(scores, split)
    metrics = [name for name in metric_labels.ordered(rows["metric"]) if not name.endswith(EXCHANGED)]
    columns = ("model", *map(metric_labels.upright_label, metrics))
    tables = []
    for heading, in_group in _groups(rows, settings):
        cells = tuple((model_cell(model), *(_mean(rows, model, metric) for metric in metrics)) for model in in_group)
        trained = "Trained on " if "images" in heading else ""
        tables.append(Table(f"{trained}{heading}, {split} split. {HOW}", columns, cells, SOURCE))
    return tables


def by_attribute(scores: pd.DataFrame, settings: Settings, split: str) -> list[Table]:
    """Each of `BY_EDIT`, one column per edit and one table per image budget."""
    return [
        table
        for metric in BY_EDIT
        for table in _of_metric(scores[(scores["metric"] == metric) & (scores["split"] == split)], metric, settings)
    ]


def _of_metric(rows: pd.DataFrame, metric: str, settings: Settings) -> Iterator[Table]:
    of_edit = {edit: rows[rows["attribute"] == edit] for edit in ("all", *settings.data.edits)}
    of_edit = {edit: scored for edit, scored in of_edit.items() if len(scored)}
    columns = ("model", *map(face_grids.people, of_edit))
    for heading, in_group in _groups(rows, settings):
        cells = tuple(
            (model_cell(model), *(_mean(scored, model, metric) for scored in of_edit.values())) for model in in_group
        )
        label = metric_labels.known(metric).label
        yield Table(f"{label} by edit, {heading}. {HOW}", columns, cells, SOURCE)


def _groups(scores: pd.DataFrame, settings: Settings) -> list[tuple[str, list[str]]]:
    """The models of each budget, each followed by its own shuffled-target control, and the other controls."""
    rows = order.models(scores, settings)
    fixed = [model for model in rows if model.startswith("control.") and not model.startswith(theme.SHUFFLED)]
    groups = score_rows.by_budget([model for model in rows if not model.startswith("control.")], settings)
    paired = [
        (heading, [shown for model in trained for shown in (model, theme.shuffled_control(model)) if shown in rows])
        for heading, trained in groups
    ]
    return [(heading, [*models_shown, *fixed]) for heading, models_shown in paired] or (
        [("Controls", fixed)] if fixed else []
    )


def _mean(scores: pd.DataFrame, model: str, metric: str) -> Cell:
    values = score_rows.values(scores[scores["metric"] == metric], model)
    if values.empty:
        return Cell(NONE, "")
    mean = metric_ranges.mean(metric, values)
    seeds = ", ".join(number(value) for value in values)
    limits = interval(mean.low, mean.high)
    return value_cell(mean.estimate, limits or (seeds if len(values) > 1 else ""), f"by seed: {seeds}")
