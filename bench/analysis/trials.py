"""What analysis reads from trials: hits, apparent hits, and the best so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bench.search.trial_table import KEY, STUDY, conditions, reaches
from bench.settings import SearchSettings

if TYPE_CHECKING:
    import pandas as pd

Bools = NDArray[np.bool_]


def progress(trials: pd.DataFrame, settings: SearchSettings) -> pd.DataFrame:
    """The rows with four more columns: what a study had cost and found by each trial's end.

    `elapsed_seconds`: logged seconds of the study so far, with evaluations and confirmations. `best_objective`: its
    best so far. `target`: the highest of the settings' targets that the trial itself hit; blank where it hit none.
    `missed`: the conditions of a hit at the lowest target that it missed, joined by " and "; blank for a hit.
    """
    ordered = trials.sort_values([*KEY])
    study = [ordered[name] for name in STUDY]
    costs = ordered[["train_seconds", "eval_seconds", "confirm_train_seconds", "confirm_eval_seconds"]]
    best = ordered["objective"].groupby(study).cummax().groupby(study).ffill()
    target = np.full(len(ordered), np.nan)
    for level in sorted(settings.targets):
        target[hits(ordered, level, settings)] = level
    return ordered.assign(
        elapsed_seconds=costs.fillna(0).sum(axis=1).groupby(study).cumsum(), best_objective=best, target=target,
        missed=_missed(ordered, settings),
    ).loc[trials.index]  # fmt: skip


def apparent_hits(trials: pd.DataFrame, target: float, settings: SearchSettings) -> Bools:
    """Which trials (N,) reach `target` on their own seed; failed ones do not."""
    return reaches(trials, target, settings) & (trials["state"] == "COMPLETE").to_numpy()


def hits(trials: pd.DataFrame, target: float, settings: SearchSettings) -> Bools:
    """Which trials (N,) hit: on their own seed, and, where they were repeated, in the median over all their seeds."""
    apparent = apparent_hits(trials, target, settings)
    repeated = trials["confirmations"].fillna(0).to_numpy(dtype=float) > 0
    return apparent & (~repeated | reaches(trials, target, settings, "confirmed_"))


def _missed(trials: pd.DataFrame, settings: SearchSettings) -> list[str]:
    """Per trial the failed conditions of a hit at the lowest target, joined by " and "; '' for a hit."""
    target = min(settings.targets)
    ended = (trials["state"] == "COMPLETE").to_numpy(dtype=bool)
    flags = {name: ended & ~met for name, met in conditions(trials, target, settings).items()}
    flags["confirmation"] = apparent_hits(trials, target, settings) & ~hits(trials, target, settings)
    flags["completion"] = ~ended
    return [" and ".join(name for name in flags if flags[name][place]) for place in range(len(trials))]
