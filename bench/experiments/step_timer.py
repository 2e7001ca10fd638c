"""Times the steps of several variants, interleaved, in fresh processes, and the evaluations of a search's trials."""

import functools
import math
import multiprocessing
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from bench import registry
from bench.analysis.step_blocks import EVALUATION, PARTS, Cost, iteration_part
from bench.data.store import open_stores
from bench.evaluation.evaluator import Evaluator, trial_evaluator
from bench.method import Batch, GrowthState, Model, Problem, Translator
from bench.runtime.progress import progress
from bench.runtime.workers import end_with_parent
from bench.settings import Settings
from bench.training import device as devices
from bench.training import steps
from bench.training.schedule import growth_phases, phase_name

Row = dict[str, Any]


class OperationCounter(TorchDispatchMode):
    """Adds up the floating-point operations of all kernels inside the context, by torch's own formulas.

    `launches` counts the operators that compute something: views of a tensor launch no kernel, all others one or more.
    `torch.utils.flop_counter.FlopCounterMode` itself cannot follow the double backward pass of a gradient penalty.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        self.operations: int = 0
        self.launches: int = 0

    def __torch_dispatch__(
        self,
        func: OpOverload[..., object],
        types: Sequence[type],
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        """Run one kernel and add what it costs; kernels without a formula (elementwise, norms) count as 0."""
        result = func(*args, **(kwargs or {}))
        self.launches += not func.is_view
        formula = flop_registry.get(func.overloadpacket)
        if formula is not None:
            self.operations += formula(*args, **(kwargs or {}), out_val=result)
        return result


@dataclass(frozen=True)
class Inputs:
    """Files that an evaluation needs: the packed faces at full size, and judges a and b."""

    pack: Path
    judges: Sequence[Path]


def measure_evaluations(settings: Settings, inputs: Inputs, device: torch.device, process: int) -> list[Cost]:
    """Cost of the evaluation of a trial for each of `evaluated_arms`, with one row of seconds: this process's turns.

    By the very calls of `search`, in an order that changes from turn to turn. Generators keep the random weights they
    start from: translating and measuring are the same operations whatever the weights are.
    """
    arms = settings.evaluated_arms
    if not arms:
        return []
    stores = open_stores([inputs.pack])
    store = stores[settings.data.image_size_px]
    evaluator = trial_evaluator(settings, store, (inputs.judges[0], inputs.judges[1]), device)
    _ = evaluator.preservation_ceiling  # a study works out once what its trials share, before it times the first
    models = [steps.build_model(settings, arm, {}, stores) for arm in arms]
    generators = [steps.build(model, settings.training, seed=0, device=device).generator for model in models]
    translators = [
        functools.partial(model.translate, generator) for model, generator in zip(models, generators, strict=True)
    ]
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


def _evaluate(evaluator: Evaluator, translator: Translator, device: torch.device) -> tuple[float, int]:
    """Seconds of one evaluation, and how many images it translated."""
    devices.wait_for(device)
    start = time.perf_counter()
    translations = evaluator.translate(translator)
    evaluator.quick(translations)
    devices.wait_for(device)
    return time.perf_counter() - start, sum(len(edited.rows) for edited in translations.edits.values())


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
    return [*costs, measure_evaluations(settings, inputs, device, process)]


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
    return steps.build_for(problem, settings, case.model_id, {})


def _batch(case: Case, device: torch.device) -> Batch:
    random = torch.Generator().manual_seed(0)
    side = case.image_size_px if case.growth is None else case.growth.image_size_px
    images = torch.rand(case.batch_size, 3, side, side, generator=random) * 2 - 1
    labels = (torch.rand(case.batch_size, case.attributes, generator=random) < 0.5).float().to(device)
    partner = torch.randperm(case.batch_size, generator=random).to(device)
    placed = images.to(device, memory_format=torch.channels_last)
    drawn_on = "cpu" if device.type == "meta" else device  # where only shapes and costs matter, nothing is drawn
    return Batch(placed, labels, labels[partner], partner, torch.Generator(drawn_on).manual_seed(0))
