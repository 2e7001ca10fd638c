"""Print what a run will take before it runs: jobs, hours, disk, and the smallest effect that it can see.

    python -m bench plan --config config/study.yaml

A short calibration times a few steps of every variant on this machine, as `speed` does; `--speed FILE` takes the table
of an earlier run instead, and `--no-calibration` the stated step cost of one server core. On a CPU the calibration
takes fewer images a step where they are large, and scales by their number.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bench import cards, cli, expected, power, registry, settings, workers
from bench.errors import BenchError
from bench.settings import Settings
from bench.workers import Job

WORKERS = (1, 8, 64)
BASE_RATES = (0.03, 0.05, 0.10)
CALIBRATED_PIXELS = 16 * 64 * 64  # at most so many pixels in a calibrated step on a CPU
CALIBRATED_STEPS = 2
# One step of 16 images, 32 px, 16 channels, 2 residual blocks, on one core of a server of 2024.
STATED_STEP_SECONDS = 0.12


@dataclass(frozen=True)
class Costs:
    """Seconds a step of each variant, and where they are from."""

    step_seconds: Mapping[str, float]
    source: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `python -m bench plan`."""
    cli.add_config(parser)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--speed", type=Path, metavar="CSV", help="step costs of an earlier run: tables/speed.csv")
    source.add_argument("--no-calibration", action="store_true", help="take the stated step cost; times nothing")


def run(arguments: argparse.Namespace) -> None:
    """Print the plan."""
    chosen = settings.load(arguments.config)
    if arguments.speed:
        costs = measured(chosen, arguments.speed)
    else:
        costs = stated(chosen) if arguments.no_calibration else calibrated(chosen)
    print("\n".join(lines(chosen, costs)))


def lines(chosen: Settings, costs: Costs) -> Iterator[str]:
    """The plan, line by line."""
    planned = expected.jobs(chosen, costs.step_seconds)
    yield f"{chosen.title}\nStep costs: {costs.source}."
    yield from _jobs(planned)
    yield "\nWorkers (cores, or cards one a job) and hours until the report:"
    for count in WORKERS:
        yield f"  {count:>4}  {workers.wall_seconds(planned, count) / 3600:10.2f}"
    yield f"  as many as there are jobs: {workers.wall_seconds(planned, len(planned)) / 3600:.2f} (the critical path)"
    card_hours = cards.hours(chosen)
    yield f"Its trainings on one card of 2015, at the speed that StarGAN's paper tells of: {card_hours:,.1f} hours."
    if chosen.search.confirmations:
        yield f"Every hit adds {chosen.search.confirmations} trainings of a trial, which no plan can foresee."
    disk = expected.disk_bytes(chosen)
    yield f"\nDisk: {sum(disk.values()) / 1e9:.2f} GB (" + ", ".join(
        f"{kind} {size / 1e9:.2f}" for kind, size in disk.items()
    ) + ")"  # fmt: skip
    passing = expected.scoring_bytes(chosen) / 1e9
    yield f"While models are scored {passing:.2f} GB more a worker: a split's whole translations, deleted once scored."
    yield from _effects(chosen)


def measured(chosen: Settings, table: Path) -> Costs:
    """Step costs of an earlier run, at the size and batch of the settings; BenchError names what was not timed."""
    try:
        rows = pd.read_csv(table)
    except FileNotFoundError:
        raise BenchError(f"There is no {table}. Leave --speed out to time a few steps here.") from None
    rows = rows[
        (rows["part"] == "iteration")
        & (rows["resolution"] == chosen.data.image_size_px)
        & (rows["batch"] == chosen.training.batch_size)
        & (rows["attributes"] == len(chosen.data.attributes))
    ]
    found = (rows.groupby(rows["method"] + "." + rows["variant"])["milliseconds"].mean() / 1000).to_dict()
    if not found:
        raise BenchError(
            f"{table} times no step of {chosen.training.batch_size} images of {chosen.data.image_size_px} px."
            " Leave --speed out to time a few steps here."
        )
    missing = [model for model in expected.models(chosen) if model not in found]
    dearest = max(found.values())
    source = f"{table}" + (f"; not timed there, priced as its dearest: {', '.join(missing)}" if missing else "")
    return Costs({str(model): float(cost) for model, cost in found.items()} | dict.fromkeys(missing, dearest), source)


