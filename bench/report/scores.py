"""The quality tables: every number beside its controls, one table per image budget."""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from bench.analysis import models, statistics
from bench.analysis.sensitivity import EXCHANGED
from bench.analysis.statistics import FEWEST_SEEDS
from bench.plots.kit import metric_labels, order, theme
from bench.plots.kit.words import NONE, interval, number, plain
from bench.report.html_tables import Cell, Table, model_cell, value_cell
from bench.settings import Settings

SOURCE = "scores"
# Metrics without a column: by the search's judges exchanged, as the background error in every row, of one row alone.
LEFT_OUT = re.compile(rf".*{EXCHANGED}|counterfactual_error_outside|judge_a_.*")
BY_EDIT = ("attribute_accuracy", "counterfactual_error_relative")  # what a judge sees, and what needs none
HOW = f"Means over seeds with their 95 % interval; below {FEWEST_SEEDS} seeds, each seed."


def by_budget(scores: pd.DataFrame, settings: Settings, split: str) -> list[Table]:
    """One table per image budget: a row per model, then its shuffled-target control; the first ends with the others."""
    rows = models.over_all(scores, split)
    metrics = [name for name in metric_labels.ordered(rows["metric"]) if not LEFT_OUT.fullmatch(name)]
    columns = {metric_labels.axis_label(metric, upright=True): rows[rows["metric"] == metric] for metric in metrics}
    return [
        _table(f"{'Trained on ' if 'images' in heading else ''}{heading}, {split} split", columns, in_group)
        for heading, in_group in _groups(rows, settings)
    ]


def by_attribute(scores: pd.DataFrame, settings: Settings, split: str) -> list[Table]:
    """Each of `BY_EDIT`, one column per edit and one table per image budget."""
    tables = []
    for metric in BY_EDIT:
        rows = scores[(scores["metric"] == metric) & (scores["split"] == split)]
        of_edit = {edit: rows[rows["attribute"] == edit] for edit in ("all", *settings.data.edits)}
        columns = {plain(edit): scored for edit, scored in of_edit.items() if len(scored)}
        label = metric_labels.name(metric)
        groups = _groups(rows, settings)
        tables += [_table(f"{label} by edit, {heading}", columns, in_group) for heading, in_group in groups]
    return tables


def _groups(scores: pd.DataFrame, settings: Settings) -> list[tuple[str, list[str]]]:
    """The models of each budget, each followed by its shuffled-target control; the other controls in the first."""
    rows = order.models(scores, settings)
    fixed = order.fixed_controls(scores, settings)
    groups = order.by_budget([model for model in rows if not model.startswith("control.")], settings)
    shown = [
        (title, [name for model in trained for name in (model, theme.shuffled_control(model)) if name in rows])
        for title, trained in groups or [("Controls", [])]
    ]
    shown[0][1].extend(fixed)
    return [group for group in shown if group[1]]


def _table(caption: str, columns: Mapping[str, pd.DataFrame], shown: Sequence[str]) -> Table:
    """A row per model, a column per label and its scores, which are of one metric."""
    rows = tuple((model_cell(model), *(_mean(scores, model) for scores in columns.values())) for model in shown)
    return Table(f"{caption}. {HOW}", ("model", *columns), rows, SOURCE)


def _mean(scores: pd.DataFrame, model: str) -> Cell:
    values = order.values(scores, model)
    if values.empty:
        return Cell(NONE, "")
    mean = statistics.mean_in_range(scores["metric"].iloc[0], values)
    seeds = ", ".join(number(value) for value in values)
    limits = interval(mean.low, mean.high)
    return value_cell(mean.estimate, limits or (seeds if len(values) > 1 else ""), f"by seed: {seeds}")
