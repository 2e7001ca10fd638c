"""What a trial costs, and what search and training cost together, per searched variant, in judged seconds.

A search that had no hit is open: only a lower limit of its seconds is known.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis import level_times, models, search_arms, statistics
from bench.analysis.statistics import Interval
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
    rows = [_trial(arm) for arm in search_arms.arms(search, speed, settings)]
    return pd.DataFrame(rows, columns=list(TRIAL_COLUMNS))


def end_to_end(search: pd.DataFrame, speed: pd.DataFrame, curves: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of end_to_end.csv: expected seconds of the random search to a hit, plus those of one final training."""
    rows: list[dict[str, Any]] = []
    for arm in search_arms.arms(search, speed, settings):
        lines, clock = level_times.quality_lines(curves, arm.model_id)
        if arm.sampler != search_arms.POOL or not lines:
            continue
        training = float(np.mean([line[clock].iloc[-1] for line in lines]))
        for target in settings.search.targets:
            hit = arm.hits(target)
            searching = statistics.expected_seconds(hit, arm.seconds(target))
            if not hit.any():
                searching = Interval(math.nan, searching.low, math.inf)
            total = Interval(*(seconds + training for seconds in searching))
            rows.append(
                {
                    **models.columns(arm.model_id), "target": target, "trials": len(hit), "hits": int(hit.sum()),
                    **searching.named("search_seconds", "search_ci"), "training_seconds": training,
                    **total.named("total_seconds", "total_ci"),
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(TOTAL_COLUMNS))


def _trial(arm: search_arms.Arm) -> dict[str, Any]:
    never = math.inf  # a level that no trial reaches: nothing is confirmed
    training, unconfirmed = arm.seconds(never, evaluation=False).mean(), arm.seconds(never).mean()
    total = arm.seconds(min(arm.settings.search.targets)).mean()
    return {
        **models.columns(arm.model_id), "sampler": arm.sampler, "trials": len(arm.rows),
        "steps": arm.rows["steps"].mean(), "seconds_per_step": search_arms.seconds_per_step(arm),
        "training_seconds": training, "evaluation_seconds": unconfirmed - training,
        "confirmation_seconds": total - unconfirmed, "total_seconds": total, "clock": arm.clock,
    }  # fmt: skip
