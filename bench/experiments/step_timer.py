"""Times the steps of several variants, interleaved, in fresh processes."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import nn

from bench import registry
from bench.analysis.step_blocks import PARTS, Cost, iteration_part
from bench.experiments import evaluation_timer
from bench.experiments.evaluation_timer import Inputs
from bench.experiments.flop_counter import OperationCounter
from bench.method import Batch, Model, Problem
from bench.method_info import GrowthState
from bench.runtime.progress import progress
from bench.runtime.workers import end_with_parent
from bench.settings import Settings
from bench.training import device as devices
from bench.training import steps
from bench.training.recipe import build_for
from bench.training.schedule import growth_phases, phase_name

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """What is timed: a variant at an image size, a batch size and a number of attributes.

    `growth`: at this stage of its growth; None is at full size, fully grown.
    """

    model_id: str
    image_size_px: int
    batch_size: int
    attributes: int
    growth: GrowthState | None = None

    @property
    def phase(self) -> str:
        """The phase of growth, as `schedule.phase_name` calls it."""
        return "" if self.growth is None else phase_name(self.growth, self.image_size_px)

    @property
    def parts(self) -> Mapping[str, str]:
        """What is timed, by the name of the part that it makes: of a phase of growth its iterations alone."""
        if self.growth is None:
            return {part: part for part in PARTS}
        return {iteration_part(self.phase): "iteration"}


class Bench:
    """A variant with networks and one batch of random images, ready to take steps."""

    def __init__(self, case: Case, settings: Settings, device: torch.device) -> None:
        self.case = case
        self.device = device
        self.model = _model(case, settings)
        self.networks = steps.build(self.model, settings.training, seed=0, device=device)
        if case.growth is not None:
            self.model.grow(self.networks.generator, self.networks.discriminator, case.growth)
        self.batch = _batch(case, device)

    def seconds(self, part: str, repeats: int) -> float:
        """Mean seconds of one execution of `part` over `repeats`; an iteration is a share of n_critic steps."""
        devices.wait_for(self.device)
        start = time.perf_counter()
        for _ in range(repeats):
            self._execute(part)
        devices.wait_for(self.device)
        return (time.perf_counter() - start) / repeats / self._steps(part)

    def work(self, part: str) -> tuple[float, float]:
        """Of one execution of `part`: billions of floating-point operations, and passes through the generator."""
        passes: list[nn.Module] = []
        hook = self.networks.generator.register_forward_pre_hook(lambda generator, _: passes.append(generator))
        with OperationCounter() as counter:
            self._execute(part)
        hook.remove()
        return counter.operations / 1e9 / self._steps(part), len(passes) / self._steps(part)

    def _steps(self, part: str) -> int:
        return self.model.variant.n_critic if part == "iteration" else 1

    def _execute(self, part: str) -> None:
        model, networks, batch = self.model, self.networks, self.batch
        if part == "discriminator_step":
            steps.discriminator_step(model, networks, batch, steps.draw(model, networks, batch, with_graph=False))
        elif part == "generator_step":
            steps.generator_step(model, networks, batch, steps.draw(model, networks, batch, with_graph=True))
        else:
            for step in range(1, model.variant.n_critic + 1):
                steps.step(model, networks, batch, update_generator=step == model.variant.n_critic)


def cases(settings: Settings) -> Iterator[list[Case]]:
    """Groups of cases that differ in their variant only; each group is timed interleaved."""
    plan = settings.speed
    for size in plan.image_sizes_px or (settings.data.image_size_px,):
        for batch in plan.batch_sizes or (settings.training.batch_size,):
            for attributes in plan.attributes or (len(settings.data.attributes),):
                grown = [Case(model_id, size, batch, attributes) for model_id in plan.models]
                yield [*grown, *(phase for case in grown for phase in growing(case))]


def growing(case: Case) -> Iterator[Case]:
    """The phases of a case's growth before it is fully grown, each to be timed by itself."""
    size = case.image_size_px
    for growth in growth_phases(registry.find(case.model_id)[1].stages(size), size):
        if phase_name(growth, size):
            yield replace(case, growth=growth)


def measure(settings: Settings, inputs: Inputs, device_type: str, process: int) -> list[list[Cost]]:
    """Costs of every variant and part, a list a group of `cases`, then of evaluations: one row of this process's."""
    device = torch.device(device_type)
    devices.prepare(device)
    of = f", process {process + 1} of {settings.speed.processes}" if settings.speed.processes > 1 else ""
    groups = progress(list(cases(settings)), f"step costs{of}", "setting")
    costs = [_measure([Bench(case, settings, device) for case in group], settings, process) for group in groups]
    return [*costs, evaluation_timer.measure(settings, inputs, device, process)]


def measure_apart(settings: Settings, inputs: Inputs, device_type: str, process: int) -> list[list[Cost]]:
    """Costs as `measure` gives them, in a fresh interpreter where there are several processes."""
    if settings.speed.processes == 1:
        return measure(settings, inputs, device_type, process)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), end_with_parent) as fresh:
        return fresh.submit(measure, settings, inputs, device_type, process).result()


def _measure(benches: list[Bench], settings: Settings, process: int) -> list[Cost]:
    plan = settings.speed
    work = {(i, name): bench.work(part) for i, bench in enumerate(benches) for name, part in bench.case.parts.items()}
    seconds: dict[tuple[int, str], list[float]] = {key: [] for key in work}
    random = np.random.default_rng(process)
    for _ in range(plan.blocks):
        for index in random.permutation(len(benches)):
            for name, part in benches[index].case.parts.items():
                seconds[int(index), name].append(benches[index].seconds(part, plan.steps))
    return [
        Cost(benches[i].case.model_id, name, np.array([blocks]), *work[i, name], benches[i].case.batch_size)
        for (i, name), blocks in seconds.items()
    ]


def row_setting(case: Case, device: torch.device) -> Row:
    """What all cases of a group share."""
    on_cpu = device.type == "cpu"
    return {
        "device": "cpu" if on_cpu else torch.cuda.get_device_name(),
        "threads": 1 if on_cpu else torch.get_num_threads(),
        "resolution": case.image_size_px,
        "batch": case.batch_size,
        "attributes": case.attributes,
    }


def _model(case: Case, settings: Settings) -> Model:
    shares = (0.5,) * case.attributes
    problem = Problem(
        attributes=tuple(f"attribute_{index}" for index in range(case.attributes)),
        image_size_px=case.image_size_px,
        **settings.networks.model_dump(),
        label_frequencies=shares,
        target_frequencies=shares,
    )
    return build_for(problem, settings, case.model_id, {})


def _batch(case: Case, device: torch.device) -> Batch:
    random = torch.Generator().manual_seed(0)
    side = case.image_size_px if case.growth is None else case.growth.image_size_px
    images = torch.rand(case.batch_size, 3, side, side, generator=random) * 2 - 1
    labels = (torch.rand(case.batch_size, case.attributes, generator=random) < 0.5).float().to(device)
    partner = torch.randperm(case.batch_size, generator=random).to(device)
    placed = images.to(device, memory_format=torch.channels_last)
    drawn_on = "cpu" if device.type == "meta" else device  # where only shapes and costs matter, nothing is drawn
    return Batch(placed, labels, labels[partner], partner, torch.Generator(drawn_on).manual_seed(0))
