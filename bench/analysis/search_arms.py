"""The searched arms of a comparison: their pools, range widths, costs and first hits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.analysis import models as model_rows
from bench.analysis import trials
from bench.analysis.step_blocks import EVALUATION
from bench.analysis.step_costs import part_cost
from bench.analysis.training_costs import StepCost, step_cost
from bench.method import LossWeight
from bench.search import spaces
from bench.settings import Settings
from bench.training.schedule import steps_of

POOL = "random"
FEWEST_HITS = 8  # a level with fewer hits in all is shown, not judged


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
        return self.training.mean(self.steps_per_trial)

    @property
    def steps_per_trial(self) -> int:
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
        return trials.drawn_from(self.model_id, self.rows, self.settings.search)

    def cut(self, width: float, shift: float = 0.0) -> Arm:
        """The arm within the sub-box of `width` decades per axis, its centre moved by `shift` decades."""
        return self.within(trials.sub_boxes(self.searched, width, shift))

    def within(self, box: Sequence[LossWeight]) -> Arm:
        """The arm's trials that lie in a box."""
        return replace(self, rows=self.rows[trials.inside(self.rows, box)])

    @property
    def sampler(self) -> str:
        """The sampler of the trials; it has one at least."""
        return str(self.rows["sampler"].iloc[0])

    def hits(self, target: float) -> trials.Bools:
        """Which trials hit, confirmed where they were repeated."""
        return trials.hits(self.rows, target, self.settings.search)

    def seconds(self, target: float, evaluation: bool = True) -> NDArray[np.float64]:
        """Judged seconds of each trial (N,), with the repeats that confirm an apparent hit at `target`."""
        repeats = self._cost("confirm_", "confirmations", evaluation)
        return self._cost("", "evaluations", evaluation) + np.where(
            trials.apparent_hits(self.rows, target, self.settings.search), repeats, 0.0
        )

    def _cost(self, prefix: str, evaluations: str, evaluation: bool) -> NDArray[np.float64]:
        steps = self.rows[f"{prefix}steps"].fillna(0).to_numpy(dtype=float)
        if math.isnan(self.step_seconds):
            training = self.rows[f"{prefix}train_seconds"].fillna(0).to_numpy(dtype=float)
        else:
            trainings, begun = np.divmod(steps, self.steps_per_trial)  # confirmations are several trainings
            training = self.training.of(begun, self.steps_per_trial)
            training += trainings * self.steps_per_trial * self.step_seconds
        evaluated = self.rows[evaluations].fillna(0).to_numpy(dtype=float)
        typical = seconds_per_evaluation(self) if evaluation and evaluated.any() else 0.0
        cost: NDArray[np.float64] = training + evaluated * typical
        return cost


def comparisons(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> Iterator[tuple[str, str, list[Arm]]]:
    """Comparison, sampler and arms: of the configured pairs that were both searched, then of every arm left, alone."""
    searched = list(dict.fromkeys(model_rows.ids(search)))
    pairs = [pair for pair in model_rows.pairs(settings) if set(pair) <= set(searched)]
    alone = [(model,) for model in searched if not any(model in pair for pair in pairs)]
    for models in (*pairs, *alone):
        for sampler in searching(search):
            yield "/".join(models), sampler, [arm(model, sampler, search, speed, settings) for model in models]


def searching(search: pd.DataFrame) -> list[str]:
    """The samplers that search, the pool first; `default` only trains at the default weights."""
    return sorted(set(search["sampler"]) - {"default"}, key=lambda sampler: (sampler != POOL, sampler))


def arms(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> Iterator[Arm]:
    """The arm of every searched variant and sampler that has trials."""
    for model in dict.fromkeys(model_rows.ids(search)):
        for sampler in searching(search):
            side = arm(model, sampler, search, speed, settings)
            if len(side.rows):
                yield side


def compared(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> Iterator[tuple[str, str, list[Arm]]]:
    """The `comparisons` of several variants that all have trials of that sampler."""
    for comparison, sampler, sides in comparisons(search, speed, settings):
        if len(sides) > 1 and all(len(side.rows) for side in sides):
            yield comparison, sampler, sides


def arm(model_id: str, sampler: str, search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> Arm:
    """The arm of a variant and sampler, costed by `speed` at the searched size and batch."""
    rows = model_rows.of(search[search["sampler"] == sampler], model_id).sort_values(["study", "trial"])
    evaluation = part_cost(speed, model_id, EVALUATION, settings) / 1000
    return Arm(model_id, rows, settings, step_cost(speed, model_id, settings), evaluation)


def seconds_per_step(arm: Arm) -> float:
    """The measured cost of a step, else the logged one."""
    if not math.isnan(arm.step_seconds):
        return arm.step_seconds
    return float(arm.rows["train_seconds"].sum() / max(1.0, arm.rows["steps"].sum()))


def seconds_per_evaluation(arm: Arm) -> float:
    """The measured cost of an evaluation, else the median over trials of the logged ones'; NaN without either."""
    if not math.isnan(arm.evaluation_seconds):
        return arm.evaluation_seconds
    return float((arm.rows["eval_seconds"] / arm.rows["evaluations"]).median())


def widths(arms: Sequence[Arm], settings: Settings) -> list[float]:
    """The judged range widths up to the pool's own, and that."""
    widest = pool_width(arms)
    return sorted({width for width in settings.search.judged_widths_decades if width < widest} | {widest})


def first_hits(arm: Arm, target: float) -> pd.DataFrame:
    """One row per study: trials and seconds until its first hit, or all of them where it is `censored`."""
    hit, seconds = arm.hits(target), arm.seconds(target)
    rows = []
    for study, places in arm.rows.groupby("study").indices.items():
        first = int(hit[places].argmax()) if hit[places].any() else len(places) - 1
        rows.append((study, first + 1, seconds[places][: first + 1].sum(), not hit[places].any()))
    return pd.DataFrame(rows, columns=["study", "trials", "seconds", "censored"])


def pool_width(arms: Sequence[Arm]) -> float:
    """Width in decades of the narrowest axis of any arm."""
    return min(spaces.width_decades(arm.searched) for arm in arms)
