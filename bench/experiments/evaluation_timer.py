"""Seconds that the evaluation of a search's trial takes, timed as the steps are: alone on the machine, in turns.

Every searched arm among `speed.models` translates the images that a trial's evaluation translates and is measured by
both judges, by the very calls of `search`; `speed.evaluation_repeats` times per process, the arms in an order that
changes from turn to turn. Generators keep the random weights they start from: translating and measuring are the same
operations whatever the weights are.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from bench.analysis.step_blocks import EVALUATION, Cost
from bench.data.store import open_stores
from bench.evaluation.evaluator import Evaluator, trial_evaluator
from bench.method import Model, Translator
from bench.runtime.progress import progress
from bench.settings import Settings
from bench.settings.run import evaluated_arms
from bench.training import device as devices
from bench.training import steps
from bench.training.recipe import build_model


@dataclass(frozen=True)
class Inputs:
    """Files that an evaluation needs: the packed faces at full size, and judges a and b."""

    pack: Path
    judges: Sequence[Path]


def measure(settings: Settings, inputs: Inputs, device: torch.device, process: int) -> list[Cost]:
    """Cost of an evaluation of each of `evaluated_arms`, with one row of seconds: this process's turns."""
    arms = evaluated_arms(settings)
    if not arms:
        return []
    stores = open_stores([inputs.pack])
    store = stores[settings.data.image_size_px]
    evaluator = trial_evaluator(settings, store, (inputs.judges[0], inputs.judges[1]), device)
    _ = evaluator.preservation_ceiling  # a study works out once what its trials share, before it times the first
    translators = [_untrained(settings, build_model(settings, arm, {}, stores), device) for arm in arms]
    random = np.random.default_rng(process)
    turns = [int(index) for _ in range(settings.speed.evaluation_repeats) for index in random.permutation(len(arms))]
    seconds: list[list[float]] = [[] for _ in arms]
    images = 0
    for index in progress(turns, "evaluation costs", "evaluation"):
        elapsed, images = _evaluate(evaluator, translators[index], device)
        seconds[index].append(elapsed)
    return [
        Cost(arm, EVALUATION, np.array([turn_seconds]), math.nan, math.nan, images)
        for arm, turn_seconds in zip(arms, seconds, strict=True)
    ]


def _untrained(settings: Settings, model: Model, device: torch.device) -> Translator:
    return functools.partial(model.translate, steps.build(model, settings.training, seed=0, device=device).generator)


def _evaluate(evaluator: Evaluator, translator: Translator, device: torch.device) -> tuple[float, int]:
    """Seconds of one evaluation, and how many images it translated."""
    devices.wait_for(device)
    start = time.perf_counter()
    translations = evaluator.translate(translator)
    evaluator.quick(translations)
    devices.wait_for(device)
    return time.perf_counter() - start, sum(len(edited.rows) for edited in translations.edits.values())
