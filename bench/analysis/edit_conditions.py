"""What the judges' scores do not ask of a final model: that its edits keep the person and the scene.

`quality` compares distributions and `attribute_accuracy` looks at attributes, so a model that shows somebody else with
the right labels has the best of both. A hit asks more (docs/measures/quality.md); so does a comparison of such scores.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from bench.analysis import models as model_rows
from bench.search import trial_table
from bench.settings import Settings

BY_JUDGES = ("quality", "attribute_accuracy")
ASKED = {
    "preservation": "preservation_accuracy", "background": "background_error", "closeness": "closer_to_counterfactual",
}  # fmt: skip


def unearned(scores: pd.DataFrame, metric: str, models: Sequence[str], split: str, settings: Settings) -> str:
    """Why the lead in `metric` of one of two models decides nothing; '' where it may.

    The model with the higher mean misses what a hit asks beside quality and accuracy, by its means over seeds. A model
    that misses it and has the lower mean has lost all the same. Measures that were not scored are not asked for.
    """
    if metric not in BY_JUDGES:
        return ""
    rows = model_rows.over_all(scores, split)
    leader = max(models, key=lambda model: _mean(rows, model, metric))
    measures = {name: _mean(rows, leader, name) for name in trial_table.WORST if name != "objective"}
    ceiling = _mean(rows, "control.identity", "preservation_accuracy")
    trial = {**measures, "objective": math.nan, "preservation_ceiling": ceiling}
    met = trial_table.conditions(trial, 0.0, settings.search)
    missed = [
        f"{measure} {measures[measure]:.2f}"
        for name, measure in ASKED.items()
        if not met[name] and not math.isnan(measures[measure]) and not (name == "preservation" and math.isnan(ceiling))
    ]
    return f"{leader} leads, but its edits miss what a hit asks: {', '.join(missed)}" if missed else ""


def _mean(rows: pd.DataFrame, model: str, metric: str) -> float:
    return float(model_rows.of(rows[rows["metric"] == metric], model)["value"].mean())
