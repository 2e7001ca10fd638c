"""The state of a run: every job of its workflow, how far it is, and how long the rest will take. Imports no torch."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from bench.runtime import lease
from bench.runtime.process import Process
from bench.search import spaces
from bench.settings.paths import RunPaths, model_key
from bench.workflow.dag import Dag

State = Literal["done", "running", "failed", "waiting"]
STATES: tuple[State, ...] = ("done", "running", "failed", "waiting")
STARTING_SECONDS = 30.0


"""A job writes its log before it takes its lease: so long it may import."""


@dataclass(frozen=True)
class Job:
    """One job: the path whose lease it holds, what it leaves, its log, and how many images it trains `model` on."""

    rule: str
    name: str
    target: Path
    outputs: tuple[Path, ...]
    log: Path
    model: str = ""
    images: int = 0
    trials: int = 0

    def state(self) -> State:
        """`failed` also where it was stopped: it began, left no result, and nobody is at it."""
        if lease.holder(self.target) is not None:
            return "running"
        if all(path.exists() for path in self.outputs):
            return "done"
        if not self.log.exists():
            return "waiting"
        return "running" if time.time() - self.log.stat().st_mtime < STARTING_SECONDS else "failed"


@dataclass(frozen=True)
class Progress:
    """How far a job is: a share of 0 to 1 (None: it does not tell), and in words."""

    share: float | None
    words: str


def jobs(dag: Dag) -> Iterator[Job]:
    """All jobs of a run, in the order of the workflow."""
    yield from _before_training(dag)
    yield from _searches(dag)
    yield from _finals(dag)
    paths = dag.paths
    for split in dag.settings.scoring.splits:
        yield _job(paths, "score", f"control.{split}", paths.control_scores(split))
    yield _job(paths, "speed", "speed", dag.step_costs)
    for table in dag.gradients:
        yield _job(paths, "gradients", "gradients", table)
    yield Job("tables", "tables", paths.root / "tables", tuple(dag.tables), paths.log("tables", "tables"))
    for figure in dag.figures:
        yield _job(paths, "plot", figure.name, figure)
    yield _job(paths, "report", "report", paths.report)


def _before_training(dag: Dag) -> Iterator[Job]:
    paths = dag.paths
    yield _job(paths, "faces", "faces", paths.faces)
    models = [*dag.settings.search.arms, *(final.model for final in dag.settings.finals)]
    packs = {pack for model in models for pack in dag.packs(OneModel(model))}
    for pack in sorted({dag.pack, *packs}):
        yield _job(paths, "pack", pack.stem, pack)
    for judge in dag.judges:
        yield _job(paths, "judge", judge.stem, judge, judge.with_suffix(".json"))


def _searches(dag: Dag) -> Iterator[Job]:
    paths, search = dag.paths, dag.settings.search
    for model in search.arms if search.centre == "balanced" else ():
        yield _job(paths, "centres", model, paths.centres(model))
    for model, space, sampler, plan in spaces.studies(search):
        for study in plan.numbers:
            output = paths.trials(model, sampler, study, space)
            images = round(1000 * search.budget_kimg) * plan.trials
            yield Job(
                "search", output.stem, output, (output,), paths.log("search", output.stem), model, images, plan.trials
            )
    for model in search.arms:
        yield _job(paths, "winner", model, paths.winner(model))


def _finals(dag: Dag) -> Iterator[Job]:
    paths = dag.paths
    for final in dag.settings.finals:
        for seed in final.seeds:
            key, weights = model_key(final.model, seed), paths.weights(final.model, seed)
            outputs = (weights, weights.with_suffix(".json"), paths.curve(final.model, seed))
            images = round(1000 * dag.budget_kimg(OneModel(final.model)))
            yield Job("train", key, weights, outputs, paths.log("train", key), final.model, images)
            for split in dag.settings.scoring.splits:
                whole, shown = (
                    place(final.model, seed, split) for place in (paths.whole_translations, paths.translations)
                )
                named = f"{key}.{split}"
                yield Job("translate", named, whole, (shown,), paths.log("translate", named))
                yield _job(paths, "score", f"{key}.{split}", paths.scores(final.model, seed, split))


@dataclass
class OneModel:
    """Stands for the wildcards of a rule that works on one model."""

    model: str


def _job(paths: RunPaths, rule: str, name: str, *outputs: Path) -> Job:
    return Job(rule, name, outputs[0], outputs, paths.log(rule, name))


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
    found = (paths.work / "searches").glob(f"{study}.*/study.journal")
    return max(found, key=lambda file: file.stat().st_mtime, default=None)


def seconds_left(found: list[tuple[Job, State]], paths: RunPaths) -> float | None:
    """Seconds until the last search and training end, at the pace so far; None where nothing has been timed yet.

    A model that was not timed goes at the median pace. As many jobs as run now are thought to run side by side.
    """
    paces = _paces(found, paths)
    if not paces:
        return None
    usual = median(paces.values())
    left = []
    for job, state in found:
        if job.images and state != "done":
            share = progress(job, paths).share or 0.0
            left.append(job.images * (1 - share) * paces.get(job.model, usual))
    lanes = sum(bool(job.images) and state == "running" for job, state in found)
    return max([sum(left) / max(lanes, 1), *left], default=0.0)


def _paces(found: list[tuple[Job, State]], paths: RunPaths) -> dict[str, float]:
    """Median seconds an image by model: of finished trials (with their evaluation), and of final trainings."""
    samples: dict[str, list[float]] = {}
    for job, state in found:
        if job.rule == "search" and (journal := newest_journal(paths, job.name)):
            durations = [trial.duration.total_seconds() for trial in _trials(journal) if trial.duration]
            samples.setdefault(job.model, []).extend(one * job.trials / job.images for one in durations)
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
