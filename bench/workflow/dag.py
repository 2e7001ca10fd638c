"""The files of a run and what each is made of, from its settings. The rules name the rest. Imports no torch."""

from pathlib import Path

from bench import registry
from bench.analysis.contract import TABLES
from bench.plots.kit import render
from bench.search import spaces
from bench.settings import Sampler, Settings
from bench.settings.sections import MAIN


class Dag:
    """The files of the run that `settings` describes.

    `trial_tables` are those of every arm, of the controls, and the pools that the settings add; `plots` all but those
    of experiments that are not run; `shown_translations`, which people see, those of the first seed of every final
    model; `cards` say how data, judges, searched weights and final models came to be.
    """

    def __init__(self, settings: Settings) -> None:
        search = settings.search
        self.settings = settings
        self.finals = {final.model: final for final in settings.finals}
        self.paths = paths = settings.paths
        self.pack = paths.pack(settings.data.image_size_px)
        self.judges = [paths.judge("a"), paths.judge("b")]
        self.trainings = [(final.model, seed) for final in settings.finals for seed in final.seeds]
        self.trial_tables = [
            paths.trials(arm, sampler, study, space)
            for arm, space, sampler, plan in spaces.studies(search)
            for study in plan.numbers
        ]
        self.trial_tables += search.pools
        self.score_tables = [*(paths.scores(model, seed) for model, seed in self.trainings), paths.control_scores]
        self.curve_tables = [paths.curve(model, seed) for model, seed in self.trainings]
        self.tables = [paths.table(name) for name in TABLES]
        self.gradients = [] if settings.gradients is None else [paths.table("gradients")]
        missing = set() if self.gradients else {"gradients"}
        self.plots = [name for name, plot in registry.plots().items() if not missing & set(plot.NEEDS)]
        self.figures = [paths.figure(name, render.suffix(registry.plots()[name])) for name in self.plots]
        self.shown_translations = [paths.translations(final.model, final.seeds[0]) for final in settings.finals]
        self.cards = [paths.faces, self.pack, *(judge.with_suffix(".json") for judge in self.judges)]
        self.cards += [paths.winner(arm) for arm in search.arms]
        self.cards += [paths.weights(model, seed).with_suffix(".json") for model, seed in self.trainings]

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
        return [self.paths.winner(arm) for arm in self.finals[model].weights_from]

    def study_option(self, model: str, seed: str) -> str:
        """`--study N`, the seed's place, where each seed of a final model takes the winner of a study of its own."""
        final = self.finals[model]
        return f"--study {final.seeds.index(int(seed))}" if final.winners == "by_study" else ""

    def budget_kimg(self, model: str) -> float:
        return self.finals[model].budget_kimg or self.settings.training.budget_kimg

    def plot_tables(self, plot: str) -> list[Path]:
        return [self.paths.table(name) for name in registry.plots()[plot].NEEDS if name != "translations"]

    def plot_translations(self, plot: str) -> list[Path]:
        return self.shown_translations if "translations" in registry.plots()[plot].NEEDS else []

    def plot_packs(self, plot: str) -> list[Path]:
        return [self.pack] if self.plot_translations(plot) else []

    def caption(self, plot: str) -> str:
        return str(registry.plots()[plot].CAPTION)
