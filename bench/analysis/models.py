"""Rows of tidy tables by model, named `<method>.<variant>`, and what a final model is trained on."""

from __future__ import annotations

import pandas as pd

from bench.settings import Settings


def ids(table: pd.DataFrame) -> pd.Series[str]:
    """The model of each row."""
    return table["method"].astype(str) + "." + table["variant"].astype(str)


def of(table: pd.DataFrame, model_id: str) -> pd.DataFrame:
    """The rows of one model."""
    return table[ids(table) == model_id]


def columns(model_id: str) -> dict[str, str]:
    """A model's columns `method` and `variant`."""
    method, _, variant = model_id.partition(".")
    return {"method": method, "variant": variant}


def pairs(settings: Settings) -> list[tuple[str, str]]:
    """Baseline and challenger of every configured comparison, each once: the main one, the search's, the claims'."""
    configured = (settings.compare, *settings.search.comparisons, *settings.compare.claim_pairs.values())
    return list(dict.fromkeys(comparison.pair for comparison in configured))


def budgets_kimg(settings: Settings) -> dict[str, float]:
    """Thousands of images that each final model is trained on."""
    return {final.model: final.budget_kimg or settings.training.budget_kimg for final in settings.finals}


def over_all(scores: pd.DataFrame, split: str) -> pd.DataFrame:
    """Scores over all attributes on one split."""
    return scores[(scores["attribute"] == "all") & (scores["split"] == split)]
