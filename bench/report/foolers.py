"""What could fool the numbers of a hit: made translators, and the highest level that each would hit."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from bench.analysis import models
from bench.plots.kit import metric_labels, order, theme
from bench.report.html_tables import Cell, Table, model_cell, value_cell
from bench.search import trial_table

if TYPE_CHECKING:
    import pandas as pd

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
    controls = [
        model
        for model in order.models(rows, settings)
        if model.startswith("control.") and not model.startswith(theme.SHUFFLED)
    ]
    means = {model: {name: _mean(rows, model, name) for name in METRICS} for model in controls}
    ceiling = means.get("control.identity", {}).get("preservation_accuracy", math.nan)
    cells = tuple(
        (
            model_cell(model), *(value_cell(value) for value in of_control.values()),
            _level(of_control | {"preservation_ceiling": ceiling}, BY_JUDGES, settings.search),
            _level(of_control | {"preservation_ceiling": ceiling}, (), settings.search),
        )
        for model, of_control in means.items()
        if not math.isnan(of_control["quality"])
    )  # fmt: skip
    columns = ("made translator", *(metric_labels.known(name).label for name in METRICS), "by judges", "by the rule")
    return Table(CAPTION.format(split), columns, cells, "scores")


def _mean(scores: pd.DataFrame, model: str, metric: str) -> float:
    return float(models.of(scores[scores["metric"] == metric], model)["value"].mean())


def _level(measures: Mapping[str, float], asked: Collection[str], search: SearchSettings) -> Cell:
    """The highest target at which the `asked` conditions hold; all conditions where none is named."""
    trial = {**measures, "objective": measures["quality"]}
    met = [
        target
        for target in search.targets
        if all(
            holds for name, holds in trial_table.conditions(trial, target, search).items() if not asked or name in asked
        )
    ]
    return Cell(f"{max(met):g}", max(met)) if met else Cell("none", -1.0)
