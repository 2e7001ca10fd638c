"""Picks a variant's best loss weights from its trials."""

import math
from typing import Any

import numpy as np
import pandas as pd

from bench import registry
from bench.errors import BenchError
from bench.method import Variant
from bench.search import trial_table
from bench.settings import SearchSettings
from bench.settings.sections import MAIN


def winner(rows: pd.DataFrame, model_id: str, settings: SearchSettings) -> dict[str, Any]:
    """The winning trial of `model_id` among rows of search.csv; BenchError where no trial of it completed."""
    info, variant = registry.find(model_id)
    trials = rows[(rows["method"] == info.name) & (rows["variant"] == variant.slug) & (rows["space"] == MAIN)]
    complete = trials[trials["state"] == "COMPLETE"]
    if complete.empty:
        reasons = "; ".join(sorted(set(trials["reason"].dropna()))) or "there are none"
        raise BenchError(
            f"No trial of {model_id} completed ({reasons}). Lower training.learning_rate, or narrow"
            " search.width_decades, and search again."
        )
    best, rule = _best(complete, settings)
    searching = [sampler for sampler in ("random", "tpe") if (complete["sampler"] == sampler).any()]
    studies = complete[complete["sampler"].isin(searching[:1])].groupby("study")
    return _told(best, variant) | {
        "model": model_id,
        "rule": rule,
        "accuracy_target": settings.accuracy_target,
        "studies": [_told(_best(of_study, settings)[0], variant) for _, of_study in studies],
        "trials": len(trials),
        "failed": int((trials["state"] == "FAIL").sum()),
        "pruned": int((trials["state"] == "PRUNED").sum()),
    }


def _best(complete: pd.DataFrame, settings: SearchSettings) -> tuple[pd.Series, str]:
    """The winner among completed trials, and the rule that it won by."""
    accurate = np.asarray(complete["attribute_accuracy"] >= settings.accuracy_target)
    rules = {
        "quality where a hit's other conditions hold": trial_table.reaches(complete, -math.inf, settings),
        "quality where accuracy reaches its target": accurate,
        "quality x accuracy": ~accurate,
    }
    rule, rows = next((rule, rows) for rule, rows in rules.items() if rows.any())
    candidates = complete[rows]
    value = candidates["objective"]
    if rule == "quality x accuracy":
        value = value.clip(lower=0) * candidates["attribute_accuracy"]
    ranked = candidates.assign(rank_value=value).sort_values(
        ["rank_value", "objective", "trial", "study", "sampler"],
        ascending=[False, False, True, True, True],
        kind="stable",
    )
    return ranked.iloc[0], rule


def _told(trial: pd.Series, variant: Variant) -> dict[str, Any]:
    weights = {weight.name: trial[weight.name] for weight in variant.searched}
    return {
        "weights": {name: float(value) for name, value in weights.items() if pd.notna(value)},
        "objective": float(trial["objective"]),
        "attribute_accuracy": float(trial["attribute_accuracy"]),
        "sampler": str(trial["sampler"]),
        "study": int(trial["study"]),
        "trial": int(trial["trial"]),
    }
