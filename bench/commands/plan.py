"""Print what a run will take before it runs: jobs, hours, disk, and the smallest effect that it can see.

    python -m bench plan --config config/study.yaml

Trainings are priced by the floating-point operations of each variant's steps, which are counted without doing them,
over a rate: that of a few steps of the two compared variants, timed on this machine (on a CPU of fewer and smaller
images where they are large); with `--no-calibration` that of one server core; with `--tflops` what you expect of a
GPU, here or elsewhere. `--speed FILE` takes step costs that an earlier run measured instead.

`--from RUN` adds the price of a verdict: for each claim the power of this design at the effect that the run saw, the
core-hours that measure it, and the cheapest change that would decide it.
"""

import argparse
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from bench.analysis import claims, contract, control_views, power, search_arms, search_ratio, verdict_price
from bench.analysis.parts import collect
from bench.commands import options
from bench.errors import BenchError
from bench.runtime.result_files import read_csv
from bench.settings import Settings, load_settings
from bench.settings.paths import RunPaths
from bench.workflow import job_costs, step_prices
from bench.workflow.job_costs import PricedJob
from bench.workflow.step_prices import Costs

WORKERS = (1, 8, 64)
TRAINING_RULES = ("train", "score")
BASE_RATES = (0.03, 0.05, 0.10)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--speed", type=Path, metavar="CSV", help="step costs of an earlier run: tables/speed.csv")
    source.add_argument("--no-calibration", action="store_true", help="the stated rate of a server core; times nothing")
    source.add_argument(
        "--tflops", type=float, metavar="RATE", help="10^12 operations per second that a GPU reaches in training steps"
    )
    wanted = "an earlier run, as results/demo: the price of a verdict"
    parser.add_argument("--from", type=Path, dest="earlier", metavar="RUN", help=wanted)


def run(arguments: argparse.Namespace) -> None:
    settings = load_settings(arguments.config)
    print("\n".join(lines(settings, _costs(settings, arguments), arguments.earlier)))


def lines(settings: Settings, costs: Costs, earlier: Path | None = None) -> Iterator[str]:
    planned = job_costs.priced(settings, costs.step_seconds, costs.flops)
    yield f"{settings.title}\n{job_costs.faces(settings)}\nStep costs: {costs.source}."
    yield f"\n  {'rule':<12}{'jobs':>6}{'hours':>14}  (one core, or one GPU)"
    for rule in (*dict.fromkeys(job.rule for job in planned), "all"):
        seconds = [job.seconds for job in planned if rule in (job.rule, "all")]
        yield f"  {rule:<12}{len(seconds):>6}{sum(seconds) / 3600:>14,.2f}"
    yield _as_in_the_study(settings, costs)
    yield from _workers(planned)
    yield f"  {step_prices.gpu_hours(settings, costs)}"
    disk = job_costs.disk_bytes(settings)
    kinds = ", ".join(f"{kind} {size / 1e9:.2f}" for kind, size in disk.items())
    yield f"\nDisk: {sum(disk.values()) / 1e9:.2f} GB ({kinds})"
    yield from _effects(settings)
    if earlier is not None:
        yield from _verdicts(settings, planned, earlier)


def _verdicts(settings: Settings, planned: Sequence[PricedJob], earlier: Path) -> Iterator[str]:
    """The price of a verdict of each claim, at the effects that an earlier run saw."""
    tables = RunPaths(earlier)
    file = tables.table("claim_parts")
    if not file.is_file():
        raise BenchError(
            f"There is no {file}. --from wants the folder of a run whose tables are made, as results/demo."
        )
    parts = pd.read_csv(file)
    if missing := [column for column in claims.PART_COLUMNS if column not in parts]:
        raise BenchError(
            f"{file} lacks column {missing[0]!r}: an older version wrote it. Make that run's tables again."
        )

    def hours(unit: str, models: Sequence[str]) -> float:
        rules = {"training seed": TRAINING_RULES, "trial": ("search",), "process": ("speed",)}.get(unit, ("gradients",))
        starts = ("speed.", "gradients.", *(f"{rule}.{model}." for rule in rules for model in models))
        return sum(job.seconds for job in planned if job.rule in rules and job.name.startswith(starts)) / 3600

    yield f"\nThe price of a verdict, at the effects that {earlier} saw (power: the chance of that verdict):"
    yield f"  {'claim':<7}{'verdict':<14}{'power':>6}{'core-hours':>12}  cheapest change that decides it"
    for price in verdict_price.prices(parts, settings, hours):
        known = f"{price.verdict:<14}{price.power:>6.2f}{price.hours:>12,.2f}" if price.verdict else " " * 32
        yield f"  {price.claim:<7}{known}  {price.change}"
    search = control_views.main_trials(collect("search", [tables.table("search")]))
    speed = read_csv(tables.table("speed"), "tables", contract.CONTRACT["speed"])
    for claim, comparison in settings.compare.claim_pairs.items():
        arms = [search_arms.arm(model, search_arms.POOL, search, speed, settings) for model in comparison.pair]
        if all(len(arm.rows) for arm in arms):
            level = search_ratio.level_by_rule(arms, settings.search.targets)
            by_rule = "none: take other levels, or a longer trial" if level is None else f"{level:g}"
            yield f"  Level of {claim} by the rule of docs/measures/c2.md: {by_rule}; set: {settings.search.level:g}."