def stated(chosen: Settings) -> Costs:
    """One stated cost for every variant, scaled by images, pixels and the square of the channels."""
    networks, training = chosen.networks, chosen.training
    channels = (networks.generator_channels**2 + networks.discriminator_channels**2) / (2 * 16**2)
    scale = training.batch_size / 16 * (chosen.data.image_size_px / 32) ** 2 * channels
    seconds = STATED_STEP_SECONDS * scale
    source = f"stated, {seconds:.3g} s a step on one server core, for every variant alike"
    return Costs(dict.fromkeys(expected.models(chosen), seconds), source)


def calibrated(chosen: Settings) -> Costs:
    """A few timed steps of every variant on this machine."""
    from bench import device as devices
    from bench import speed
    from bench.progress import progress

    device = devices.claim(chosen.training.device)
    devices.prepare(device)
    batch = chosen.training.batch_size
    if device.type == "cpu":
        batch = max(1, min(batch, CALIBRATED_PIXELS // chosen.data.image_size_px**2))
    found = {}
    for model in progress(expected.models(chosen), "calibration", "variant"):
        case = speed.Case(model, chosen.data.image_size_px, batch, len(chosen.data.attributes))
        bench = speed.Bench(case, chosen, device)
        steps = max(1, CALIBRATED_STEPS // registry.find(model)[1].n_critic)
        bench.seconds("iteration", 1)
        found[model] = bench.seconds("iteration", steps) * chosen.training.batch_size / batch
    return Costs(found, f"a few timed steps on this machine's {device.type}, {batch} images each")


def _jobs(planned: Sequence[Job]) -> Iterator[str]:
    counts = Counter(job.rule for job in planned)
    seconds: defaultdict[str, float] = defaultdict(float)
    for job in planned:
        seconds[job.rule] += job.seconds
    yield f"\n  {'rule':<12}{'jobs':>6}{'hours':>10}  (one core, or one card)"
    for rule, count in counts.items():
        yield f"  {rule:<12}{count:>6}{seconds[rule] / 3600:>10.2f}"
    yield f"  {'all':<12}{len(planned):>6}{sum(seconds.values()) / 3600:>10.2f}"


def _effects(chosen: Settings) -> Iterator[str]:
    """What the design can see with a power of 80 %, at 95 % confidence."""
    yield f"\nSmallest effects seen with a chance of {power.POWER:.0%} (95 % intervals):"
    for sampler, plan in chosen.search.samplers.items():
        if sampler == "random":
            trials = plan.studies * plan.trials
            for rate in BASE_RATES:
                ratio = power.detectable_ratio(trials, rate)
                what = f"{ratio:.1f} times" if math.isfinite(ratio) else "none"
                yield f"  ratio of hit rates, pools of {trials} an arm, base rate {rate:.2f}: {what}"
        elif sampler == "tpe":
            ratio = power.detectable_time_ratio(plan.studies)
            what = f"{ratio:.1f} times" if math.isfinite(ratio) else "none: a single study has no spread"
            yield f"  ratio of times to a target, {plan.studies} {sampler} studies an arm, all reaching it: {what}"
    seeds = sorted({len(final.seeds) for final in chosen.finals})
    for count in seeds:
        gap = power.detectable_difference(count)
        what = f"{gap:.2f} standard deviations over seeds" if math.isfinite(gap) else "none: one seed has no spread"
        yield f"  difference of final models, {count} seeds each: {what}"
