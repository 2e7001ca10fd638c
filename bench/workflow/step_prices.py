"""What a training step of each variant is expected to take: timed before, timed now, or counted.

A step's floating-point operations are counted without doing them, on torch's meta device, at the settings' own size and
batch. A rate turns them into seconds: of a few steps timed here, of one core as stated, or of a GPU as the user says.
Imports torch only where it counts or times.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench import registry
from bench.analysis.contract import CONTRACT
from bench.analysis.step_costs import as_trained
from bench.analysis.training_costs import StepCost, step_cost
from bench.errors import BenchError
from bench.runtime.digest import ROOT
from bench.runtime.result_files import read_csv
from bench.settings import Settings
from bench.training.schedule import steps_of
from bench.workflow import job_costs
from bench.workflow.job_costs import GPU_RULES

if TYPE_CHECKING:
    import torch

    from bench.experiments.step_timer import Case

TIMED_OPERATIONS = 1.5e11  # of each timed variant: some three seconds of a core
ASSUMED_FLOPS = 3e13  # operations per second of a GPU in training steps, where none was measured
GPU_TURNS = 20
MOST_TURNS = 100  # of steps so small that what they cost is overhead: operations alone would ask for thousands
LEAST_SIZE_PX = 16
STUDY_STEP_SECONDS = 0.055  # 8 images of 32 px, 16 generator channels, on one core


@dataclass(frozen=True)
class Costs:
    """Seconds per step of each variant (mean over a training), operations per second behind them, and their source."""

    step_seconds: Mapping[str, float]
    flops: float
    source: str


def gpu_hours(settings: Settings, costs: Costs) -> str:
    """What a run takes of a GPU, in a sentence: without confirmations of hits, and with all that there can be."""
    by_hit_share = (job_costs.priced(settings, costs.step_seconds, costs.flops, share) for share in (0.0, 1.0))
    fewest, most = (sum(job.seconds for job in planned if job.rule in GPU_RULES) / 3600 for planned in by_hit_share)
    confirmed = f", {most:,.1f} if every trial were a hit and confirmed" if settings.search.confirmations else ""
    return f"GPU hours, where there are GPUs: {fewest:,.1f}{confirmed}."


def announcement(settings: Settings) -> str:
    """What a run says of its price before it starts: what `plan` computes, at the assumed rate of a GPU."""
    costs = counted(operations(settings), ASSUMED_FLOPS, "an assumption; for your GPU: python -m bench plan --help")
    return f"{gpu_hours(settings, costs)} Step costs: {costs.source}."


def measured(settings: Settings, table: Path) -> Costs:
    """Step costs of an earlier run, at the size and batch of the settings; BenchError names what was not timed."""
    if not table.is_file():
        raise BenchError(f"There is no table {table}. Leave --speed out to time a few steps here.")
    speed = read_csv(table, "speed", CONTRACT["speed"])
    rows = as_trained(speed[speed["part"] == "iteration"], settings)
    timed = sorted(set(rows["method"] + "." + rows["variant"]))
    steps = steps_of(1000 * settings.training.budget_kimg, settings.training.batch_size)
    costs = {model: step_cost(speed, model, settings).mean(steps) for model in timed}
    step_seconds = {model: cost for model, cost in costs.items() if not math.isnan(cost)}
    if not step_seconds:
        raise BenchError(
            f"{table} times no step of {settings.training.batch_size} images of {settings.data.image_size_px} px."
            " Leave --speed out to time a few steps here."
        )
    models = job_costs.models(settings)
    flops = float(rows["gflop"].sum() / rows["milliseconds"].sum() * 1e12)
    missing = [model for model in models if registry.without_label(model) not in step_seconds]
    work = operations(settings) if missing else {}
    source = f"{table}" + (f"; not timed there, priced by their operations: {', '.join(missing)}" if missing else "")
    of_models = {model: step_seconds.get(registry.without_label(model)) or work[model] / flops for model in models}
    return Costs(of_models, flops, source)


def published(settings: Settings) -> Costs:
    """Step costs of the published study; another size or batch costs as its images and channels do."""
    table = ROOT / "results" / "reference" / "study" / "tables" / "speed.csv"
    try:
        return measured(settings, table)
    except BenchError:
        images = settings.training.batch_size * settings.data.image_size_px**2 / (8 * 32**2)
        seconds = STUDY_STEP_SECONDS * images * (settings.networks.generator_channels / 16) ** 2
        steps = dict.fromkeys(job_costs.models(settings), seconds)
        return Costs(steps, job_costs.CORE_FLOPS, "the study's, scaled by images and channels")


def calibrated(settings: Settings) -> Costs:
    """The counted operations over the rate of a few steps of the two compared variants, timed on this machine."""
    from bench.training import device as devices

    device = devices.claim(settings.training.device)
    devices.prepare(device)
    work = operations(settings)
    timed = {model: _timed(settings, model, work[model], device) for model in settings.compare.pair}
    flops = len(timed) / sum(1 / rate for rate, _ in timed.values())
    cases = " and ".join(f"{model} ({case.batch_size} x {case.image_size_px} px)" for model, (_, case) in timed.items())
    whose = f"the rate of {cases} on this machine's {device.type}; larger steps are up to twice as quick"
    return counted(work, flops, whose)


def counted(work: Mapping[str, float], flops: float, whose: str) -> Costs:
    """The counted `operations` of a step of every variant, over `flops` a second."""
    source = f"counted operations over {flops / 1e12:.3g} TFLOP/s, {whose}"
    return Costs({model: flop / flops for model, flop in work.items()}, flops, source)


def operations(settings: Settings) -> dict[str, float]:
    """Floating-point operations of a training step of every variant of the run, its mean over a training's growth.

    Nothing is computed.
    """
    import torch

    from bench.experiments.step_timer import Bench, growing
    from bench.runtime.progress import progress

    meta, size, by_variant = torch.device("meta"), settings.data.image_size_px, {}
    steps = steps_of(1000 * settings.training.budget_kimg, settings.training.batch_size)
    models = {model: registry.without_label(model) for model in job_costs.models(settings)}
    for model in progress(list(dict.fromkeys(models.values())), "counting operations", "variant"):
        case = _case(settings, model, 1)
        work = {
            phase_case.phase: Bench(phase_case, settings, meta).work("iteration")[0] * 1e9
            for phase_case in (case, *growing(case))
        }
        cost = StepCost(work, registry.find(model)[1].stages(size), size)
        by_variant[model] = cost.mean(steps) * settings.training.batch_size
    return {model: by_variant[unlabelled] for model, unlabelled in models.items()}


def affordable(case: Case, work: float) -> Case:
    """The case with fewer images, then smaller ones, until its `work` in operations is `TIMED_OPERATIONS` or less."""
    size, batch = case.image_size_px, case.batch_size
    while work > TIMED_OPERATIONS and (batch > 1 or size > LEAST_SIZE_PX):
        if batch > 1:
            work *= (batch // 2) / batch
            batch //= 2
        else:
            work, size = work / 4, size // 2
    return replace(case, image_size_px=size, batch_size=batch)


def _timed(settings: Settings, model: str, work: float, device: torch.device) -> tuple[float, Case]:
    """Operations a second in a variant's training steps, and the case that was timed."""
    from bench.experiments.step_timer import Bench

    n_critic = registry.find(model)[1].n_critic
    case = _case(settings, model, settings.training.batch_size)
    if device.type == "cpu":
        case = affordable(case, work * n_critic)
    bench = Bench(case, settings, device)
    each = bench.work("iteration")[0] * 1e9  # a first turn, which warms it up
    turns = GPU_TURNS if device.type == "cuda" else min(MOST_TURNS, max(1, round(TIMED_OPERATIONS / (each * n_critic))))
    return each / bench.seconds("iteration", turns), case


def _case(settings: Settings, model: str, batch: int) -> Case:
    from bench.experiments.step_timer import Case

    return Case(model, settings.data.image_size_px, batch, len(settings.data.attributes))
