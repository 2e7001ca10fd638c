"""What analysis reads from trials: hits, apparent hits, and what the others missed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.search.trial_table import conditions, reaches
from bench.settings import SearchSettings

Bools = NDArray[np.bool_]


def outcomes(trials: pd.DataFrame, settings: SearchSettings) -> pd.DataFrame:
    """The rows with what each trial hit and missed.

    `target`: the highest of the settings' targets that it hit; blank where it hit none. `missed`: the conditions of a
    hit at the lowest target that it missed, joined by " and "; blank for a hit.
    """
    target = np.full(len(trials), np.nan)
    for level in sorted(settings.targets):
        target[hits(trials, level, settings)] = level
    return trials.assign(target=target, missed=_missed(trials, settings))


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
    return [" and ".join(name for name in flags if flags[name][row]) for row in range(len(trials))]
