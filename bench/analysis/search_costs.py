"""What a trial costs, what search and training cost together, and what a search has reached when, in judged seconds.

A search that had no hit is open: only a lower limit of its seconds is known.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis import level_times, models, search_arms, statistics
from bench.analysis.search_arms import POOL, Arm
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
ECDF_COLUMNS = (
    "method", "variant", "sampler", "kind", "studies", "trials", "targets", "seconds", "share", "ci_low", "ci_high",
    "study", "target_hit",
)  # fmt: skip
FEWEST_STUDIES = 5  # below, no band: the studies themselves are the evidence


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
        if arm.sampler != POOL or not lines:
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


def _trial(arm: Arm) -> dict[str, Any]:
    never = math.inf  # a level that no trial reaches: nothing is confirmed
    training, unconfirmed = arm.seconds(never, evaluation=False).mean(), arm.seconds(never).mean()
    total = arm.seconds(min(arm.settings.search.targets)).mean()
    return {
        **models.columns(arm.model_id), "sampler": arm.sampler, "trials": len(arm.rows),
        "steps": arm.rows["steps"].mean(), "seconds_per_step": search_arms.seconds_per_step(arm),
        "training_seconds": training, "evaluation_seconds": unconfirmed - training,
        "confirmation_seconds": total - unconfirmed, "total_seconds": total, "clock": arm.clock,
    }  # fmt: skip


def ecdf(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of search_ecdf.csv: share of (study, target) pairs reached against search seconds (COCO's ECDF).

    Random search: k of its independent trials reach a target of hit rate p with probability 1 - (1 - p)^k; the line
    takes the observed rates, the band the Clopper-Pearson limits of each, averaged over targets. Other samplers: the
    mean over targets of the Kaplan-Meier share of studies and of its limits, from five studies on. `kind`: `share` rows
    make the line; `trial` rows are the trials in the order they were run, at their end, with the highest target hit.
    """
    rows: list[dict[str, Any]] = []
    for arm in search_arms.arms(search, speed, settings):
        head = {
            **models.columns(arm.model_id), "sampler": arm.sampler, "studies": arm.rows["study"].nunique(),
            "trials": len(arm.rows), "targets": len(settings.search.targets),
        }  # fmt: skip
        line = _pool_line(arm) if arm.sampler == POOL else _study_line(arm)
        rows += [head | row for row in (*line, *_trial_points(arm))]
    return pd.DataFrame(rows, columns=list(ECDF_COLUMNS))


def _pool_line(arm: Arm) -> Iterator[dict[str, Any]]:
    targets = arm.settings.search.targets
    hits = [int(arm.hits(target).sum()) for target in targets]
    rates = np.array([statistics.hit_rate(count, len(arm.rows)) for count in hits])  # (targets, 3)
    seconds = arm.seconds(min(targets)).mean()
    for count in range(len(arm.rows) + 1):
        share = Interval(*(1 - (1 - rates) ** count).mean(axis=0).tolist())
        yield {"kind": "share", "seconds": count * seconds} | share.named("share")


def _study_line(arm: Arm) -> Iterator[dict[str, Any]]:
    times = [search_arms.first_hits(arm, target) for target in arm.settings.search.targets]
    curves = [statistics.reached(time["seconds"], time["censored"]) for time in times]
    end = max(row["seconds"] for row in _trial_points(arm))
    for moment in sorted({0.0, end, *(second for curve in curves for second in curve["time"])}):
        share = np.array([_at(curve, moment, len(times[0])) for curve in curves]).mean(axis=0)
        if len(times[0]) < FEWEST_STUDIES:
            share[1:] = np.nan
        yield {"kind": "share", "seconds": moment} | Interval(*share).named("share")


def _at(curve: pd.DataFrame, moment: float, studies: int) -> Interval:
    """Share of studies at a target by `moment` with its limits: Clopper-Pearson's where none or all have reached it."""
    last = curve[curve["time"] <= moment].tail(1)
    share = float(last["share"].iloc[0]) if len(last) else 0.0
    if 0 < share < 1:
        return Interval(share, float(last["ci_low"].iloc[0]), float(last["ci_high"].iloc[0]))
    exact = statistics.hit_rate(round(share * studies), studies)
    return Interval(share, exact.low, exact.high)


def _trial_points(arm: Arm) -> Iterator[dict[str, Any]]:
    targets = arm.settings.search.targets
    seconds = arm.rows[["study"]].assign(seconds=arm.seconds(min(targets))).groupby("study")["seconds"].cumsum()
    best = np.full(len(arm.rows), np.nan)
    for target in sorted(targets):
        best[arm.hits(target)] = target
    for study, moment, hit in zip(arm.rows["study"], seconds, best, strict=True):
        yield {"kind": "trial", "study": study, "seconds": moment, "target_hit": hit}
