"""Picks a variant's best loss weights from its trials, and reads them back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from bench import registry
from bench.errors import BenchError
from bench.method_info import Variant
from bench.runtime.result_files import read_json
from bench.settings.search import MAIN


def winner(rows: pd.DataFrame, model_id: str, accuracy_target: float) -> dict[str, Any]:
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
    best, rule = _best(complete, accuracy_target)
    searching = [sampler for sampler in ("random", "tpe") if (complete["sampler"] == sampler).any()]
    studies = complete[complete["sampler"].isin(searching[:1])].groupby("study")
    return _told(best, variant) | {
        "model": model_id,
        "rule": rule,
        "accuracy_target": accuracy_target,
        "studies": [_told(_best(of_study, accuracy_target)[0], variant) for _, of_study in studies],
        "trials": len(trials),
        "failed": int((trials["state"] == "FAIL").sum()),
        "pruned": int((trials["state"] == "PRUNED").sum()),
    }


def _best(complete: pd.DataFrame, accuracy_target: float) -> tuple[pd.Series, str]:
    """The winner among completed trials, and the rule that it won by."""
    qualified = complete[complete["attribute_accuracy"] >= accuracy_target]
    candidates = qualified if len(qualified) else complete
    ranked = candidates.assign(
        rank_value=candidates["objective"]
        if len(qualified)
        else candidates["objective"].clip(lower=0) * candidates["attribute_accuracy"]
    ).sort_values(
        ["rank_value", "objective", "trial", "study", "sampler"],
        ascending=[False, False, True, True, True],
        kind="stable",
    )
    return ranked.iloc[0], "quality where accuracy reaches its target" if len(qualified) else "quality x accuracy"


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


def best_weights(model_id: str, winners: Sequence[Path], study: int | None = None) -> dict[str, float]:
    """The searched weights of a variant that the `winners` files hold, each from the first file that has it.

    `study` takes the winner of one study instead of the best of all: the first of them is 0, after the last comes the
    first again.
    """
    _, variant = registry.find(model_id)
    best: dict[str, float] = {}
    for winner in winners:

        def weights(card: dict[str, Any]) -> dict[str, float]:
            winning = card if study is None else card["studies"][study % len(card["studies"])]
            return {name: float(value) for name, value in winning["weights"].items()}

        best = read_json(winner, "winner", weights) | best
    return {weight.name: best[weight.name] for weight in variant.searched if weight.name in best}
