"""Uncontended seconds of a training: its steps times what `speed` measured such a step to take. Imports no torch.

The steps of a growing model cost less while it is small, so each phase of its growth is timed by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bench import registry
from bench.analysis import step_blocks, step_costs
from bench.method import GrowthStage
from bench.settings import Settings
from bench.training import schedule

SECONDS = "uncontended_seconds"  # the column that `with_seconds` adds to curves.csv


@dataclass(frozen=True)
class StepCost:
    """What a step of a model costs by growth phase, in seconds or operations; NaN where that is not known.

    A model that does not grow has the one phase ''.
    """

    by_phase: Mapping[str, float]
    stages: tuple[GrowthStage, ...]
    image_size_px: int

    def of(self, steps: ArrayLike, training_steps: int) -> NDArray[np.float64]:
        """Cost of the first `steps` (N,) of trainings of `training_steps`; NaN where a phase of theirs has none."""
        phases = schedule.phase_steps(self.stages, training_steps, self.image_size_px)
        ends = np.cumsum([0, *(count for _, count in phases)])
        spent = np.cumsum([0.0, *(count * self.by_phase[phase] for phase, count in phases)])
        cost: NDArray[np.float64] = np.interp(np.asarray(steps, dtype=float), ends, spent)
        return cost

    def mean(self, training_steps: int) -> float:
        """Cost of a step, its mean over a training of that many."""
        return float(self.of(training_steps, training_steps)) / training_steps


def step_cost(speed: pd.DataFrame, model_id: str, settings: Settings, column: str = "milliseconds") -> StepCost:
    """A model's step at the run's size, batch and number of attributes, from speed.csv: seconds, or `column` gflop."""

    def cost(phase: str) -> float:
        part = step_blocks.iteration_part(phase)
        return step_costs.part_cost(speed, model_id, part, settings, column) / (1000 if column == "milliseconds" else 1)

    size = settings.data.image_size_px
    stages = registry.find(model_id)[1].stages(size)
    phases = {"", *(schedule.phase_name(growth, size) for growth in schedule.growth_phases(stages, size))}
    return StepCost({phase: cost(phase) for phase in phases}, stages, size)


def with_seconds(curves: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """curves.csv with the uncontended seconds of each row's images; NaN for models that were not timed.

    A training's last row is of its last step.
    """
    timed = curves.assign(**{SECONDS: np.nan})
    for (method, variant, _), line in curves.groupby(["method", "variant", "seed"]):
        steps = line["images_seen"].to_numpy() / settings.training.batch_size
        cost = step_cost(speed, f"{method}.{variant}", settings)
        timed.loc[line.index, SECONDS] = cost.of(steps, round(steps.max()))
    return timed
