"""How long a search takes to reach each target: one row per arm, sampler, range width and target (docs/design.md).

Pools (`random`) are i.i.d. trials, and every narrower range is a sub-box of theirs. Studies (any other sampler): time
to the first hit of each, those without a hit censored. Seconds are judged seconds.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis import models, search_arms, statistics
from bench.analysis.contract import CONTRACT
from bench.analysis.power import detectable_ratio
from bench.analysis.search_arms import FEWEST_HITS, POOL, Arm
from bench.analysis.search_ratio import seconds_ratio
from bench.analysis.statistics import UNKNOWN, Interval
from bench.settings import Settings

COLUMNS = CONTRACT["time_to_target"]


def table(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of time_to_target.csv; of each comparison the baseline's first."""
    rows: list[dict[str, Any]] = []
    for comparison, sampler, arms in search_arms.comparisons(search, speed, settings):
        pool = sampler == POOL
        for width in search_arms.widths(arms, settings) if pool else [search_arms.pool_width(arms)]:
            cut = [arm.cut(width) for arm in arms] if pool else arms
            for target in settings.search.targets:
                head = {"comparison": comparison, "sampler": sampler, "width_decades": width, "target": target}
                of_target = _pool_rows(cut, target) if pool else _study_rows(cut, target)
                rows += [head | row for row in of_target]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _pool_rows(arms: Sequence[Arm], target: float) -> Iterator[dict[str, Any]]:
    hits = [arm.hits(target) for arm in arms]
    counts = [(int(hit.sum()), len(hit)) for hit in hits]
    for arm, hit, (count, trials) in zip(arms, hits, counts, strict=True):
        seconds = statistics.expected_seconds(hit, arm.seconds(target))
        pure = statistics.expected_seconds(hit, arm.seconds(target, evaluation=False))
        row = _row(arm, trials, count, statistics.expected_trials(count, trials), len(arms), sum(map(np.sum, hits)))
        row |= seconds.named("expected_seconds", "seconds_ci")
        row |= {"seconds_without_evaluation": pure.estimate, "note": "" if count else f"> {trials} trials"}
        if arm is not arms[0]:
            pair = (arms[0], arm)
            row["detectable_ratio"] = detectable_ratio(min(trials, counts[0][1]), counts[0][0] / max(1, counts[0][1]))
            row |= statistics.rate_ratio(count, trials, *counts[0]).named("rate_ratio", "rate_ratio_ci")
            row |= seconds_ratio(pair, target).named("seconds_ratio", "seconds_ratio_ci")
            row["seconds_ratio_without_evaluation"] = seconds_ratio(pair, target, evaluation=False).estimate
        yield row


def _study_rows(arms: Sequence[Arm], target: float) -> Iterator[dict[str, Any]]:
    times = [search_arms.first_hits(arm, target) for arm in arms]
    reached = [int((~time["censored"]).sum()) for time in times]
    for arm, time, count in zip(arms, times, reached, strict=True):
        all_reached = count == len(time) > 0
        expected = statistics.geometric_mean(time["trials"]) if all_reached else UNKNOWN
        seconds = statistics.geometric_mean(time["seconds"]) if all_reached else UNKNOWN
        row = _row(arm, len(arm.rows), count, expected, len(arms), sum(reached))
        row |= seconds.named("expected_seconds", "seconds_ci") | {"note": f"{count} of {len(time)} studies"}
        base = times[0]
        if arm is not arms[0] and len(time) and len(base):
            row["logrank_p"] = statistics.logrank(base["seconds"], base["censored"], time["seconds"], time["censored"])
            if all_reached and not base["censored"].any():
                ratio = statistics.ratio(base["seconds"], time["seconds"])
                row |= ratio.named("seconds_ratio", "seconds_ratio_ci")
        yield row


def _row(arm: Arm, trials: int, hits: int, expected: Interval, arms: int, hits_in_all: int) -> dict[str, Any]:
    return {
        **models.columns(arm.model_id), "trials": trials, "hits": hits, **expected.named("expected_trials"),
        "steps_per_trial": arm.rows["steps"].mean() if trials else math.nan,
        "seconds_per_step": search_arms.seconds_per_step(arm),
        "seconds_per_evaluation": search_arms.seconds_per_evaluation(arm),
        "clock": arm.clock, "judged": bool(arms > 1 and hits_in_all >= FEWEST_HITS),
    }  # fmt: skip
