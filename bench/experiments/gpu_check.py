"""The first hour with a GPU: does it compute what the CPU does, how fast, in how much memory, and shared by how many?

Every part takes the device that it runs on, so that the CPU can stand in a GPU's place and execute every line.
"""

import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile

from bench.analysis.step_blocks import Cost
from bench.analysis.step_costs import COLUMNS, cost_rows
from bench.errors import BenchError
from bench.experiments.step_timer import Bench, Case, OperationCounter, cases, row_setting
from bench.runtime.digest import ROOT
from bench.runtime.progress import progress
from bench.runtime.workers import end_with_parent
from bench.settings import Settings
from bench.training import device as devices
from bench.training import steps
from bench.training.steps import Networks

SMOKE = Path("tests") / "config" / "smoke.yaml"
# Relative, of the generator's first gradient: two memory formats on one CPU differ by up to 0.0008, bfloat16 by 0.1.
TOLERANCE = 0.01
COMPARED = Case("", image_size_px=32, batch_size=8, attributes=5)
BLOCKS = 5
COUNTS = (1, 2, 4, 8)
LATEST_START_SECONDS = 300.0
MPS = "nvidia-cuda-mps-control"
MEASURES = ("memory_gb", "launches", "busy_share")
SHOWN = ("method", "variant", "part", "resolution", "batch", "milliseconds", "images_per_second", "gflop")
Row = dict[str, Any]


@dataclass(frozen=True)
class Check:
    """What was measured: agreement with the CPU, costs of steps (columns of speed.csv and more), trials at once."""

    device: torch.device
    smoke_seconds: float
    agreement: pd.DataFrame
    costs: pd.DataFrame
    together: pd.DataFrame


def check(settings: Settings, choice: Literal["cpu", "cuda"], seconds: float) -> Check:
    """All parts in turn; each timing of trials at once takes `seconds`. BenchError where the smoke run fails."""
    smoke_seconds = smoke_run(choice)  # before this process takes the GPU
    device = devices.claim(choice)
    devices.prepare(device)
    return Check(
        device,
        smoke_seconds,
        pd.DataFrame(agreement(settings, device)),
        pd.DataFrame(costs(settings, device), columns=[*COLUMNS, *MEASURES]),
        pd.DataFrame(together(settings, device, seconds)),
    )


def smoke_run(choice: Literal["cpu", "cuda"]) -> float:
    """Run the whole workflow in miniature, on the GPU where there is one; seconds it took."""
    with tempfile.TemporaryDirectory() as results:
        options = ["--configfile", str(SMOKE), "--config", f"results={results}"]
        start = time.monotonic()
        done = subprocess.run(
            [sys.executable, "workflow/run.py", *options], cwd=ROOT, text=True, capture_output=True, check=False
        )
        seconds = time.monotonic() - start
        if done.returncode:
            raise BenchError(f"The smoke run failed:\n{(done.stdout + done.stderr)[-3000:]}")
        ran_on = set(pd.read_csv(Path(results) / "smoke" / "tables" / "speed.csv")["device"])
    if choice == "cuda" and "cpu" in ran_on:
        raise BenchError(
            "The smoke run found no free GPU and ran on the CPU. Stop what holds the GPU, and check again."
        )
    return seconds


def agreement(settings: Settings, device: torch.device) -> Iterator[Row]:
    """A row per variant and way of computing: how far the first step's gradients lie from the CPU's in float32.

    `generator`, `discriminator`: norm of the difference over the norm. Only float32 without TF32 has to agree.
    """
    on_gpu = device.type == "cuda"
    for model_id in progress(settings.speed.models, "agreement", "variant"):
        case = replace(COMPARED, model_id=model_id)
        expected = _gradients(Bench(case, settings, torch.device("cpu")))
        for way in ("float32", *(("TF32",) if on_gpu else ()), "bfloat16", "compiled"):
            bench = Bench(case, settings, device)
            bench.networks = _networks(bench.networks, way)
            with _tf32(way != "float32"):
                gradients = _gradients(bench)
            errors = {name: float((gradients[name] - cpu).norm() / cpu.norm()) for name, cpu in expected.items()}
            agrees = max(errors.values()) <= TOLERANCE if way == "float32" else None
            yield {"model": model_id, "computed_in": way, **errors, "agrees": agrees}