def _costs(settings: Settings, arguments: argparse.Namespace) -> Costs:
    if arguments.speed:
        return step_prices.measured(settings, arguments.speed)
    if arguments.tflops is None and not arguments.no_calibration:
        return step_prices.calibrated(settings)
    flops, whose = job_costs.CORE_FLOPS, "stated for one server core; within a factor of 2"
    if arguments.tflops is not None:
        if not arguments.tflops > 0:
            raise BenchError(f"--tflops is {arguments.tflops:g}: 10^12 operations per second, above 0.")
        flops, whose = arguments.tflops * 1e12, "as --tflops assumes"
    return step_prices.counted(step_prices.operations(settings), flops, whose)


def _workers(planned: Sequence[PricedJob]) -> Iterator[str]:
    """Hours until the report by number of workers, and how busy they are."""
    whole = sum(job.seconds for job in planned)
    yield f"\n  {'workers':<18}{'hours':>14}{'busy':>7}  (until the report; a worker is a core, or a GPU with a core)"
    for count in (*WORKERS, len(planned)):
        wall = job_costs.wall_seconds(planned, count)
        name, busy = (str(count), f"{whole / wall / count:.0%}") if count in WORKERS else ("one per job", "")
        yield f"  {name:<18}{wall / 3600:>14,.2f}{busy:>7}".rstrip()
    yield "  One per job: the critical path, the longest chain of jobs that wait for one another."


def _as_in_the_study(settings: Settings, costs: Costs) -> str:
    """Core-hours with confirmed hits and busy cores, which the table leaves out because no plan can know them."""
    planned = job_costs.priced(settings, costs.step_seconds, costs.flops, job_costs.HIT_SHARE)
    hours = sum(job.seconds for job in planned) / 3600
    hits = f"With hits trained again ({job_costs.HIT_SHARE:.0%} of the trials): {hours:,.1f} core-hours or GPU hours"
    return (
        f"  {f'{hits}; on' if settings.search.confirmations else 'On'} busy CPU cores ({job_costs.BUSY:g} times as"
        f" slow, as in the study): {job_costs.BUSY * hours:,.1f} core-hours."
    )


def _effects(settings: Settings) -> Iterator[str]:
    """What the design can see with a power of 80 %, at 95 % confidence."""
    yield f"\nSmallest effects seen with a chance of {power.POWER:.0%} (95 % intervals):"
    for sampler, plan in settings.search.samplers.items():
        if sampler == "random":
            trials = plan.studies * plan.trials
            for rate in BASE_RATES:
                ratio = power.detectable_ratio(trials, rate)
                what = f"{ratio:.1f} times" if math.isfinite(ratio) else "none"
                yield f"  ratio of hit rates, pools of {trials} per arm, base rate {rate:.2f}: {what}"
        elif sampler in ("tpe", "tpe_pruned"):
            ratio = power.detectable_time_ratio(plan.studies)
            what = f"{ratio:.1f} times" if math.isfinite(ratio) else "none: a single study has no spread"
            yield f"  ratio of times to a target, {plan.studies} {sampler} studies per arm, all reaching it: {what}"
    for count in sorted({len(final.seeds) for final in settings.finals}):
        gap = power.detectable_pairs(count)
        seen = f"{gap:.2f} standard deviations of a pair's difference"
        what = seen if math.isfinite(gap) else "none: one seed has no spread"
        yield f"  difference of final models in pairs, {count} seeds each: {what}"
