"""Trials of searches as rows: their columns, what a hit is, and what they cost. No torch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from bench import registry
from bench.settings import SearchSettings

STUDY = ("method", "variant", "space", "sampler", "study")
KEY = (*STUDY, "trial")
COLUMNS_BEFORE_WEIGHTS = (
    "method", "variant", "sampler", "study", "trial", "state", "range_shift", "dimension", "split", "train_seconds",
    "eval_seconds", "steps",
)  # fmt: skip
CONFIRMED = ("objective", "attribute_accuracy", "preservation_accuracy")
MEASURES = ("objective", "fid", "attribute_accuracy", "preservation_accuracy")
# Beyond the contract. `confirmed_*` are medians over a hit and its repeats on fresh seeds; blank where it had none.
# `evaluations` are those that `eval_seconds` took: 1, and each look of a study that prunes.
# `key` digests all that an arm's outcomes depend on: trials of different keys do not mix. `box` tells the ranges that
# they were drawn from, `range_shift` how far these lie from the defaults; blank and 0 where nothing was drawn.
# `space` is `main`, or the control that a trial belongs to.
EXTRA_COLUMNS = (
    "preservation_ceiling", "training_seed", "width_decades", "confirmations", "confirmed_objective",
    "confirmed_attribute_accuracy", "confirmed_preservation_accuracy", "confirm_train_seconds", "confirm_eval_seconds",
    "confirm_steps", "device", "key", "reason", "box", "evaluations", "space",
)  # fmt: skip


def columns(weights: Iterable[str]) -> list[str]:
    """Columns of search.csv with the named loss weights."""
    return [*COLUMNS_BEFORE_WEIGHTS, *weights, *MEASURES, *EXTRA_COLUMNS]


def weight_names() -> list[str]:
    """Every loss weight that some variant of some method searches, sorted."""
    variants = (variant for info in registry.methods().values() for variant in info.variants)
    return sorted({weight.name for variant in variants for weight in variant.searched})


def reaches(row: Mapping[str, float], target: float, settings: SearchSettings) -> bool:
    """Whether one trial's measures make an (unconfirmed) hit at quality `target`."""
    return (
        row["objective"] >= target
        and row["attribute_accuracy"] >= settings.accuracy_target
        and row["preservation_accuracy"] >= row["preservation_ceiling"] - settings.preservation_margin
    )


def confirmed(own: Mapping[str, Any], repeats: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Medians over a hit and its repeats, and what the repeats cost; a failed repeat counts as worst."""
    if not repeats:
        return {"confirmations": 0}
    medians = {
        f"confirmed_{name}": float(np.median([one.get(name, -math.inf) for one in (own, *repeats)]))
        for name in CONFIRMED
    }
    costs = {
        f"confirm_{name}": sum(one.get(name, 0) for one in repeats)
        for name in ("train_seconds", "eval_seconds", "steps")
    }
    return {"confirmations": len(repeats)} | medians | costs
