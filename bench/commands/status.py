r"""Show what of a run is done, running, failed and waiting, when it should end, and how to look inside.

    python -m bench status --run results/demo
    python -m bench status --run demo --watch 10

It reads the run's files, leases and logs, writes nothing, and can be asked at any time, also from another machine that
sees the folder. A job is `failed` where it began, left no result, and nobody is at it: because of an error, which is
the last line of its log, or because it was stopped. Start the run again, and it goes on from there.

The end is estimated from the pace of the searches and trainings so far; the short jobs around them are not counted.
"""

import argparse
import shlex
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from tqdm import tqdm

from bench.runtime import lease
from bench.settings.reading import find_run
from bench.workflow.dag import Dag
from bench.workflow.jobs import STATES, Job, State, jobs, progress, seconds_left, state_of

SHORTEST_SECONDS, LONGEST_SECONDS = 0.1, 86_400.0
CLEAR = "\033[2J\033[H"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", required=True, metavar="RUN", help="folder of the run, or its name in results/")
    parser.add_argument("--watch", type=_seconds, metavar="SECONDS", help="show it anew every so often, until Ctrl-C")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text} s: give {SHORTEST_SECONDS:g} to {LONGEST_SECONDS:g} seconds")
    return seconds


def run(arguments: argparse.Namespace) -> None:
    dag = Dag(find_run(arguments.run))
    try:
        while True:
            job_states = [(job, state_of(job)) for job in jobs(dag)]
            clear = CLEAR if arguments.watch and sys.stdout.isatty() else ""
            print(clear + describe(dag, job_states), flush=True)
            if not arguments.watch or all(state == "done" for _, state in job_states):
                return
            time.sleep(arguments.watch)
    except KeyboardInterrupt:
        return


def describe(dag: Dag, job_states: Sequence[tuple[Job, State]]) -> str:
    is_done = all(state == "done" for _, state in job_states)
    parts = [
        f"{dag.settings.title} ({dag.paths.root})",
        _counts(job_states),
        *_running(job_states),
        *_failed(job_states),
        f"All is done. Report: {dag.paths.report}" if is_done else _end(job_states),
        f"Look inside: tensorboard --logdir {shlex.quote(str(dag.paths.work))}",
    ]
    return "\n\n".join(parts)


def _counts(job_states: Sequence[tuple[Job, State]]) -> str:
    lines = [f"{'rule':<12}" + "".join(f"{name:>9}" for name in STATES)]
    for rule in dict.fromkeys(job.rule for job, _ in job_states):
        states = [state for job, state in job_states if job.rule == rule]
        lines.append(f"{rule:<12}" + "".join(f"{states.count(name) or '·':>9}" for name in STATES))
    states = [state for _, state in job_states]
    return "\n".join([*lines, f"{'all':<12}" + "".join(f"{states.count(name):>9}" for name in STATES)])


def _running(job_states: Sequence[tuple[Job, State]]) -> list[str]:
    lines = ["Running:"]
    for job, state in job_states:
        if state == "running":
            parts = [f"{job.rule} {job.name}", progress(job)[1], str(lease.holder(job.target) or "starting")]
            lines.append("  " + ", ".join(filter(None, parts)))
    return ["\n".join(lines)] if len(lines) > 1 else []


def _failed(job_states: Sequence[tuple[Job, State]]) -> list[str]:
    lines = ["Failed or stopped:"]
    for job, state in job_states:
        if state == "failed":
            said = job.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            lines += [f"  {job.rule} {job.name}: {said[-1] if said else 'stopped without a word'}", f"    {job.log}"]
    return ["\n".join(lines)] if len(lines) > 1 else []


def _end(job_states: Sequence[tuple[Job, State]]) -> str:
    seconds = seconds_left(job_states)
    if seconds is None:
        return "Expected end: not known before the first trial has ended."
    if not seconds:
        return "All searches and trainings have ended; short jobs are left."
    if not any(state == "running" for _, state in job_states):
        return f"Nothing is running; left: about {tqdm.format_interval(seconds)} of searches and trainings, one by one."
    end = datetime.now().astimezone() + timedelta(seconds=seconds)
    return f"Expected end: {end:%Y-%m-%d %H:%M}, in about {tqdm.format_interval(seconds)}."
