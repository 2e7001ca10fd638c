"""Picks a variant's best loss weights from its trials, and reads them back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from bench import registry
from bench.errors import BenchError
from bench.settings.search import MAIN


def winner(rows: pd.DataFrame, model_id: str, accuracy_target: float) -> dict[str, Any]:
    """The winning trial of `model_id` among rows of search.csv; BenchError where no trial of it completed."""
    info, variant = registry.find(model_id)
    own = rows[(rows["method"] == info.name) & (rows["variant"] == variant.slug) & (rows["space"] == MAIN)]
    complete = own[own["state"] == "COMPLETE"]
    if complete.empty:
        reasons = "; ".join(sorted(set(own["reason"].dropna()))) or "there are none"
        raise BenchError(
            f"No trial of {model_id} completed ({reasons}). Lower training.learning_rate, or narrow"
            " search.width_decades, and search again."
        )
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
    best = ranked.iloc[0]
    return {
        "model": model_id,
        "weights": {
            weight.name: float(best[weight.name]) for weight in variant.searched if pd.notna(best[weight.name])
        },
        "objective": float(best["objective"]),
        "attribute_accuracy": float(best["attribute_accuracy"]),
        "rule": "quality where accuracy reaches its target" if len(qualified) else "quality x accuracy",
        "accuracy_target": accuracy_target,
        **{
            name: best[name] if isinstance(best[name], str) else int(best[name])
            for name in ("sampler", "study", "trial")
        },
        "trials": len(own),
        "failed": int((own["state"] == "FAIL").sum()),
        "pruned": int((own["state"] == "PRUNED").sum()),
    }


def best_weights(model_id: str, winners: Sequence[Path]) -> dict[str, float]:
    """The searched weights of a variant that the `winners` files hold, each from the first file that has it."""
    _, variant = registry.find(model_id)
    found: dict[str, float] = {}
    for winner in winners:
        try:
            weights = json.loads(winner.read_text(encoding="utf-8"))["weights"]
        except (OSError, ValueError, KeyError) as error:
            raise BenchError(f"{winner} holds no best weights ({error!r}). Run: python -m bench winner") from error
        found = weights | found
    return {weight.name: float(found[weight.name]) for weight in variant.searched if weight.name in found}
