"""What is due at each step of a training: pure functions of the step, no torch.

A step is one discriminator step, and on every n_critic-th also one generator step; it shows one batch of real images.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Self

from bench.errors import BenchError
from bench.method import GrowthStage, GrowthState
from bench.settings import TrainingSettings


@dataclass(frozen=True)
class Schedule:
    """The course of one training. Steps count from 0."""

    steps: int
    n_critic: int
    decay_share: float
    evaluations: int
    decay_to: float = 0.0

    @classmethod
    def of(cls, training: TrainingSettings, budget_images: float, n_critic: int) -> Self:
        """The course that the settings of a training ask for."""
        steps = steps_of(budget_images, training.batch_size)
        return cls(steps, n_critic, training.decay_share, training.evaluations, training.decay_to)

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise BenchError("A budget of no image trains nothing. Give budget_kimg as thousands, above 0.")

    def updates_generator(self, step: int) -> bool:
        """Whether `step` also takes a generator step."""
        return (step + 1) % self.n_critic == 0

    def learning_rate_factor(self, step: int) -> float:
        """1, then over the last `decay_share` of the steps linearly to `decay_to`, reached when training ends."""
        decay_steps = self.decay_share * self.steps
        share_left = min(1.0, (self.steps - step) / decay_steps) if decay_steps > 0 else 1.0
        return self.decay_to + (1 - self.decay_to) * share_left

    def is_evaluation(self, steps: int) -> bool:
        """Whether an evaluation is due after so many steps: evenly spaced, the last one after the last step."""
        return steps * self.evaluations // self.steps > (steps - 1) * self.evaluations // self.steps


def steps_of(budget_images: float, batch_size: int) -> int:
    """The steps that show at least `budget_images`, in whole batches."""
    return math.ceil(budget_images / batch_size)


def growth_state(stages: Sequence[GrowthStage], share: float, image_size_px: int) -> GrowthState:
    """The growth after `share` of the budget, in [0, 1]; `image_size_px` is the full size.

    A method without stages is at its full size from the start.
    """
    if not stages:
        return GrowthState(stage=0, alpha=1.0, image_size_px=image_size_px)
    index = max(i for i, stage in enumerate(stages) if stage.start <= share or i == 0)
    stage = stages[index]
    # Rounded, so that a fade ends on the very step: (0.5 - 0.4) / 0.1 is a little below 1.
    alpha = min(1.0, round((share - stage.start) / stage.fade, 9)) if stage.fade > 0 else 1.0
    return GrowthState(index, alpha, image_size_px // stage.divisor)


def growth_phases(stages: Sequence[GrowthStage], image_size_px: int) -> Iterator[GrowthState]:
    """One growth for each kind of step of a growing training: a stage half-way through its fade, then whole."""
    for index, stage in enumerate(stages):
        for alpha in (0.5, 1.0) if stage.fade > 0 else (1.0,):
            yield GrowthState(index, alpha, image_size_px // stage.divisor)


def phase_name(growth: GrowthState, image_size_px: int) -> str:
    """What steps at this growth are called: `16px`, `32px_fading`; '' at full size and fully grown."""
    if growth.alpha < 1:
        return f"{growth.image_size_px}px_fading"
    return "" if growth.image_size_px == image_size_px else f"{growth.image_size_px}px"


@lru_cache(maxsize=64)
def phase_steps(stages: tuple[GrowthStage, ...], steps: int, image_size_px: int) -> tuple[tuple[str, int], ...]:
    """The phases of a training of `steps` in order, each with its number of steps; steps of a phase do equal work."""
    names = (phase_name(growth_state(stages, step / steps, image_size_px), image_size_px) for step in range(steps))
    return tuple((name, sum(1 for _ in same)) for name, same in groupby(names))
