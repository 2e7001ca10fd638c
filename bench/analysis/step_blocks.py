"""Measured blocks of step times: what `speed` writes, and what speed.csv and speed_ratio.csv are made of. No torch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PARTS = ("discriminator_step", "generator_step", "iteration")
EVALUATION = "evaluation"  # one more part of a searched arm: of a trial's evaluation, not of a step
SETTING = ("device", "threads", "resolution", "batch", "attributes")
OF_COST = ("method", "variant", "part", "gflop", "generator_passes", "images")
COLUMNS = (*SETTING, *OF_COST, "process", "block", "milliseconds")


@dataclass(frozen=True)
class Cost:
    """One part of a variant's step: seconds (processes, blocks), operations, generator passes, images it handles.

    Operations and passes are NaN where they are not counted.
    """

    model_id: str
    part: str
    seconds: Floats
    gflop: float
    generator_passes: float
    images: int


def iteration_part(phase: str) -> str:
    """The part that a step of a growth phase is timed as; phase '' is that of a model at full size, fully grown."""
    return f"iteration_{phase}" if phase else "iteration"


def rows(costs: Sequence[Cost], setting: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One row per measured block; `setting` holds device, threads, resolution, batch and attributes."""
    for cost in costs:
        method, _, variant = cost.model_id.partition(".")
        values = (method, variant, cost.part, cost.gflop, cost.generator_passes, cost.images)
        head = dict(setting) | dict(zip(OF_COST, values, strict=True))
        for (process, block), seconds in np.ndenumerate(cost.seconds):
            yield head | {"process": process, "block": block, "milliseconds": 1000 * seconds}


def groups(blocks: pd.DataFrame) -> Iterator[tuple[dict[str, Any], list[Cost]]]:
    """The costs of each setting, from the rows of all of its blocks."""
    for setting, measured in blocks.groupby(list(SETTING), sort=False):
        costs = []
        for key, cost in measured.groupby(list(OF_COST), sort=False, dropna=False):
            method, variant, part, gflop, passes, images = cast(tuple[str, str, str, float, float, int], key)
            seconds = cost.pivot(index="process", columns="block", values="milliseconds").to_numpy(dtype=float) / 1000
            costs.append(Cost(f"{method}.{variant}", part, seconds, gflop, passes, images))
        yield dict(zip(SETTING, setting, strict=True)), costs
