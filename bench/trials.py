"""Trials of searches as rows: what a hit is, which range they were drawn from, and what they cost. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bench import registry
from bench.method import LossWeight
from bench.settings import SearchSettings

if TYPE_CHECKING:
    import pandas as pd

Bools = NDArray[np.bool_]
KEY = ("method", "variant", "sampler", "study", "trial")
COLUMNS_BEFORE_WEIGHTS = (
    *KEY, "state", "range_shift", "dimension", "split", "train_seconds", "eval_seconds", "steps",
)  # fmt: skip
MEASURES = ("objective", "fid", "attribute_accuracy", "preservation_accuracy")
# Beyond the contract. `confirmed_*` are medians over a hit and its repeats on fresh seeds; blank where it had none.
# `key` digests all that an arm's outcomes depend on: trials of different keys do not mix.
EXTRA_COLUMNS = (
    "preservation_ceiling", "training_seed", "width_decades", "confirmations", "confirmed_objective",
    "confirmed_attribute_accuracy", "confirmed_preservation_accuracy", "confirm_train_seconds", "confirm_eval_seconds",
    "confirm_steps", "device", "key", "reason",
)  # fmt: skip


def columns(weights: Iterable[str]) -> list[str]:
    """Columns of search.csv with the named loss weights."""
    return [*COLUMNS_BEFORE_WEIGHTS, *weights, *MEASURES, *EXTRA_COLUMNS]


def weight_names() -> list[str]:
    """Every loss weight that some variant of some method searches, sorted."""
    variants = (variant for info in registry.methods().values() for variant in info.variants)
    return sorted({weight.name for variant in variants for weight in variant.searched})


def ranges(model_id: str, settings: SearchSettings) -> tuple[LossWeight, ...]:
    """The searched weights with the ranges that the settings ask for: without frozen ones, with redundant ones."""
    _, variant = registry.find(model_id)
    searched = [weight for weight in variant.searched if weight.name not in settings.frozen.get(model_id, ())]
    for name in settings.redundant.get(model_id, ()):
        fixed = variant.fixed[name]
        searched.append(LossWeight(name, fixed, fixed / 10, fixed * 10))
    if settings.width_decades is None:
        return tuple(searched)
    return tuple(box(weight, weight.default, settings.width_decades) for weight in searched)


def width_decades(searched: Sequence[LossWeight]) -> float:
    """Width of the narrowest axis in decades."""
    return round(min(float(np.log10(weight.high / weight.low)) for weight in searched), 6)


def box(weight: LossWeight, centre: float, width: float) -> LossWeight:
    """The weight with a range of `width` decades, centred on `centre` on the log scale."""
    factor = 10 ** (width / 2)
    return replace(weight, low=centre / factor, high=centre * factor)


def sub_boxes(searched: Sequence[LossWeight], width: float, shift: float = 0.0) -> tuple[LossWeight, ...]:
    """Each axis narrowed to at most `width` decades about the centre of its range, moved by `shift` decades."""
    own = [float(np.log10(weight.high / weight.low)) for weight in searched]
    centres = [float(np.sqrt(weight.low * weight.high)) * 10**shift for weight in searched]
    return tuple(box(*axis) for axis in zip(searched, centres, (min(width, one) for one in own), strict=True))


def inside(trials: pd.DataFrame, searched: Sequence[LossWeight]) -> Bools:
    """Which trials (N,) lie in the box; an i.i.d. pool cut to a sub-box is an i.i.d. pool of the sub-box."""
    slack = 1 + 1e-9
    within = [trials[one.name].between(one.low / slack, one.high * slack).to_numpy(dtype=bool) for one in searched]
    return np.logical_and.reduce(within) if within else np.ones(len(trials), dtype=bool)


def progress(trials: pd.DataFrame, settings: SearchSettings) -> pd.DataFrame:
    """The rows with three more columns: what a study had cost and found by each trial's end.

    `elapsed_seconds`: logged seconds of the study so far, with evaluations and confirmations. `best_objective`: its
    best so far. `target`: the highest of the settings' targets that the trial itself hit; blank where it hit none.
    """
    ordered = trials.sort_values([*KEY])
    study = [ordered[name] for name in KEY[:-1]]
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


def _hits(trials: pd.DataFrame, prefix: str, target: float, settings: SearchSettings) -> Bools:
    floor = trials["preservation_ceiling"] - settings.preservation_margin
    found = (
        (trials[f"{prefix}objective"] >= target)
        & (trials[f"{prefix}attribute_accuracy"] >= settings.accuracy_target)
        & (trials[f"{prefix}preservation_accuracy"] >= floor)
        & (trials["state"] == "COMPLETE")
    )
    return found.to_numpy(dtype=bool)
