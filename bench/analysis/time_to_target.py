"""How long a search takes to reach each target: one row an arm, sampler, range width and target (docs/design.md).

Pools (`random`): all trials are i.i.d., so N trials with K hits give expected trials (N+1)/(K+1), and every narrower
range is a sub-box of the pool. Studies (any other sampler): time to the first hit of each study, those without a hit
censored. Seconds are judged seconds: steps x uncontended seconds a step + evaluation seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench.analysis import statistics
from bench.analysis.contract import CONTRACT
from bench.analysis.power import detectable_ratio
from bench.analysis.search_arms import (
    FEWEST_HITS,
    POOL,
    Arm,
    arm,
    comparisons,
    first_hits,
    pool_width,
    searching,
    seconds_per_evaluation,
    seconds_per_step,
    widths,
)
from bench.analysis.statistics import UNKNOWN, Interval

if TYPE_CHECKING:
    from bench.settings import Settings

COLUMNS = CONTRACT["time_to_target"]


def table(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of time_to_target.csv; of each comparison the baseline's first."""
    rows: list[dict[str, Any]] = []
    for comparison, models in comparisons(search, settings):
        for sampler in searching(search):
            arms = [arm(model, sampler, search, speed, settings) for model in models]
            for width in widths(arms, settings) if sampler == POOL else [pool_width(arms)]:
                cut = [one.cut(width) for one in arms] if sampler == POOL else arms
                for target in settings.search.targets:
                    head = {"comparison": comparison, "sampler": sampler, "width_decades": width, "target": target}
                    made = _pool_rows(cut, target) if sampler == POOL else _study_rows(cut, target)
                    rows += [head | row for row in made]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _pool_rows(arms: Sequence[Arm], target: float) -> Iterator[dict[str, Any]]:
    hits = [one.hits(target) for one in arms]
    for one, hit in zip(arms, hits, strict=True):
        count, cost = int(hit.sum()), one.seconds(target)
        pure = one.seconds(target, evaluation=False)
        row = _row(one, len(hit), count, statistics.expected_trials(count, len(hit)), len(arms), sum(map(np.sum, hits)))
        row |= _named("expected_seconds", "seconds_ci", statistics.expected_seconds(hit, cost))
        row["seconds_without_evaluation"] = statistics.expected_seconds(hit, pure).estimate
        row["note"] = "" if count else f"> {len(hit)} trials"
        if one is not arms[0]:
            base_rate = hits[0].sum() / max(1, len(hits[0]))
            row["detectable_ratio"] = detectable_ratio(min(len(hit), len(hits[0])), base_rate)
            rate = statistics.rate_ratio(count, len(hit), int(hits[0].sum()), len(hits[0]))
            row |= _named("rate_ratio", "rate_ratio_ci", rate)
            base = arms[0].seconds(target), arms[0].seconds(target, evaluation=False)
            ratios = [
                statistics.seconds_ratio(hits[0], cost_0, hit, cost_1)
                for cost_0, cost_1 in zip(base, (cost, pure), strict=True)
            ]
            row |= _named("seconds_ratio", "seconds_ratio_ci", ratios[0])
            row["seconds_ratio_without_evaluation"] = ratios[1].estimate
        yield row


def _study_rows(arms: Sequence[Arm], target: float) -> Iterator[dict[str, Any]]:
    times = [first_hits(one, target) for one in arms]
    reached = [int((~time["censored"]).sum()) for time in times]
    for one, time, count in zip(arms, times, reached, strict=True):
        whole = count == len(time) > 0
        expected = statistics.geometric_mean(time["trials"]) if whole else UNKNOWN
        row = _row(one, len(one.rows), count, expected, len(arms), sum(reached))
        seconds = statistics.geometric_mean(time["seconds"]) if whole else UNKNOWN
        row |= _named("expected_seconds", "seconds_ci", seconds)
        row["note"] = f"{count} of {len(time)} studies"
        if one is not arms[0] and len(time) and len(times[0]):
            row["logrank_p"] = statistics.logrank(
                times[0]["seconds"], times[0]["censored"], time["seconds"], time["censored"]
            )
            if whole and not times[0]["censored"].any():
                row |= _named(
                    "seconds_ratio", "seconds_ratio_ci", statistics.ratio(times[0]["seconds"], time["seconds"])
                )
        yield row


def _row(one: Arm, count: int, hits: int, expected: Interval, arms: int, hits_in_all: int) -> dict[str, Any]:
    method, variant = one.model_id.split(".")
    return {
        "method": method,
        "variant": variant,
        "trials": count,
        "hits": hits,
        "expected_trials": expected.estimate,
        "ci_low": expected.low,
        "ci_high": expected.high,
        "steps_per_trial": one.rows["steps"].mean() if count else math.nan,
        "seconds_per_step": seconds_per_step(one),
        "seconds_per_evaluation": seconds_per_evaluation(one),
        "clock": one.clock,
        "judged": bool(arms > 1 and hits_in_all >= FEWEST_HITS),
    }


def _named(estimate: str, bounds: str, interval: Interval) -> dict[str, float]:
    return {estimate: interval.estimate, f"{bounds}_low": interval.low, f"{bounds}_high": interval.high}
