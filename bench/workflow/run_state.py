"""The state of a run: every job of its workflow, how far it is, and how long the rest will take. Imports no torch."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from bench.runtime import lease
from bench.runtime.process import Process
from bench.settings.paths import RunPaths
from bench.workflow.jobs import Job

State = Literal["done", "running", "failed", "waiting"]
STATES: tuple[State, ...] = ("done", "running", "failed", "waiting")
STARTING_SECONDS = 30.0  # a job writes its log before it takes its lease: it may import for so long


@dataclass(frozen=True)
class Progress:
    """How far a job is: a share of 0 to 1 (None: it does not tell), and in words."""

    share: float | None
    words: str


def state(job: Job) -> State:
    """What a job is at; `failed` also where it was stopped: it began, left no result, and nobody is at it."""
    if lease.holder(job.target) is not None:
        return "running"
    if all(path.exists() for path in job.outputs):
        return "done"
    if not job.log.exists():
        return "waiting"
    return "running" if time.time() - job.log.stat().st_mtime < STARTING_SECONDS else "failed"


def progress(job: Job, paths: RunPaths) -> Progress:
    """How far a job is: by the study's journal, or by the training's statistics."""
    if job.rule == "search":
        journal = newest_journal(paths, job.name)
        finished = 0 if journal is None else sum(trial.state.is_finished() for trial in _trials(journal))
        return Progress(finished / job.trials, f"{finished} of {job.trials} trials")
    process = lease.holder(job.target)
    if job.rule == "train" and process is not None:
        row = _last_row(_work_of(process, paths))
        seen = int(row.get("images_seen", 0))
        return Progress(seen / job.images, f"{seen:,} of {job.images:,} images")
    return Progress(None, "")


def newest_journal(paths: RunPaths, study: str) -> Path | None:
    """The journal of a study that was written to last; its settings may have changed since an older one."""
    journals = (paths.work / "searches").glob(f"{study}.*/study.journal")
    return max(journals, key=lambda file: file.stat().st_mtime, default=None)


def seconds_left(job_states: list[tuple[Job, State]], paths: RunPaths) -> float | None:
    """Seconds until the last search and training end, at the pace so far; None where nothing has been timed yet.

    A model that was not timed goes at the median pace. As many jobs as run now are thought to run side by side.
    """
    paces = _paces(job_states, paths)
    if not paces:
        return None
    usual = median(paces.values())
    left = []
    for job, state in job_states:
        if job.images and state != "done":
            share = progress(job, paths).share or 0.0
            left.append(job.images * (1 - share) * paces.get(job.model, usual))
    lanes = sum(bool(job.images) and state == "running" for job, state in job_states)
    return max([sum(left) / max(lanes, 1), *left], default=0.0)


def _paces(job_states: list[tuple[Job, State]], paths: RunPaths) -> dict[str, float]:
    """Median seconds per image by model: of finished trials (with their evaluation), and of final trainings."""
    samples: dict[str, list[float]] = {}
    for job, state in job_states:
        if job.rule == "search" and (journal := newest_journal(paths, job.name)):
            durations = [trial.duration.total_seconds() for trial in _trials(journal) if trial.duration]
            samples.setdefault(job.model, []).extend(duration * job.trials / job.images for duration in durations)
        elif job.rule == "train":
            process = lease.holder(job.target) if state == "running" else None
            row = _last_row(_work_of(process, paths)) if process else _read(job.outputs[1])
            if row.get("images_seen"):
                samples.setdefault(job.model, []).append(row["train_seconds"] / row["images_seen"])
    return {model: median(values) for model, values in samples.items() if values}


def _trials(journal: Path) -> list[Any]:
    """The trials in a study's journal, which is only read."""
    import optuna  # here: a second that only a running or finished search costs
    from optuna.storages.journal import JournalFileBackend, JournalStorage

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = JournalStorage(JournalFileBackend(str(journal)))
    return [trial for study in storage.get_all_studies() for trial in storage.get_all_trials(study._study_id)]


def _work_of(process: Process, paths: RunPaths) -> Path | None:
    """The working folder of the training that `process` is at."""
    folder = paths.work / "train"
    keys = [entry.name for entry in (folder / lease.FOLDER).glob("*")]
    return next((folder / key for key in keys if lease.holder(folder / key) == process), None)


def _last_row(work: Path | None) -> dict[str, Any]:
    """The last whole line of a training's statistics; empty before the first."""
    if work is None or not (work / "stats.jsonl").is_file():
        return {}
    lines = (work / "stats.jsonl").read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    whole = [line for line in lines if line.endswith("\n")]
    return dict(json.loads(whole[-1])) if whole else {}


def _read(card: Path) -> dict[str, Any]:
    return dict(json.loads(card.read_text(encoding="utf-8"))) if card.is_file() else {}
