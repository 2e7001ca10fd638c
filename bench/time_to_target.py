"""How long a search takes to reach each target: one row an arm, sampler, range width and target (DESIGN section 5).

Pools (`random`): all trials are i.i.d., so N trials with K hits give expected trials (N+1)/(K+1), and every narrower
range is a sub-box of the pool. Studies (any other sampler): time to the first hit of each study, those without a hit
censored. Seconds are judged seconds: steps x uncontended seconds a step + evaluation seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench import registry, spaces, statistics, trials
from bench.method import LossWeight
from bench.power import detectable_ratio
from bench.schedule import steps_of
from bench.statistics import UNKNOWN, Interval
from bench.step_costs import EVALUATION, part_seconds
from bench.training_costs import StepCost, step_cost

if TYPE_CHECKING:
    from bench.settings import Settings

POOL = "random"
FEWEST_HITS = 8  # a level with fewer hits in all is shown, not judged
COLUMNS = (
    "comparison", "method", "variant", "sampler", "width_decades", "target", "trials", "hits", "expected_trials",
    "ci_low", "ci_high", "expected_seconds", "seconds_ci_low", "seconds_ci_high", "seconds_without_evaluation",
    "steps_a_trial", "seconds_a_step", "seconds_an_evaluation", "clock", "judged", "rate_ratio", "rate_ratio_ci_low",
    "rate_ratio_ci_high", "seconds_ratio", "seconds_ratio_ci_low", "seconds_ratio_ci_high",
    "seconds_ratio_without_evaluation", "logrank_p", "detectable_ratio", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Arm:
    """The trials of one variant and sampler, with what each cost.

    `training` and `evaluation_seconds` are the measured costs of steps and of an evaluation, NaN where they were not
    measured: then `seconds` take the logged ones, and `clock` says so.
    """

    model_id: str
    rows: pd.DataFrame
    settings: Settings
    training: StepCost
    evaluation_seconds: float

    @property
    def step_seconds(self) -> float:
        """The measured cost of a step, over a whole trial; NaN where it was not measured."""
        return self.training.mean(self.steps_a_trial)

    @property
    def steps_a_trial(self) -> int:
        """Steps of a trial that runs to its end."""
        return steps_of(1000 * self.settings.search.budget_kimg, self.settings.training.batch_size)

    @property
    def clock(self) -> str:
        """How the seconds were timed: `measured`, `logged`, or which of steps and evaluation was which."""
        steps, evaluation = (
            "logged" if math.isnan(cost) else "measured" for cost in (self.step_seconds, self.evaluation_seconds)
        )
        return steps if steps == evaluation else f"{steps} steps, {evaluation} evaluation"

    @property
    def searched(self) -> tuple[LossWeight, ...]:
        """The searched weights with the ranges that the trials were drawn from."""
        return spaces.of_trials(self.model_id, self.rows, self.settings.search)

    def cut(self, width: float, shift: float = 0.0) -> Arm:
        """The arm within the sub-box of `width` decades an axis, its centre moved by `shift` decades."""
        return self.within(spaces.sub_boxes(self.searched, width, shift))

    def within(self, box: Sequence[LossWeight]) -> Arm:
        """The arm's trials that lie in a box."""
        return replace(self, rows=self.rows[spaces.inside(self.rows, box)])

    def hits(self, target: float) -> trials.Bools:
        """Which trials hit, confirmed where they were repeated."""
        return trials.hits(self.rows, target, self.settings.search)

    def seconds(self, target: float, evaluation: bool = True) -> NDArray[np.float64]:
        """Judged seconds of each trial (N,), with the repeats that confirm an apparent hit at `target`."""
        own = self._cost("", "evaluations", evaluation)
        repeats = self._cost("confirm_", "confirmations", evaluation)
        return own + np.where(trials.apparent_hits(self.rows, target, self.settings.search), repeats, 0.0)

    def _cost(self, prefix: str, evaluations: str, evaluation: bool) -> NDArray[np.float64]:
        steps = self.rows[f"{prefix}steps"].fillna(0).to_numpy(dtype=float)
        if math.isnan(self.step_seconds):
            training = self.rows[f"{prefix}train_seconds"].fillna(0).to_numpy(dtype=float)
        else:
            whole, begun = np.divmod(steps, self.steps_a_trial)  # confirmations are several trainings
            training = self.training.of(begun, self.steps_a_trial)
            training += whole * self.steps_a_trial * self.step_seconds
        evaluated = self.rows[evaluations].fillna(0).to_numpy(dtype=float)
        typical = seconds_an_evaluation(self) if evaluation and evaluated.any() else 0.0
        cost: NDArray[np.float64] = training + evaluated * typical
        return cost


