"""Share of (study, target) pairs that a search has reached, against search seconds: the ECDF of the COCO platform.

Random search: k of its independent trials reach a target of hit rate p with probability 1 - (1 - p)^k; the line takes
the observed rates, the band the Clopper-Pearson limits of each, averaged over targets. Other samplers: the mean over
targets of the Kaplan-Meier share of studies and of its limits, from five studies on. `kind`: `share` rows make the
line; `trial` rows are the trials in the order they were run, at their end, with the highest target that they hit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis import models, search_arms, statistics
from bench.analysis.statistics import Interval
from bench.settings import Settings

COLUMNS = (
    "method", "variant", "sampler", "kind", "studies", "trials", "targets", "seconds", "share", "ci_low", "ci_high",
    "study", "target_hit",
)  # fmt: skip
FEWEST_STUDIES = 5  # below, no band: the studies themselves are the evidence


def table(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of search_ecdf.csv."""
    rows: list[dict[str, Any]] = []
    for arm in search_arms.arms(search, speed, settings):
        head = {
            **models.columns(arm.model_id), "sampler": arm.sampler, "studies": arm.rows["study"].nunique(),
            "trials": len(arm.rows), "targets": len(settings.search.targets),
        }  # fmt: skip
        line = _pool(arm) if arm.sampler == search_arms.POOL else _studies(arm)
        rows += [head | row for row in (*line, *_trials(arm))]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _pool(arm: search_arms.Arm) -> Iterator[dict[str, Any]]:
    targets = arm.settings.search.targets
    hits = [int(arm.hits(target).sum()) for target in targets]
    rates = np.array([statistics.hit_rate(count, len(arm.rows)) for count in hits])  # (targets, 3)
    seconds = arm.seconds(min(targets)).mean()
    for count in range(len(arm.rows) + 1):
        share = Interval(*(1 - (1 - rates) ** count).mean(axis=0).tolist())
        yield {"kind": "share", "seconds": count * seconds} | share.named("share")


def _studies(arm: search_arms.Arm) -> Iterator[dict[str, Any]]:
    times = [search_arms.first_hits(arm, target) for target in arm.settings.search.targets]
    curves = [statistics.reached(time["seconds"], time["censored"]) for time in times]
    end = max(row["seconds"] for row in _trials(arm))
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


def _trials(arm: search_arms.Arm) -> Iterator[dict[str, Any]]:
    targets = arm.settings.search.targets
    seconds = arm.rows[["study"]].assign(seconds=arm.seconds(min(targets))).groupby("study")["seconds"].cumsum()
    best = np.full(len(arm.rows), np.nan)
    for target in sorted(targets):
        best[arm.hits(target)] = target
    for study, moment, hit in zip(arm.rows["study"], seconds, best, strict=True):
        yield {"kind": "trial", "study": study, "seconds": moment, "target_hit": hit}
