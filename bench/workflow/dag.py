"""What the workflow needs to know of the settings: which files there are, what they are made of, and their digests.

The rule files name the rules; everything that is computed for them is here, typed and tested. Imports no torch.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench import registry
from bench.errors import BenchError
from bench.search import spaces
from bench.settings import FinalModel, Sampler, Settings
from bench.settings.paths import RunPaths
from bench.settings.search import MAIN

TABLES = (
    "scores", "speed", "search", "time_to_target", "claims", "curves", "claim_parts", "reached", "final_quality",
    "speed_ratio", "ladder", "gradient_means", "search_ratio", "search_factors", "good_zones", "importance", "power",
)  # fmt: skip


class OfModel(Protocol):
    """Wildcards of a rule that works on one model."""

    model: str


class OfStudy(Protocol):
    """Wildcards of a rule that works on one study."""

    model: str
    space: str  # '', or a control's name and a dot
    sampler: Sampler


class OfPlot(Protocol):
    """Wildcards of the rule that draws one figure."""

    plot: str


@dataclass(frozen=True)
class Dag:
    """The files and digests of the run that `settings` describes. Methods that take wildcards are input functions."""

    settings: Settings

    def __post_init__(self) -> None:
        counts = Counter(final.model for final in self.settings.finals)
        if twice := [model for model, count in counts.items() if count > 1]:
            raise BenchError(f"finals: {twice[0]!r} stands there twice; list all of its seeds in one entry.")

    @property
    def paths(self) -> RunPaths:
        """The run's files."""
        return RunPaths(self.settings.folder)

    @property
    def pack(self) -> Path:
        """The packed store at full size."""
        return self.paths.pack(self.settings.data.image_size_px)

    @property
    def judges(self) -> list[Path]:
        """Weights of judge A and judge B."""
        return [self.paths.judge("a"), self.paths.judge("b")]

    def packs(self, wildcards: OfModel) -> list[Path]:
        """The packed stores a variant trains on: full size first, then the sizes of its growth."""
        size = self.settings.data.image_size_px
        _, variant = registry.find(wildcards.model)
        sizes = {size // stage.divisor for stage in variant.stages(size)} - {size}
        return [self.paths.pack(side) for side in (size, *sorted(sizes, reverse=True))]

    def studies(self, wildcards: OfModel) -> list[Path]:
        """The trial tables of every study of one arm, and the pools that the settings add."""
        own = [
            self.paths.trials(wildcards.model, sampler, study)
            for sampler, study in self.settings.search.studies(wildcards.model)
        ]
        return [*own, *self.settings.search.pools]

    def space(self, wildcards: OfStudy) -> str:
        """The space of a study: the main one, or a control's."""
        return wildcards.space.removesuffix(".") or MAIN

    def space_option(self, wildcards: OfStudy) -> str:
        """`--space NAME` of a control's study, or nothing."""
        return f"--space {self.space(wildcards)}" if wildcards.space else ""

    def centres(self, wildcards: OfStudy) -> list[Path]:
        """The file that tells the centres of a study's ranges; none where these are the defaults."""
        balanced = self.settings.search.centre == "balanced" and wildcards.sampler != "default"
        return [self.paths.centres(wildcards.model)] if balanced else []

    def centres_option(self, wildcards: OfStudy) -> str:
        """`--centres FILE` of a study whose ranges are balanced, or nothing."""
        return " ".join(f"--centres {file}" for file in self.centres(wildcards))

    def winners(self, wildcards: OfModel) -> list[Path]:
        """The searched weights that a final model takes, in order of precedence."""
        return [self.paths.winner(arm) for arm in self._final(wildcards.model).weights_from]

    def weights_option(self, wildcards: OfModel) -> str:
        """`--weights FILE …` of a final model, or nothing where it trains with the stated defaults."""
        winners = self.winners(wildcards)
        return f"--weights {' '.join(map(str, winners))}" if winners else ""

    def budget_kimg(self, wildcards: OfModel) -> float:
        """The image budget of a final model, in thousands."""
        return self._final(wildcards.model).budget_kimg or self.settings.training.budget_kimg

    @property
    def trial_tables(self) -> list[Path]:
        """The trial tables of every arm, those of the controls, and the pools that the settings add."""
        own = [
            self.paths.trials(arm, sampler, study, space)
            for arm, space, sampler, plan in spaces.studies(self.settings.search)
            for study in plan.numbers
        ]
        return [*own, *self.settings.search.pools]

    @property
    def score_tables(self) -> list[Path]:
        """The scores of every final model and of the controls."""
        splits = self.settings.scoring.splits
        models = [self.paths.scores(model, seed, split) for model, seed in self._trainings() for split in splits]
        return models + [self.paths.control_scores(split) for split in splits]

    @property
    def curve_tables(self) -> list[Path]:
        """The training curves of every final model."""
        return [self.paths.curve(model, seed) for model, seed in self._trainings()]

    @property
    def step_costs(self) -> Path:
        """The measured step costs, before they become tables/speed.csv."""
        return self.paths.root / "speed" / "speed.csv"

    @property
    def step_cost_ratios(self) -> Path:
        """The measured ratios of step costs, before they become tables/speed_ratio.csv."""
        return self.paths.root / "speed" / "speed_ratio.csv"

    @property
    def tables(self) -> list[Path]:
        """The tables of the output contract, and those that stand beside them."""
        return [self.paths.table(name) for name in TABLES]

    @property
    def gradients(self) -> list[Path]:
        """The table of the gradient experiments, where the settings ask for them."""
        return [] if self.settings.gradients is None else [self.paths.table("gradients")]

    def gradients_option(self, _: object) -> str:
        """`--gradients FILE`, where the settings ask for the gradient experiments, or nothing."""
        return " ".join(f"--gradients {table}" for table in self.gradients)

    @property
    def figures(self) -> list[Path]:
        """One figure a plot; those of experiments that are not run are left out."""
        missing = set() if self.gradients else {"gradients"}
        chosen = {name: plot for name, plot in registry.plots().items() if not missing & set(plot.NEEDS)}
        return [self.paths.figure(name, plot.SUFFIX) for name, plot in chosen.items()]

    def plot_tables(self, wildcards: OfPlot) -> list[Path]:
        """The tables one plot reads."""
        return [self.paths.table(name) for name in registry.plots()[wildcards.plot].NEEDS if name != "translations"]

    @property
    def shown_translations(self) -> list[Path]:
        """The translations that people see: the first seed of every final model, on the split that is shown."""
        split = self.settings.scoring.shown_split
        return [self.paths.translations(final.model, final.seeds[0], split) for final in self.settings.finals]

    @property
    def cards(self) -> list[Path]:
        """What tells how data, judges, searched weights and final models came to be."""
        judges = [judge.with_suffix(".json") for judge in self.judges]
        winners = [self.paths.winner(arm) for arm in self.settings.search.arms]
        models = [self.paths.weights(model, seed).with_suffix(".json") for model, seed in self._trainings()]
        return [self.paths.faces, self.pack, *judges, *winners, *models]

    def plot_translations(self, wildcards: OfPlot) -> list[Path]:
        """The translations one plot shows."""
        return self.shown_translations if "translations" in registry.plots()[wildcards.plot].NEEDS else []

    def plot_packs(self, wildcards: OfPlot) -> list[Path]:
        """The packed store, where one plot shows translations."""
        return [self.pack] if self.plot_translations(wildcards) else []

    def translations_option(self, wildcards: OfPlot) -> str:
        """`--translations FILE … --pack FILE` of a plot that shows images, or nothing."""
        files = self.plot_translations(wildcards)
        return f"--translations {' '.join(map(str, files))} --pack {self.pack}" if files else ""

    def caption(self, wildcards: OfPlot) -> str:
        """What a reader should see in one plot, for Snakemake's own report."""
        return str(registry.plots()[wildcards.plot].CAPTION)

    def _final(self, model_id: str) -> FinalModel:
        return next(final for final in self.settings.finals if final.model == model_id)

    def _trainings(self) -> list[tuple[str, int]]:
        return [(final.model, seed) for final in self.settings.finals for seed in final.seeds]