def table(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of time_to_target.csv; of each comparison the baseline's first."""
    rows: list[dict[str, Any]] = []
    for comparison, models in comparisons(search, settings):
        for sampler in searching(search):
            arms = [arm(model, sampler, search, speed, settings) for model in models]
            for width in widths(arms, settings) if sampler == POOL else [_pool_width(arms)]:
                cut = [one.cut(width) for one in arms] if sampler == POOL else arms
                for target in settings.search.targets:
                    head = {"comparison": comparison, "sampler": sampler, "width_decades": width, "target": target}
                    made = _pool_rows(cut, target) if sampler == POOL else _study_rows(cut, target)
                    rows += [head | row for row in made]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def comparisons(search: pd.DataFrame, settings: Settings) -> Iterator[tuple[str, list[str]]]:
    """Name and arms of each comparison: the configured pairs that were both searched, then every arm left, alone."""
    searched = list(dict.fromkeys(search["method"] + "." + search["variant"]))
    paired: set[str] = set()
    for pair in (settings.compare, *settings.search.comparisons):
        models = [pair.baseline, pair.challenger]
        if set(models) <= set(searched):
            paired |= set(models)
            yield "/".join(models), models
    for model in searched:
        if model not in paired:
            yield model, [model]


def searching(search: pd.DataFrame) -> list[str]:
    """The samplers that search, the pool first; `default` only trains at the default weights."""
    found: set[str] = set(search["sampler"]) - {"default"}
    return sorted(found, key=lambda sampler: (sampler != POOL, sampler))


def arm(model_id: str, sampler: str, search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> Arm:
    """The arm of a variant and sampler, costed by `speed` at the searched size and batch."""
    info, variant = registry.find(model_id)
    rows = search[
        (search["method"] == info.name) & (search["variant"] == variant.slug) & (search["sampler"] == sampler)
    ].sort_values(["study", "trial"])
    evaluation = part_seconds(speed, model_id, EVALUATION, settings)
    return Arm(model_id, rows, settings, step_cost(speed, model_id, settings), evaluation)


def seconds_a_step(one: Arm) -> float:
    """The measured cost of a step, else the logged one."""
    if not math.isnan(one.step_seconds):
        return one.step_seconds
    return float(one.rows["train_seconds"].sum() / max(1.0, one.rows["steps"].sum()))


def seconds_an_evaluation(one: Arm) -> float:
    """The measured cost of an evaluation, else the median over trials of the logged ones'; NaN without either."""
    if not math.isnan(one.evaluation_seconds):
        return one.evaluation_seconds
    return float((one.rows["eval_seconds"] / one.rows["evaluations"]).median())


def widths(arms: Sequence[Arm], settings: Settings) -> list[float]:
    """The judged range widths up to the pool's own, and that."""
    widest = _pool_width(arms)
    return sorted({width for width in settings.search.judged_widths_decades if width < widest} | {widest})


def first_hits(one: Arm, target: float) -> pd.DataFrame:
    """One row a study: trials and seconds until its first hit, or all of them where it is `censored`."""
    hit, seconds = one.hits(target), one.seconds(target)
    found = []
    for study, place in one.rows.groupby("study").indices.items():
        first = int(hit[place].argmax()) if hit[place].any() else len(place) - 1
        found.append((study, first + 1, seconds[place][: first + 1].sum(), not hit[place].any()))
    return pd.DataFrame(found, columns=["study", "trials", "seconds", "censored"])


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
            ratios = [_ratio(hits[0], cost_0, hit, cost_1) for cost_0, cost_1 in zip(base, (cost, pure), strict=True)]
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
        "steps_a_trial": one.rows["steps"].mean() if count else math.nan,
        "seconds_a_step": seconds_a_step(one),
        "seconds_an_evaluation": seconds_an_evaluation(one),
        "clock": one.clock,
        "judged": bool(arms > 1 and hits_in_all >= FEWEST_HITS),
    }


def _named(estimate: str, bounds: str, interval: Interval) -> dict[str, float]:
    return {estimate: interval.estimate, f"{bounds}_low": interval.low, f"{bounds}_high": interval.high}


def _ratio(
    hit_1: trials.Bools, cost_1: NDArray[np.float64], hit_2: trials.Bools, cost_2: NDArray[np.float64]
) -> Interval:
    return statistics.seconds_ratio(hit_1[:, None], cost_1[:, None], hit_2[:, None], cost_2[:, None])


def _pool_width(arms: Sequence[Arm]) -> float:
    return min(spaces.width_decades(one.searched) for one in arms)
