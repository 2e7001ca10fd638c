"""What a run is about to do and for how long, said before Snakemake starts; and the plan that its progress goes by."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from bench.runtime import atomic_files
from bench.settings import Settings
from bench.workflow import job_costs, run_state, step_prices
from bench.workflow.dag import Dag
from bench.workflow.jobs import jobs
from bench.workflow.makespan import PricedJob
from bench.workflow.time_left import TimeLeft

PLAN = Path(".snakemake") / "planned_jobs.json"


def announce(settings: Settings, cores: int) -> str:
    """The jobs that are left and about how long they take on `cores` cores; also writes `PLAN`."""
    costs = step_prices.published(settings)
    planned = job_costs.priced(settings, costs.step_seconds, costs.flops)
    atomic_files.write_json(PLAN, {"cores": cores, "jobs": [asdict(job) for job in planned]})
    dag = Dag(settings)
    states = [(job.rule, run_state.state(job)) for job in jobs(dag)]
    counts = Counter(rule for rule, state in states if state != "done")
    left = TimeLeft(planned, cores)
    left.expect(counts)
    listed = ", ".join(f"{count} {rule}" for rule, count in counts.items())
    return "\n".join(
        [
            f"{settings.title}: {counts.total()} of {len(states)} jobs on {cores} cores, {_about(left.seconds(0))}.",
            f"  {listed or 'All is done already.'}",
            f"  Stopped at any moment and started again, it goes on: python -m bench status --run {dag.paths.root}",
        ]
    )


def time_left() -> TimeLeft:
    """Follows the run that was announced in this folder."""
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    planned = [PricedJob(**{**job, "after": tuple(job["after"])}) for job in plan["jobs"]]
    return TimeLeft(planned, plan["cores"], time.monotonic())


def _about(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes >= 120:
        return f"about {minutes / 60:.0f} hours"
    return f"about {minutes} minutes" if minutes > 1 else "about a minute"
