"""The headline of the search: the ratio of search seconds, by range width and shift.

Narrower and shifted ranges are sub-boxes of the one pool; a ratio is taken at the one level that the settings name
before the run (search.judged_target): its interval is that of the ratio of hit rates, times the other factors.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from bench.analysis import search_arms, statistics, trials
from bench.analysis.search_arms import FEWEST_HITS, POOL, Arm
from bench.analysis.statistics import Interval
from bench.method import LossWeight
from bench.settings import Settings

BALANCED, PUBLISHED = "balanced", "published"
BASE_RATES, BEST_RATE = (0.05, 0.5), 0.2
Box = tuple[LossWeight, ...]
COLUMNS = (
    "comparison", "baseline", "challenger", "centre", "width_decades", "range_shift", "target", "trials_baseline",
    "trials_challenger", "hits_baseline", "hits_challenger", "seconds_ratio", "ci_low", "ci_high",
    "seconds_ratio_without_evaluation", "reason",
)  # fmt: skip


def seconds_ratio(arms: Sequence[Arm], target: float, level: float = 0.95, evaluation: bool = True) -> Interval:
    """Search seconds of the first pool over those of the second at a target; unknown where neither ever hit it."""
    baseline, challenger = ((arm.hits(target), arm.seconds(target, evaluation)) for arm in arms)
    return statistics.seconds_ratio(*baseline, *challenger, level)


def too_few_hits(arms: Sequence[Arm], target: float) -> str:
    """Why a target must not be judged: too few of the arms' trials hit it; '' where enough did."""
    count = sum(int(arm.hits(target).sum()) for arm in arms)
    if count >= FEWEST_HITS:
        return ""
    return f"{count} of the {sum(len(arm.rows) for arm in arms)} trials hit level {target:g}, fewer than {FEWEST_HITS}"


def in_words(arms: Sequence[Arm], target: float) -> str:
    """What the ratio at a target is made of: hits of both arms, and the ratio of a trial's mean seconds."""
    hits = " against ".join(f"{int(arm.hits(target).sum())} of {len(arm.rows)}" for arm in arms)
    if any(arm.rows.empty for arm in arms):
        return f"hits at level {target:g}: {hits}"
    baseline, challenger = (float(arm.seconds(target).mean()) for arm in arms)
    return f"hits at level {target:g}: {hits}; seconds per trial {baseline / challenger:.2f} times"


def level_by_rule(arms: Sequence[Arm], targets: Sequence[float]) -> float | None:
    """The level that the rule of docs/measures/c2.md picks from pilots of both sides; None where it wants others.

    Of the levels at which the better side hits with a rate of `BASE_RATES`, that nearest to `BEST_RATE` in ratio; the
    higher one of two.
    """
    rates = {target: max(float(arm.hits(target).mean()) for arm in arms) for target in targets}
    fit = [target for target, rate in rates.items() if BASE_RATES[0] <= rate <= BASE_RATES[1]]
    return min(fit, key=lambda target: (abs(math.log(rates[target] / BEST_RATE)), -target), default=None)


def shrunken_rate(arm: Arm, target: float) -> float:
    """The hit rate that expected trials are the reciprocal of, (K+1)/(N+1): above 0 without a hit too."""
    return (int(arm.hits(target).sum()) + 1) / (len(arm.rows) + 1)


def table(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of search_ratio.csv: every comparison of two pools at every centre, width and shift that the pools hold.

    `range_shift` is in decades from the `centre`. A width about the published weights that leaves a pool has a row
    without numbers, which says so.
    """
    rows: list[dict[str, Any]] = []
    target = settings.search.level
    for comparison, sampler, arms in search_arms.compared(search, speed, settings):
        if sampler != POOL:
            continue
        head = {"comparison": comparison, "baseline": arms[0].model_id, "challenger": arms[1].model_id}
        for place, boxes, outside in _places(arms, settings):
            if outside:
                reason = f"a range about the published weights leaves the pool of {outside[0].model_id}"
                rows.append(head | place | {"target": target, "reason": reason})
            else:
                cut = [arm.within(box) for arm, box in zip(arms, boxes, strict=True)]
                baseline, challenger = cut
                rows.append(head | place | {
                    "target": target, "trials_baseline": len(baseline.rows), "trials_challenger": len(challenger.rows),
                    "hits_baseline": baseline.hits(target).sum(), "hits_challenger": challenger.hits(target).sum(),
                    **seconds_ratio(cut, target).named("seconds_ratio"),
                    "seconds_ratio_without_evaluation": seconds_ratio(cut, target, evaluation=False).estimate,
                    "reason": too_few_hits(cut, target),
                })  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _places(arms: Sequence[Arm], settings: Settings) -> Iterator[tuple[dict[str, Any], list[Box], list[Arm]]]:
    """Centre, width and shift of every range that is judged, each arm's box there, and the arms whose pools it leaves.

    About the published weights too where the pools are centred elsewhere. A range that leaves a pool is judged only if
    it is an unmoved one of these.
    """
    balanced = settings.search.centre == BALANCED
    for centre in (BALANCED, PUBLISHED) if balanced else (PUBLISHED,):
        elsewhere = balanced and centre == PUBLISHED
        for width in search_arms.widths(arms, settings):
            for shift in sorted({0.0, *settings.search.judged_shifts_decades}):
                boxes = [trials.sub_boxes(arm.searched, width, shift, published=elsewhere) for arm in arms]
                sides = zip(arms, boxes, strict=True)
                outside = [arm for arm, box in sides if not trials.holds(arm.searched, box)]
                if not outside or (elsewhere and shift == 0):
                    yield {"centre": centre, "width_decades": width, "range_shift": shift}, boxes, outside
