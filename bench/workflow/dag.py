"""The files of a run and what each is made of, from its settings. The rules name the rest. Imports no torch."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench import registry
from bench.analysis.contract import TABLES
from bench.errors import BenchError
from bench.plots.kit.render import suffix
from bench.search import spaces
from bench.settings import FinalModel, Sampler, Settings
from bench.settings.paths import RunPaths
from bench.settings.search import MAIN

Value = TypeVar("Value")


def by_wildcards(function: Callable[..., Value]) -> Callable[[object], Value]:
    """`function` as a rule's input or parameter function: its arguments are the wildcards of their names."""
    names = list(inspect.signature(function).parameters)

    def of_wildcards(wildcards: object) -> Value:
        return function(*(getattr(wildcards, name) for name in names))

    return of_wildcards


@dataclass(frozen=True)
class Dag:
    """The files of the run that `settings` describes."""

    settings: Settings

    def __post_init__(self) -> None:
        counts = Counter(final.model for final in self.settings.finals)
        if twice := [model for model, count in counts.items() if count > 1]:
            raise BenchError(f"finals: {twice[0]!r} stands there twice; list all of its seeds in one entry.")

    @property
    def paths(self) -> RunPaths:
        return self.settings.paths

    @property
    def pack(self) -> Path:
        return self.paths.pack(self.settings.data.image_size_px)

    @property
    def judges(self) -> list[Path]:
        return [self.paths.judge("a"), self.paths.judge("b")]

    @property
    def trainings(self) -> list[tuple[str, int]]:
        return [(final.model, seed) for final in self.settings.finals for seed in final.seeds]

    def sizes_px(self, model: str) -> list[int]:
        """The image sizes a variant trains on: full size first, then those of its growth, from large to small."""
        size = self.settings.data.image_size_px
        grown = {size // stage.divisor for stage in registry.find(model)[1].stages(size)}
        return sorted({size, *grown}, reverse=True)

    def packs(self, model: str) -> list[Path]:
        """The packed stores a variant trains on, one for each of its `sizes_px`."""
        return [self.paths.pack(size) for size in self.sizes_px(model)]

    def studies(self, model: str) -> list[Path]:
        studies = self.settings.search.studies(model)
        return [*(self.paths.trials(model, sampler, study) for sampler, study in studies), *self.settings.search.pools]

    def space(self, space: str) -> str:
        """The space of a study, from the wildcard that stands in its file's name: '', or a control's name and a dot."""
        return space.removesuffix(".") or MAIN

    def centres(self, model: str, sampler: Sampler) -> list[Path]:
        """The file that holds the centres of a study's ranges; none where these are the defaults."""
        balanced = self.settings.search.centre == "balanced" and sampler != "default"
        return [self.paths.centres(model)] if balanced else []

    def winners(self, model: str) -> list[Path]:
        """The searched weights that a final model takes, in order of precedence; none: the stated defaults."""
        return [self.paths.winner(arm) for arm in self._final(model).weights_from]

    def study_option(self, model: str, seed: str) -> str:
        """`--study N`, the seed's place, where each seed of a final model takes the winner of a study of its own."""
        final = self._final(model)
        return f"--study {final.seeds.index(int(seed))}" if final.winners == "by_study" else ""

    def budget_kimg(self, model: str) -> float:
        return self._final(model).budget_kimg or self.settings.training.budget_kimg

    def plot_tables(self, plot: str) -> list[Path]:
        return [self.paths.table(name) for name in registry.plots()[plot].NEEDS if name != "translations"]

    def plot_translations(self, plot: str) -> list[Path]:
        return self.shown_translations if "translations" in registry.plots()[plot].NEEDS else []

    def plot_packs(self, plot: str) -> list[Path]:
        return [self.pack] if self.plot_translations(plot) else []

    def caption(self, plot: str) -> str:
        return str(registry.plots()[plot].CAPTION)

    @property
    def trial_tables(self) -> list[Path]:
        """The trial tables of every arm, those of the controls, and the pools that the settings add."""
        studies = [
            self.paths.trials(arm, sampler, study, space)
            for arm, space, sampler, plan in spaces.studies(self.settings.search)
            for study in plan.numbers
        ]
        return [*studies, *self.settings.search.pools]

    @property
    def score_tables(self) -> list[Path]:
        return [*(self.paths.scores(model, seed) for model, seed in self.trainings), self.paths.control_scores]

    @property
    def curve_tables(self) -> list[Path]:
        return [self.paths.curve(model, seed) for model, seed in self.trainings]

    @property
    def tables(self) -> list[Path]:
        return [self.paths.table(name) for name in TABLES]

    @property
    def gradients(self) -> list[Path]:
        return [] if self.settings.gradients is None else [self.paths.table("gradients")]

    @property
    def plots(self) -> list[str]:
        """Every plot but those of experiments that are not run."""
        missing = set() if self.gradients else {"gradients"}
        return [name for name, plot in registry.plots().items() if not missing & set(plot.NEEDS)]

    @property
    def figures(self) -> list[Path]:
        return [self.paths.figure(name, suffix(registry.plots()[name])) for name in self.plots]

    @property
    def shown_translations(self) -> list[Path]:
        """The translations that people see: those of the first seed of every final model."""
        return [self.paths.translations(final.model, final.seeds[0]) for final in self.settings.finals]

    @property
    def cards(self) -> list[Path]:
        """What says how data, judges, searched weights and final models came to be."""
        judges = [judge.with_suffix(".json") for judge in self.judges]
        winners = [self.paths.winner(arm) for arm in self.settings.search.arms]
        models = [self.paths.weights(model, seed).with_suffix(".json") for model, seed in self.trainings]
        return [self.paths.faces, self.pack, *judges, *winners, *models]

    def _final(self, model: str) -> FinalModel:
        return next(final for final in self.settings.finals if final.model == model)
