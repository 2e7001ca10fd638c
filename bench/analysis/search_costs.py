"""What a trial costs, and what search and training cost together, per searched variant.

Seconds are judged seconds: steps x uncontended seconds per step + measured seconds per evaluation, as in
time_to_target.csv. A search that had no hit is open: only a lower limit of its seconds is known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench.analysis import level_times, search_arms, statistics

if TYPE_CHECKING:
    from bench.settings import Settings

TRIAL_COLUMNS = (
    "method", "variant", "sampler", "trials", "steps", "seconds_per_step", "training_seconds", "evaluation_seconds",
    "confirmation_seconds", "total_seconds", "clock",
)  # fmt: skip
TOTAL_COLUMNS = (
    "method", "variant", "target", "trials", "hits", "search_seconds", "search_ci_low", "search_ci_high",
    "training_seconds", "total_seconds", "total_ci_low", "total_ci_high",
)  # fmt: skip


def trials(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of trial_costs.csv: mean seconds per trial of each variant and sampler.

    `confirmation_seconds` are those of the repeats on fresh seeds, at the lowest target, spread over all trials.
    """
    rows = [_trial(arm, sampler) for arm, sampler in _arms(search, speed, settings)]
    return pd.DataFrame(rows, columns=list(TRIAL_COLUMNS))


def end_to_end(search: pd.DataFrame, speed: pd.DataFrame, curves: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of end_to_end.csv: expected seconds of the random search to a hit, plus those of one final training."""
    rows: list[dict[str, Any]] = []
    for arm, sampler in _arms(search, speed, settings):
        lines, clock = level_times.quality_lines(curves, arm.model_id)
        if sampler != search_arms.POOL or not lines:
            continue
        training = float(np.mean([line[clock].iloc[-1] for line in lines]))
        for target in settings.search.targets:
            hit = arm.hits(target)
            found = statistics.expected_seconds(hit, arm.seconds(target))
            known = found.estimate if hit.any() else math.nan
            high = found.high if hit.any() else math.inf
            rows.append(
                _names(arm)
                | {
                    "target": target, "trials": len(hit), "hits": int(hit.sum()), "search_seconds": known,
                    "search_ci_low": found.low, "search_ci_high": high, "training_seconds": training,
                    "total_seconds": known + training, "total_ci_low": found.low + training,
                    "total_ci_high": high + training,
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(TOTAL_COLUMNS))


def _arms(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> Iterator[tuple[search_arms.Arm, str]]:
    for model in dict.fromkeys(search["method"] + "." + search["variant"]):
        for sampler in search_arms.searching(search):
            arm = search_arms.arm(model, sampler, search, speed, settings)
            if len(arm.rows):
                yield arm, sampler


def _trial(arm: search_arms.Arm, sampler: str) -> dict[str, Any]:
    never = math.inf  # a level that no trial reaches: nothing is confirmed
    training, whole = arm.seconds(never, evaluation=False).mean(), arm.seconds(never).mean()
    total = arm.seconds(min(arm.settings.search.targets)).mean()
    return _names(arm) | {
        "sampler": sampler, "trials": len(arm.rows), "steps": arm.rows["steps"].mean(),
        "seconds_per_step": search_arms.seconds_per_step(arm), "training_seconds": training,
        "evaluation_seconds": whole - training, "confirmation_seconds": total - whole, "total_seconds": total,
        "clock": arm.clock,
    }  # fmt: skip


def _names(arm: search_arms.Arm) -> dict[str, Any]:
    method, variant = arm.model_id.split(".")
    return {"method": method, "variant": variant}
