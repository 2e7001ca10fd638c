"""What analysis reads from trials: hits, and what the others missed; the ranges they were drawn from, and sub-boxes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench import registry
from bench.method import LossWeight
from bench.search.spaces import box, decades, middle, ranges
from bench.search.trial_table import conditions, reaches
from bench.settings import SearchSettings

Bools = NDArray[np.bool_]
SLACK = 1 + 1e-9


def outcomes(trials: pd.DataFrame, settings: SearchSettings) -> pd.DataFrame:
    """The rows with what each trial hit and missed.

    `target`: the highest of the settings' targets that it hit; blank where it hit none. `missed`: the conditions of a
    hit at the lowest target that it missed, joined by " and "; blank for a hit.
    """
    target = np.full(len(trials), np.nan)
    for level in sorted(settings.targets):
        target[hits(trials, level, settings)] = level
    lowest = min(settings.targets)
    ended = (trials["state"] == "COMPLETE").to_numpy(dtype=bool)
    flags = {name: ended & ~met for name, met in conditions(trials, lowest, settings).items()}
    flags["confirmation"] = apparent_hits(trials, lowest, settings) & ~hits(trials, lowest, settings)
    flags["completion"] = ~ended
    missed = [" and ".join(name for name in flags if flags[name][row]) for row in range(len(trials))]
    return trials.assign(target=target, missed=missed)


def apparent_hits(trials: pd.DataFrame, target: float, settings: SearchSettings) -> Bools:
    """Which trials (N,) reach `target` on their own seed; failed ones do not."""
    return reaches(trials, target, settings) & (trials["state"] == "COMPLETE").to_numpy()


def hits(trials: pd.DataFrame, target: float, settings: SearchSettings) -> Bools:
    """Which trials (N,) hit: on their own seed, and, where they were repeated, in the median over all their seeds."""
    apparent = apparent_hits(trials, target, settings)
    repeated = trials["confirmations"].fillna(0).to_numpy(dtype=float) > 0
    return apparent & (~repeated | reaches(trials, target, settings, "confirmed_"))


def sub_boxes(
    searched: Sequence[LossWeight], width: float, shift: float = 0.0, published: bool = False
) -> tuple[LossWeight, ...]:
    """Each axis narrowed to at most `width` decades about the centre of its range, moved by `shift` decades.

    `published`: about its default instead, which is the second centre that every pool is judged at.
    """
    centres = [weight.default if published else middle(weight) for weight in searched]
    return tuple(
        box(weight, centre * 10**shift, min(width, decades(weight)))
        for weight, centre in zip(searched, centres, strict=True)
    )


def holds(searched: Sequence[LossWeight], inner: Sequence[LossWeight]) -> bool:
    """Whether the box `inner` lies within the ranges `searched`, axis by axis."""
    return all(
        part.low >= axis.low / SLACK and part.high <= axis.high * SLACK
        for axis, part in zip(searched, inner, strict=True)
    )


def inside(trials: pd.DataFrame, searched: Sequence[LossWeight]) -> Bools:
    """Which trials (N,) lie in the box; an i.i.d. pool cut to a sub-box is an i.i.d. pool of the sub-box."""
    within = [trials[axis.name].between(axis.low / SLACK, axis.high * SLACK).to_numpy(dtype=bool) for axis in searched]
    return np.logical_and.reduce(within) if within else np.ones(len(trials), dtype=bool)


def drawn_from(model_id: str, trials: pd.DataFrame, settings: SearchSettings) -> tuple[LossWeight, ...]:
    """The ranges that trials of one variant were drawn from; where no trial tells, those about the defaults."""
    boxes = trials["box"].dropna()
    if boxes.empty:
        return ranges(model_id, settings)
    _, variant = registry.find(model_id)
    defaults = {weight.name: weight.default for weight in variant.searched} | dict(variant.fixed)
    axes = (axis.partition("=") for axis in str(boxes.iloc[0]).split())
    limits = {name: tuple(map(float, span.split(":"))) for name, _, span in axes}
    return tuple(LossWeight(name, defaults[name], low, high) for name, (low, high) in limits.items())