def costs(settings: Settings, device: torch.device) -> Iterator[Row]:
    """Rows of speed.csv, an iteration of every timed variant at the run's sizes, with memory, launches and busy share.

    `memory_gb`: most that was allocated (CPU: what the process holds). `launches`: operators a step. `busy_share`: time
    in kernels over time, 0 to 1. All are NaN of a case that does not fit in memory.
    """
    own_attributes = settings.model_copy(update={"speed": settings.speed.model_copy(update={"attributes": ()})})
    for case in progress([case for group in cases(own_attributes) for case in group], "step costs", "case"):
        cost, measures = _measured(case, settings, device)
        yield from (row | measures for row in cost_rows([cost], row_setting(case, device)))


def together(settings: Settings, device: torch.device, seconds: float) -> Iterator[Row]:
    """Images a second of 1, 2, 4 and 8 trials at once on the device, each a process, without and with CUDA's MPS."""
    for shared in (False, True) if shutil.which(MPS) else (False,):
        with _mps() if shared else nullcontext():
            for size in settings.speed.image_sizes_px or (settings.data.image_size_px,):
                case = Case(settings.compare.challenger, size, settings.training.batch_size, COMPARED.attributes)
                rates = {count: _rate(case, settings, device.type, count, seconds) for count in COUNTS}
                for count, rate in rates.items():
                    yield {"mps": shared, "resolution": size, "trials": count, "images_per_second": rate,
                           "times_one": rate / rates[1]}  # fmt: skip


def _gradients(bench: Bench) -> Mapping[str, Tensor]:
    """Gradients of a first step on the CPU in float64, flat; what is drawn is drawn on the CPU, equally everywhere."""
    model, networks, batch = bench.model, bench.networks, replace(bench.batch, random=torch.Generator().manual_seed(0))
    fake = steps.draw(model, networks, batch, with_graph=True)
    steps.discriminator_step(model, networks, batch, fake)
    discriminator = _flat(networks.discriminator)
    steps.generator_step(model, networks, batch, fake)
    return {"generator": _flat(networks.generator), "discriminator": discriminator}


def _flat(network: nn.Module) -> Tensor:
    return torch.cat(
        [weight.grad.flatten().double().cpu() for weight in network.parameters() if weight.grad is not None]
    )


def _networks(networks: Networks, way: str) -> Networks:
    """The networks of a bench, computing in another way."""
    if way == "compiled":
        backend = "inductor" if next(networks.generator.parameters()).is_cuda else "aot_eager"
        return replace(networks, forward=cast(nn.Module, torch.compile(networks.generator, backend=backend)))
    return replace(networks, bfloat16=way == "bfloat16")


@contextmanager
def _tf32(allowed: bool) -> Iterator[None]:
    """Let a GPU's float32 convolutions and matrix products round to TF32, or not."""
    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision("high" if allowed else "highest")
    torch.backends.cudnn.allow_tf32 = allowed
    yield
    torch.set_float32_matmul_precision(before[0])
    torch.backends.cudnn.allow_tf32 = before[1]


def _measured(case: Case, settings: Settings, device: torch.device) -> tuple[Cost, Row]:
    on_gpu = device.type == "cuda"
    (part,) = [name for name, timed in case.parts.items() if timed == "iteration"]
    try:
        if on_gpu:
            torch.cuda.reset_peak_memory_stats()
        bench = Bench(case, settings, device)
        n_critic = bench.model.variant.n_critic
        with OperationCounter() as counter:
            work = bench.work("iteration")
        repeats = max(1, round(0.5 / bench.seconds("iteration", 1) / n_critic))
        seconds = np.array([[bench.seconds("iteration", repeats) for _ in range(BLOCKS)]])
        activity = ProfilerActivity.CUDA if on_gpu else ProfilerActivity.CPU
        with profile(activities=[activity], acc_events=True) as profiled:
            bench.seconds("iteration", 1)
    except torch.OutOfMemoryError:
        unknown = Cost(case.model_id, part, np.full((1, 1), np.nan), np.nan, np.nan, case.batch_size)
        return unknown, dict.fromkeys(MEASURES, float("nan"))
    column = f"self_{'device' if on_gpu else 'cpu'}_time_total"
    in_kernels = sum(getattr(event, column) for event in profiled.key_averages()) / 1e6 / n_critic
    held = torch.cuda.max_memory_allocated() if on_gpu else 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    measures = (held / 1e9, counter.launches / n_critic, min(in_kernels / float(np.median(seconds)), 1.0))
    return Cost(case.model_id, part, seconds, *work, case.batch_size), dict(zip(MEASURES, measures, strict=True))


