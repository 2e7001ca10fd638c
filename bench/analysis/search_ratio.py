"""The headline of the search: the ratio of search seconds, by range width and shift.

Narrower and shifted ranges are sub-boxes of the one pool; a ratio is the geometric mean over judged targets.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench.analysis import range_boxes, search_arms, statistics
from bench.analysis.search_arms import FEWEST_HITS, POOL, Arm
from bench.analysis.statistics import UNKNOWN, Interval
from bench.method_info import LossWeight

if TYPE_CHECKING:
    from bench.settings import Settings

BALANCED, PUBLISHED = "balanced", "published"
Box = tuple[LossWeight, ...]
COLUMNS = (
    "comparison", "baseline", "challenger", "centre", "width_decades", "range_shift", "targets", "trials_baseline",
    "trials_challenger", "seconds_ratio", "ci_low", "ci_high", "seconds_ratio_without_evaluation",
    "without_evaluation_ci_low", "without_evaluation_ci_high", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class Headline:
    """A ratio of search seconds with and without evaluation, the judged targets, and why it is not known ('')."""

    ratio: Interval
    without_evaluation: Interval
    targets: Sequence[float]
    reason: str = ""


def headline(baseline: Arm, challenger: Arm, targets: Sequence[float], level: float = 0.95) -> Headline:
    """Search seconds of pool `baseline` over pool `challenger`, geometric mean over the targets that are judged."""
    arms = (baseline, challenger)
    judged = [target for target in targets if sum(arm.hits(target).sum() for arm in arms) >= FEWEST_HITS]
    if not judged:
        return Headline(UNKNOWN, UNKNOWN, (), f"no target has {FEWEST_HITS} hits in all")
    hits = [np.stack([arm.hits(target) for target in judged], axis=1) for arm in arms]

    def ratio(evaluation: bool) -> Interval:
        costs = [np.stack([arm.seconds(target, evaluation) for target in judged], axis=1) for arm in arms]
        return statistics.seconds_ratio(hits[0], costs[0], hits[1], costs[1], level)

    found = ratio(True)
    missing = "one arm has no hit at a judged target" if math.isnan(found.estimate) else ""
    return Headline(found, ratio(False), judged, missing)


def table(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of search_ratio.csv: every comparison of two pools at every centre, width and shift that the pools hold.

    `range_shift` is in decades from the `centre`. A width about the published weights that leaves a pool has a row
    without numbers, which says so.
    """
    rows: list[dict[str, Any]] = []
    for comparison, arms in _pairs(search, speed, settings):
        head = {"comparison": comparison, "baseline": arms[0].model_id, "challenger": arms[1].model_id}
        for place, boxes in _places(arms, settings):
            outside = [arm for arm, box in zip(arms, boxes, strict=True) if not range_boxes.holds(arm.searched, box)]
            if outside:
                reason = f"a range about the published weights leaves the pool of {outside[0].model_id}"
                rows.append(head | place | {"targets": 0, "reason": reason})
            else:
                cut = [arm.within(box) for arm, box in zip(arms, boxes, strict=True)]
                rows.append(head | place | _measured(cut, settings))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def shifts(arms: Sequence[Arm], width: float, settings: Settings) -> list[float]:
    """The judged shifts at which a box of that width still lies in the pools of both arms."""
    room = (min(search_arms.widths(arms, settings)[-1:]) - width) / 2
    return sorted(shift for shift in settings.search.judged_shifts_decades if abs(shift) <= room + 1e-9)


def _places(arms: Sequence[Arm], settings: Settings) -> Iterator[tuple[dict[str, Any], list[Box]]]:
    """Centre, width and shift of every range that is judged, and each arm's box there.

    About the published weights too where the pools are centred elsewhere: every judged width, and its shifts that fit.
    """
    widths = search_arms.widths(arms, settings)
    balanced = settings.search.centre == BALANCED
    for width in widths:
        for shift in shifts(arms, width, settings):
            place = {"centre": BALANCED if balanced else PUBLISHED, "width_decades": width, "range_shift": shift}
            yield place, [range_boxes.sub_boxes(arm.searched, width, shift) for arm in arms]
    for width in widths if balanced else ():
        for shift in sorted({0.0, *settings.search.judged_shifts_decades}):
            boxes = [range_boxes.sub_boxes(arm.searched, width, shift, published=True) for arm in arms]
            fits = all(range_boxes.holds(arm.searched, box) for arm, box in zip(arms, boxes, strict=True))
            if fits or shift == 0:
                yield {"centre": PUBLISHED, "width_decades": width, "range_shift": shift}, boxes


def _measured(arms: Sequence[Arm], settings: Settings) -> dict[str, Any]:
    found = headline(arms[0], arms[1], settings.search.targets)
    return {
        "targets": len(found.targets), "trials_baseline": len(arms[0].rows), "trials_challenger": len(arms[1].rows),
        "seconds_ratio": found.ratio.estimate, "ci_low": found.ratio.low, "ci_high": found.ratio.high,
        "seconds_ratio_without_evaluation": found.without_evaluation.estimate,
        "without_evaluation_ci_low": found.without_evaluation.low,
        "without_evaluation_ci_high": found.without_evaluation.high, "reason": found.reason,
    }  # fmt: skip


def _pairs(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> Iterator[tuple[str, list[Arm]]]:
    for comparison, models in search_arms.comparisons(search, settings):
        arms = [search_arms.arm(model, POOL, search, speed, settings) for model in models]
        if len(arms) > 1 and all(len(arm.rows) for arm in arms):
            yield comparison, arms
