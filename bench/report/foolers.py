"""What could fool the numbers of a hit: made translators, and the highest level that each would hit."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import pandas as pd

from bench.analysis import models
from bench.plots.kit import metric_labels, order, score_rows
from bench.report.html_tables import Cell, Table, model_cell, value_cell
from bench.search import trial_table
from bench.settings import SearchSettings, Settings

CAPTION = (
    "Made translators, scored as models are, {} split. Last: the highest level of quality that a hit would reach by"
    " what judges say alone, and by the whole rule, which asks the background and the true edit too."
)
METRICS = ("quality", *(name for name in trial_table.WORST if name != "objective"))
BY_JUDGES = ("quality", "accuracy", "preservation")


def table(scores: pd.DataFrame, settings: Settings, split: str) -> Table:
    """A row per control that edits every face alike well or badly; without rows where none was scored."""
    rows = models.over_all(scores, split)
    means = {
        model: {name: float(score_rows.values(rows[rows["metric"] == name], model).mean()) for name in METRICS}
        for model in order.fixed_controls(rows, settings)
    }
    ceiling = means.get("control.identity", {}).get("preservation_accuracy", math.nan)
    cells = []
    for model, measures in means.items():
        if not math.isnan(measures["quality"]):
            trial = measures | {"objective": measures["quality"], "preservation_ceiling": ceiling}
            levels = (_level(trial, asked, settings.search) for asked in (BY_JUDGES, ()))
            cells.append((model_cell(model), *map(value_cell, measures.values()), *levels))
    columns = ("made translator", *(metric_labels.known(name).label for name in METRICS), "by judges", "by the rule")
    return Table(CAPTION.format(split), columns, tuple(cells), "scores")


def _level(trial: Mapping[str, float], asked: Collection[str], search: SearchSettings) -> Cell:
    """The highest target at which the `asked` conditions hold; all conditions where none is named."""
    found = {target: trial_table.conditions(trial, target, search) for target in search.targets}
    met = [target for target, holds in found.items() if all(holds[name] for name in asked or holds)]
    return Cell(f"{max(met):g}", max(met)) if met else Cell("none", -1.0)