_barrier: Barrier | None = None


def _share(barrier: Barrier) -> None:
    global _barrier  # a process of the pool gets it once, before its work
    _barrier = barrier
    end_with_parent()


def _rate(case: Case, settings: Settings, device_type: str, count: int, seconds: float) -> float:
    """Images a second of `count` trials at once; NaN where they do not fit in memory."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, spawn, initializer=_share, initargs=(spawn.Barrier(count),)) as pool:
        trials = [pool.submit(_one_of_many, case, settings, device_type, seconds) for _ in range(count)]
        return sum(trial.result() for trial in trials)


def _one_of_many(case: Case, settings: Settings, device_type: str, seconds: float) -> float:
    """Images a second of one trial, timed while all others run: from when all are warm, for `seconds`."""
    assert _barrier is not None
    device = torch.device(device_type)
    devices.prepare(device)
    try:
        bench = Bench(case, settings, device)
        bench.seconds("iteration", 2)
    except torch.OutOfMemoryError:
        bench = None
    _barrier.wait(LATEST_START_SECONDS)
    if bench is None:
        return float("nan")
    turns, start = 0, time.monotonic()
    while (elapsed := time.monotonic() - start) < seconds:
        bench.seconds("iteration", 1)
        turns += bench.model.variant.n_critic
    return turns * case.batch_size / elapsed


@contextmanager
def _mps() -> Iterator[None]:
    """Within the block, CUDA's multi-process service runs kernels of several processes side by side."""
    with tempfile.TemporaryDirectory() as folder:
        places = {"CUDA_MPS_PIPE_DIRECTORY": folder, "CUDA_MPS_LOG_DIRECTORY": folder}
        os.environ.update(places)
        try:
            subprocess.run([MPS, "-d"], check=True, capture_output=True)
            yield
        finally:
            subprocess.run([MPS], input="quit\n", text=True, check=False, capture_output=True)
            for name in places:
                del os.environ[name]


def lines(check: Check, device_name: str) -> Iterator[str]:
    """The check as Markdown."""
    agrees = check.agreement["agrees"].dropna().all()
    size = check.together["resolution"].min()
    best = check.together[check.together["resolution"] == size]["times_one"].max()
    yield f"# {device_name}\n"
    if check.device.type == "cpu":
        yield "**The CPU stood in a GPU's place:** every line of the check was executed, and no number is a GPU's.\n"
    yield f"Torch {torch.__version__}. The whole workflow in miniature (`{SMOKE}`): {check.smoke_seconds:.0f} s."
    yield "\n## Does it compute what the CPU does?\n"
    yield (
        "First gradients against the CPU's in float32, norm of the difference over the norm. Float32 has to agree to"
        f" {TOLERANCE:g}: **{'it does' if agrees else 'IT DOES NOT'}**.\n"
    )
    yield from _table(check.agreement)
    yield "\n## What a step takes\n"
    yield from _table(check.costs[[*SHOWN, *MEASURES]])
    yield "\n## Trials at once\n"
    yield f"Aim: four times one trial's rate at {size} px; best here: {best:.2f}.\n"
    yield from _table(check.together)


def _table(frame: pd.DataFrame) -> Iterator[str]:
    """A data frame as a Markdown table, numbers to three digits."""
    cells = frame.map(lambda value: f"{value:.3g}" if isinstance(value, float) else "" if value is None else str(value))
    rows = [list(frame.columns), ["---"] * len(frame.columns), *cells.to_numpy().tolist()]
    yield from (f"| {' | '.join(row)} |" for row in rows)
