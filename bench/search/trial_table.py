"""Trials of searches as rows: their columns, what a hit is, and what they cost. No torch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bench import registry
from bench.settings import SearchSettings

if TYPE_CHECKING:
    import pandas as pd

STUDY = ("method", "variant", "space", "sampler", "study")
KEY = (*STUDY, "trial")
COLUMNS_BEFORE_WEIGHTS = (
    "method", "variant", "sampler", "study", "trial", "state", "range_shift", "dimension", "split", "train_seconds",
    "eval_seconds", "steps",
)  # fmt: skip
MEASURES = ("objective", "fid", "attribute_accuracy", "preservation_accuracy")
KEPT = ("background_error", "closer_to_counterfactual")  # what tells an edit from a fake; the second: drawn faces only
# What a hit is judged by, with the value of a repeat that failed.
WORST = {
    "objective": -math.inf, "attribute_accuracy": -math.inf, "preservation_accuracy": -math.inf,
    "background_error": math.inf, "closer_to_counterfactual": -math.inf,
}  # fmt: skip
# Beyond the contract. `confirmed_*` are medians over a hit and its repeats on fresh seeds; blank where it had none.
# `evaluations` are those that `eval_seconds` took: 1, and each look of a study that prunes.
# `key` digests all that an arm's outcomes depend on: trials of different keys do not mix. `box` tells the ranges that
# they were drawn from, `range_shift` how far these lie from the defaults; blank and 0 where nothing was drawn.
# `space` is `main`, or the control that a trial belongs to.
EXTRA_COLUMNS = (
    "preservation_ceiling", *KEPT, "training_seed", "width_decades", "confirmations",
    *(f"confirmed_{name}" for name in WORST), "confirm_train_seconds", "confirm_eval_seconds", "confirm_steps",
    "device", "key", "reason", "box", "evaluations", "space",
)  # fmt: skip


def columns(weights: Iterable[str]) -> list[str]:
    """Columns of search.csv with the named loss weights."""
    return [*COLUMNS_BEFORE_WEIGHTS, *weights, *MEASURES, *EXTRA_COLUMNS]


def weight_names() -> list[str]:
    """Every loss weight that some variant of some method searches, sorted."""
    variants = (variant for info in registry.methods().values() for variant in info.variants)
    return sorted({weight.name for variant in variants for weight in variant.searched})


def conditions(
    measures: Mapping[str, float] | pd.DataFrame, target: float, settings: SearchSettings, prefix: str = ""
) -> dict[str, NDArray[np.bool_]]:
    """By name, whether a trial's measures (), or those of every row of a table (N,), are what a hit at `target` needs.

    Quality, accuracy and preservation are what the judges say; the background's error and closeness to the true
    counterfactual ask no judge, and refuse what was made to please them (docs/measures/quality.md). Photos have no
    counterfactual: their closeness is blank, and not asked for. `prefix` `confirmed_` reads the medians.
    """
    objective, accuracy, preservation, background, closer = (
        np.asarray(measures[f"{prefix}{name}"], dtype=float) for name in WORST
    )
    ceiling = np.asarray(measures["preservation_ceiling"], dtype=float)
    return {
        "quality": objective >= target,
        "accuracy": accuracy >= settings.accuracy_target,
        "preservation": preservation >= ceiling - settings.preservation_margin,
        "background": background <= settings.background_limit,
        "closeness": (closer >= settings.closer_target) | np.isnan(closer),
    }


def reaches(
    measures: Mapping[str, float] | pd.DataFrame, target: float, settings: SearchSettings, prefix: str = ""
) -> NDArray[np.bool_]:
    """Whether a trial's measures (), or those of every row of a table (N,), make a hit at quality `target`."""
    hit: NDArray[np.bool_] = np.logical_and.reduce(list(conditions(measures, target, settings, prefix).values()))
    return hit


def confirmed(measures: Mapping[str, float], repeats: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Medians over a hit and its repeats, and what the repeats cost; a failed repeat counts as worst."""
    if not repeats:
        return {"confirmations": 0}
    medians = {
        f"confirmed_{name}": float(np.median([measures[name], *(repeat.get(name, worst) for repeat in repeats)]))
        for name, worst in WORST.items()
    }
    costs = {
        f"confirm_{name}": sum(repeat.get(name, 0) for repeat in repeats)
        for name in ("train_seconds", "eval_seconds", "steps")
    }
    return {"confirmations": len(repeats)} | medians | costs
