"""Trials of searches as rows: their columns, what a hit is, and what they cost. No torch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench import registry
from bench.settings import SearchSettings

if TYPE_CHECKING:
    import pandas as pd

Bools = NDArray[np.bool_]
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


def progress(trials: pd.DataFrame, settings: SearchSettings) -> pd.DataFrame:
    """The rows with three more columns: what a study had cost and found by each trial's end.

    `elapsed_seconds`: logged seconds of the study so far, with evaluations and confirmations. `best_objective`: its
    best so far. `target`: the highest of the settings' targets that the trial itself hit; blank where it hit none.
    """
    ordered = trials.sort_values([*KEY])
    study = [ordered[name] for name in STUDY]
    costs = ordered[["train_seconds", "eval_seconds", "confirm_train_seconds", "confirm_eval_seconds"]]
    best = ordered["objective"].groupby(study).cummax().groupby(study).ffill()
    target = np.full(len(ordered), np.nan)
    for level in sorted(settings.targets):
        target[hits(ordered, level, settings)] = level
    return ordered.assign(
        elapsed_seconds=costs.fillna(0).sum(axis=1).groupby(study).cumsum(), best_objective=best, target=target
    ).loc[trials.index]


def reaches(row: Mapping[str, float], target: float, settings: SearchSettings) -> bool:
    """Whether one trial's measures make an (unconfirmed) hit at quality `target`."""
    return (
        row["objective"] >= target
        and row["attribute_accuracy"] >= settings.accuracy_target
        and row["preservation_accuracy"] >= row["preservation_ceiling"] - settings.preservation_margin
    )


def apparent_hits(trials: pd.DataFrame, target: float, settings: SearchSettings) -> Bools:
    """Which trials (N,) reach `target` on their own seed; failed ones do not."""
    return _hits(trials, "", target, settings)


def hits(trials: pd.DataFrame, target: float, settings: SearchSettings) -> Bools:
    """Which trials (N,) hit: on their own seed, and, where they were repeated, in the median over all their seeds."""
    apparent = apparent_hits(trials, target, settings)
    repeated = trials["confirmations"].fillna(0).to_numpy(dtype=float) > 0
    return apparent & (~repeated | _hits(trials, "confirmed_", target, settings))


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


def _hits(trials: pd.DataFrame, prefix: str, target: float, settings: SearchSettings) -> Bools:
    floor = trials["preservation_ceiling"] - settings.preservation_margin
    found = (
        (trials[f"{prefix}objective"] >= target)
        & (trials[f"{prefix}attribute_accuracy"] >= settings.accuracy_target)
        & (trials[f"{prefix}preservation_accuracy"] >= floor)
        & (trials["state"] == "COMPLETE")
    )
    return found.to_numpy(dtype=bool)
