"""Every job of a run, the one list that `status` and `plan` read; how far each is, and how long the rest will take.

Imports no torch.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from bench.runtime import lease
from bench.search import spaces
from bench.settings import Settings
from bench.settings.paths import RunPaths, model_key
from bench.settings.sections import PILOT_SHARE
from bench.workflow.dag import Dag

State = Literal["done", "running", "failed", "waiting"]
STATES: tuple[State, ...] = ("done", "running", "failed", "waiting")
STARTING_SECONDS = 30.0  # a job writes its log before it takes its lease: it may import for so long
GO_ON = "BENCH_WITHOUT_GPU"


@dataclass(frozen=True)
class Job:
    """One job of the run in `paths`: what it reads and leaves, and what it trains.

    `model` is trained on `images` in all; a search does so in `trials` trials, which sampler `sampler` draws. The first
    output is the one whose lease the job holds.
    """

    paths: RunPaths
    rule: str
    name: str
    inputs: Sequence[Path]
    outputs: Sequence[Path]
    model: str = ""
    images: int = 0
    trials: int = 0
    sampler: str = ""

    @property
    def log(self) -> Path:
        return self.paths.log(self.rule, self.name)

    @property
    def target(self) -> Path:
        return self.outputs[0].parent if self.rule == "tables" else self.outputs[0]


def jobs(dag: Dag) -> Iterator[Job]:
    """All jobs of a run, each after those whose outputs it reads."""
    paths, search = dag.paths, dag.settings.search
    yield Job(paths, "faces", "faces", [], [paths.faces])
    models = [*search.arms, *(final.model for final in dag.settings.finals)]
    for pack in sorted({dag.pack, *(pack for model in models for pack in dag.packs(model))}):
        yield Job(paths, "pack", pack.stem, [paths.faces], [pack])
    for judge in dag.judges:
        yield Job(paths, "judge", judge.stem, [dag.pack], [judge, judge.with_suffix(".json")])

    for model in search.arms if search.centre == "balanced" else ():
        images = search.pilot_seeds * round(1000 * PILOT_SHARE * dag.settings.training.budget_kimg)
        yield Job(paths, "centres", model, dag.packs(model), [paths.centres(model)], model, images)
    for model, space, sampler, plan in spaces.studies(search):
        inputs = [*dag.packs(model), *dag.judges, *dag.centres(model, sampler)]
        images = round(1000 * search.budget_kimg) * plan.trials
        for study in plan.numbers:
            output = paths.trials(model, sampler, study, space)
            yield Job(paths, "search", output.stem, inputs, [output], model, images, plan.trials, sampler)
    for model in search.arms:
        yield Job(paths, "winner", model, dag.studies(model), [paths.winner(model)])

    for model, seed in dag.trainings:
        key, weights = model_key(model, seed), paths.weights(model, seed)
        outputs = [weights, weights.with_suffix(".json"), paths.curve(model, seed)]
        inputs = [*dag.packs(model), *dag.judges, *dag.winners(model)]
        yield Job(paths, "train", key, inputs, outputs, model, round(1000 * dag.budget_kimg(model)))
        outputs = [paths.scores(model, seed), paths.translations(model, seed)]
        yield Job(paths, "score", key, [weights, dag.pack, *dag.judges], outputs, model)

    yield Job(paths, "score_controls", "control", [dag.pack, *dag.judges], [paths.control_scores])
    yield Job(paths, "speed", "speed", [dag.pack, *dag.judges], [paths.step_blocks])
    for table in dag.gradients:
        yield Job(paths, "gradients", "gradients", [dag.pack], [table])
    results = [*dag.score_tables, *dag.curve_tables, *dag.trial_tables, paths.step_blocks, *dag.gradients]
    yield Job(paths, "tables", "tables", results, dag.tables)
    for plot, figure in zip(dag.plots, dag.figures, strict=True):
        inputs = [*dag.plot_tables(plot), *dag.plot_translations(plot), *dag.plot_packs(plot)]
        yield Job(paths, "plot", figure.name, inputs, [figure])
    shown = [*dag.tables, *dag.figures, *dag.shown_translations, *dag.cards]
    yield Job(paths, "report", "report", shown, [paths.report])


def state_of(job: Job) -> State:
    """What a job is at; `failed` also where it was stopped: it began, left no result, and nobody is at it."""
    if lease.holder(job.target) is not None:
        return "running"
    if all(path.exists() for path in job.outputs):
        return "done"
    if not job.log.exists():
        return "waiting"
    return "running" if time.time() - job.log.stat().st_mtime < STARTING_SECONDS else "failed"


def progress(job: Job) -> tuple[float | None, str]:
    """How far a job is, as a share of 0 to 1 (None: it does not tell) and in words.

    By the study's journal, or by the training's statistics.
    """
    if job.rule == "search":
        finished = sum(trial.state.is_finished() for trial in _trials(job))
        return finished / job.trials, f"{finished} of {job.trials} trials"
    if job.rule == "train" and lease.holder(job.target) is not None:
        seen = int(_statistics(job).get("images_seen", 0))
        return seen / job.images, f"{seen:,} of {job.images:,} images"
    return None, ""


def seconds_left(job_states: Sequence[tuple[Job, State]]) -> float | None:
    """Seconds until the last search and training end, at the pace so far; None where nothing has been timed yet.

    A model that was not timed goes at the median pace. As many jobs as run now are thought to run side by side.
    """
    paces = _paces(job_states)
    if not paces:
        return None
    usual = median(paces.values())
    left = []
    for job, state in job_states:
        if job.images and state != "done":
            share = progress(job)[0] or 0.0
            left.append(job.images * (1 - share) * paces.get(job.model, usual))
    lanes = sum(bool(job.images) and state == "running" for job, state in job_states)
    return max([sum(left) / max(lanes, 1), *left], default=0.0)


def _paces(job_states: Sequence[tuple[Job, State]]) -> dict[str, float]:
    """Median seconds per image by model: of finished trials (with their evaluation), and of final trainings."""
    samples: dict[str, list[float]] = {}
    for job, _ in job_states:
        if job.rule == "search":
            durations = [trial.duration.total_seconds() for trial in _trials(job) if trial.duration]
            samples.setdefault(job.model, []).extend(duration * job.trials / job.images for duration in durations)
        elif job.rule == "train":
            row = _statistics(job)
            if row.get("images_seen"):
                samples.setdefault(job.model, []).append(row["train_seconds"] / row["images_seen"])
    return {model: median(values) for model, values in samples.items() if values}


def _trials(job: Job) -> list[Any]:
    """The trials of a search so far, from that journal of its study that was written to last, which is only read.

    Its settings may have changed since an older one.
    """
    journals = (job.paths.work / "searches").glob(f"{job.name}.*/study.journal")
    newest = max(journals, key=lambda file: file.stat().st_mtime, default=None)
    if newest is None:
        return []
    import optuna  # here: a second that only a running or finished search costs
    from optuna.storages.journal import JournalFileBackend, JournalStorage

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = JournalStorage(JournalFileBackend(str(newest)))
    return [trial for study in storage.get_all_studies() for trial in storage.get_all_trials(study._study_id)]


def _statistics(job: Job) -> dict[str, Any]:
    """What a training tells: the last whole line of its statistics while it runs, then its card; else {}."""
    process = lease.holder(job.target)
    if process is None:
        card = job.outputs[1]
        return dict(json.loads(card.read_text(encoding="utf-8"))) if card.is_file() else {}
    folder = job.paths.work / "train"
    keys = [entry.name for entry in (folder / lease.FOLDER).glob("*")]
    files = [folder / key / "stats.jsonl" for key in keys if lease.holder(folder / key) == process]
    text = files[0].read_text(encoding="utf-8", errors="replace") if files and files[0].is_file() else ""
    whole = [line for line in text.splitlines(keepends=True) if line.endswith("\n")]
    return dict(json.loads(whole[-1])) if whole else {}


def gpu_refusal(settings: Settings, gpus: int, environment: Mapping[str, str] = os.environ) -> str | None:
    """Why a run on CelebA must not start on this machine, or None where it may."""
    if settings.data.source != "celeba" or gpus or environment.get(GO_ON):
        return None
    return (
        "This run trains on CelebA, and this machine has no GPU. Start it where there is one, or on a cluster "
        "(--workflow-profile profiles/slurm), or see drawn faces first (make demo). "
        f"To go on here all the same, set {GO_ON}=1."
    )
