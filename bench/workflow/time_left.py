"""What a run will do, how far it is and how long the rest takes: the plan's prices at the pace of its jobs so far.

`announce` speaks before Snakemake starts, and leaves the plan that `TimeLeft` goes by. Imports no torch.
"""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from tqdm import tqdm

from bench.runtime import atomic_files
from bench.settings import Settings
from bench.workflow import job_costs, step_prices
from bench.workflow.dag import Dag
from bench.workflow.job_costs import PricedJob, wall_seconds
from bench.workflow.jobs import jobs, state_of

PLAN = Path(".snakemake") / "planned_jobs.json"
PRIOR_SECONDS = 60.0  # of jobs that took what was planned, which the pace begins with


class TimeLeft:
    """Follows the jobs of one run. `planned` holds every job of the whole run with its price on one core."""

    def __init__(self, planned: Sequence[PricedJob], cores: int, now: float = 0.0) -> None:
        self.planned, self.cores, self._began = planned, cores, now
        self.waiting: Counter[str] = Counter()  # not ended, by rule
        self.total = 0
        self._running: dict[int, tuple[PricedJob, float]] = {}
        self._ended: set[str] = set()
        self._planned_seconds = self._real_seconds = PRIOR_SECONDS

    def expect(self, counts: Mapping[str, int]) -> None:
        """How many jobs of each rule the run will do: those whose results are there already are not done again."""
        self.waiting = Counter(counts)
        self.total = self.waiting.total()

    def begin(self, number: int, rule: str, name: str, now: float) -> None:
        self._running[number] = (self._job(rule, name), now)

    def end(self, number: int, now: float) -> None:
        if number not in self._running:
            return
        job, began = self._running.pop(number)
        if job.rule in self.waiting:  # `all` is no job of the run
            self.waiting[job.rule] -= 1
        self._ended.add(job.name)
        self._planned_seconds += job.seconds / min(job.cores, self.cores)
        self._real_seconds += now - began

    def seconds(self, now: float) -> float:
        """Seconds until the run ends, at its pace so far."""
        pace = self._real_seconds / self._planned_seconds
        open_jobs = Counter(job.rule for job in self.planned if job.name not in self._ended)
        spent = {job.name: now - began for job, began in self._running.values()}
        rest = []
        for job in self.planned:
            share = 0.0
            if job.name not in self._ended:
                share = 1.0 if job.name in spent else min(1.0, self.waiting[job.rule] / open_jobs[job.rule])
            done = spent.get(job.name, 0.0) * min(job.cores, self.cores)
            rest.append(replace(job, seconds=max(0.0, share * job.seconds * pace - done)))
        return wall_seconds(rest, self.cores)

    def line(self, now: float) -> str:
        running = ", ".join(job.name.replace(".", " ", 1) for job, _ in self._running.values())
        left = tqdm.format_interval(self.seconds(now))
        return f"{self._done()} of {self.total} jobs, {left} left" + (f": {running}" if running else "")

    def result(self, now: float) -> str:
        if not self.total:
            return "Nothing to be done."
        return f"{self._done()} of {self.total} jobs done in {tqdm.format_interval(now - self._began)}."

    def _done(self) -> int:
        return self.total - sum(self.waiting.values())

    def _job(self, rule: str, name: str) -> PricedJob:
        """The planned job; where none is called so, one of its rule's mean price."""
        alike = [job for job in self.planned if job.rule == rule]
        mean = sum(job.seconds for job in alike) / max(1, len(alike))
        named = f"{rule}.{name}"
        return next((job for job in alike if job.name == named), PricedJob(named, rule, mean))


def announce(settings: Settings, cores: int) -> str:
    """The jobs that are left and about how long they take on `cores` cores; also writes `PLAN`."""
    costs = step_prices.published(settings)
    planned = job_costs.priced(settings, costs.step_seconds, costs.flops)
    atomic_files.write_json(PLAN, {"cores": cores, "jobs": [asdict(job) for job in planned]})
    dag = Dag(settings)
    states = [(job.rule, state_of(job)) for job in jobs(dag)]
    counts = Counter(rule for rule, state in states if state != "done")
    left = TimeLeft(planned, cores)
    left.expect(counts)
    listed = ", ".join(f"{count} {rule}" for rule, count in counts.items())
    return (
        f"{settings.title}: {counts.total()} of {len(states)} jobs on {cores} cores, {_about(left.seconds(0))}.\n"
        f"  {listed or 'All is done already.'}\n"
        f"  Stopped at any moment and started again, it goes on: python -m bench status --run {dag.paths.root}"
    )


def announced() -> TimeLeft:
    """Follows the run that was announced in this folder."""
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    planned = [PricedJob(**{**job, "after": tuple(job["after"])}) for job in plan["jobs"]]
    return TimeLeft(planned, plan["cores"], time.monotonic())


def _about(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes >= 120:
        return f"about {minutes / 60:.0f} hours"
    return f"about {minutes} minutes" if minutes > 1 else "about a minute"
