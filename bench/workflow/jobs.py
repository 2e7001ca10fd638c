"""Every job of a run: its rule, files and work. The one list that `status` and `plan` read. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.search import spaces
from bench.settings.paths import RunPaths, model_key
from bench.settings.search import PILOT_SHARE
from bench.workflow.dag import Dag


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
    yield from _data(dag)
    yield from _searches(dag)
    yield from _finals(dag)
    paths = dag.paths
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


def _data(dag: Dag) -> Iterator[Job]:
    paths = dag.paths
    yield Job(paths, "faces", "faces", [], [paths.faces])
    models = [*dag.settings.search.arms, *(final.model for final in dag.settings.finals)]
    for pack in sorted({dag.pack, *(pack for model in models for pack in dag.packs(model))}):
        yield Job(paths, "pack", pack.stem, [paths.faces], [pack])
    for judge in dag.judges:
        yield Job(paths, "judge", judge.stem, [dag.pack], [judge, judge.with_suffix(".json")])


def _searches(dag: Dag) -> Iterator[Job]:
    paths, search = dag.paths, dag.settings.search
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


def _finals(dag: Dag) -> Iterator[Job]:
    paths = dag.paths
    for model, seed in dag.trainings:
        key, weights = model_key(model, seed), paths.weights(model, seed)
        outputs = [weights, weights.with_suffix(".json"), paths.curve(model, seed)]
        inputs = [*dag.packs(model), *dag.judges, *dag.winners(model)]
        yield Job(paths, "train", key, inputs, outputs, model, round(1000 * dag.budget_kimg(model)))
        outputs = [paths.scores(model, seed), paths.translations(model, seed)]
        yield Job(paths, "score", key, [weights, dag.pack, *dag.judges], outputs, model)
