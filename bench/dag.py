"""What the workflow needs to know of the settings: which files there are, what they are made of, and their digests.

The rule files name the rules; everything that is computed for them is here, typed and tested. Imports no torch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Protocol

import bench.plots
from bench import digest, registry
from bench.errors import BenchError
from bench.paths import RunPaths
from bench.settings import FinalModel, Sampler, Settings

TABLES = ("scores", "speed", "search", "time_to_target", "claims", "claim_parts", "curves")


class OfModel(Protocol):
    """Wildcards of a rule that works on one model."""

    model: str


class OfStudy(Protocol):
    """Wildcards of a rule that works on one study."""

    model: str
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
        """The trial tables of every study of one arm."""
        return [
            self.paths.trials(wildcards.model, sampler, study)
            for sampler, plan in self.settings.search.samplers.items()
            for study in range(plan.studies)
        ]

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
        """The trial tables of every arm."""
        return [self.paths.trials(arm, sampler, study) for arm, sampler, study in self._all_studies()]

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
    def tables(self) -> list[Path]:
        """The tables of the output contract, and every part of every claim."""
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
        chosen = {name: plot for name, plot in plots().items() if not missing & set(plot.NEEDS)}
        return [self.paths.figure(name, plot.SUFFIX) for name, plot in chosen.items()]

    def plot_tables(self, wildcards: OfPlot) -> list[Path]:
        """The tables one plot reads."""
        return [self.paths.table(name) for name in plots()[wildcards.plot].NEEDS if name != "translations"]

    def plot_translations(self, wildcards: OfPlot) -> list[Path]:
        """The translations one plot shows: the first seed of every final model, on the first scored split."""
        if "translations" not in plots()[wildcards.plot].NEEDS:
            return []
        split = self.settings.scoring.splits[0]
        return [self.paths.translations(final.model, final.seeds[0], split) for final in self.settings.finals]

    def plot_packs(self, wildcards: OfPlot) -> list[Path]:
        """The packed store, where one plot shows translations."""
        return [self.pack] if self.plot_translations(wildcards) else []

    def translations_option(self, wildcards: OfPlot) -> str:
        """`--translations FILE … --pack FILE` of a plot that shows images, or nothing."""
        files = self.plot_translations(wildcards)
        return f"--translations {' '.join(map(str, files))} --pack {self.pack}" if files else ""

    def data_digest(self, command: str) -> str:
        """What a step between the faces and the judges depends on."""
        return self._digest([f"bench.{command}"], "data")

    def judge_digest(self) -> str:
        """What a judge depends on beside its images."""
        return self._digest(["bench.judge"], "data", "judges")

    def search_digest(self, wildcards: OfStudy) -> str:
        """What a study depends on beside its images and judges; other arms and samplers leave it as it is."""
        others = {"arms", "samplers", "comparisons", "judged_widths_decades"}
        search = self.settings.search.model_dump(mode="json", exclude=others)
        plan = self.settings.search.samplers[wildcards.sampler].trials
        return digest.value_digest([self._training_digest("search", wildcards.model), search, plan])

    def train_digest(self, wildcards: OfModel) -> str:
        """What a training depends on beside its images, judges and weights; other finals leave it as it is."""
        return digest.value_digest([self._training_digest("train", wildcards.model), self.budget_kimg(wildcards)])

    def winner_digest(self) -> str:
        """What the choice of weights depends on beside the trials."""
        targets = {"accuracy_target", "preservation_margin", "targets"}
        search = self.settings.search.model_dump(mode="json", include=targets)
        return digest.value_digest([_source_digest("bench.winner"), search])

    def translate_digest(self, wildcards: OfModel) -> str:
        """What translations depend on beside the model and its images."""
        return self._digest(["bench.translate", _package(wildcards.model)], "data", "scoring")

    def score_digest(self) -> str:
        """What scores depend on beside translations, judges and images."""
        return self._digest(["bench.score", "bench.metrics"], "data", "scoring")

    def speed_digest(self) -> str:
        """What step costs depend on; one job times all models, interleaved."""
        packages = sorted({_package(model) for model in self.settings.speed.models})
        return self._digest(["bench.speed", *packages], "data", "networks", "training", "readings", "speed")

    def gradients_digest(self) -> str:
        """What the gradient experiments depend on beside the packed faces."""
        plan = self.settings.gradients
        packages = sorted({_package(model) for model in (*plan.models, plan.generator)} if plan else ())
        return self._digest(["bench.gradients", *packages], "data", "networks", "training", "readings", "gradients")

    def tables_digest(self) -> str:
        """What the tables depend on beside the results: their code, the methods' claims and every setting."""
        return self._digest(["bench.tables", *self._modules("claims")], *type(self.settings).model_fields)

    def plot_digest(self, wildcards: OfPlot) -> str:
        """What one figure depends on beside its tables: its plot, the methods' labels and colours, every setting."""
        modules = ["bench.plot", f"bench.plots.{wildcards.plot}", *self._modules("method")]
        return self._digest(modules, *type(self.settings).model_fields)

    def report_digest(self) -> str:
        """What the report depends on beside tables and figures: its code, its templates and every setting."""
        code = self._digest(["bench.report", *self._modules("method")], *type(self.settings).model_fields)
        folder = registry.ROOT / "bench" / "report"
        files = sorted(file for file in folder.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc"))
        captions = [plot.CAPTION for plot in plots().values()]
        return digest.value_digest([code, [file.read_bytes().hex() for file in files], captions])

    def _final(self, model_id: str) -> FinalModel:
        return next(final for final in self.settings.finals if final.model == model_id)

    def _trainings(self) -> list[tuple[str, int]]:
        return [(final.model, seed) for final in self.settings.finals for seed in final.seeds]

    def _all_studies(self) -> list[tuple[str, str, int]]:
        search = self.settings.search
        return [
            (arm, sampler, study)
            for arm in search.arms
            for sampler, plan in search.samplers.items()
            for study in range(plan.studies)
        ]

    def _modules(self, name: str) -> list[str]:
        """The modules `<method>.<name>` of the methods that the settings use."""
        used = [
            *self.settings.search.arms,
            *(final.model for final in self.settings.finals),
            *self.settings.speed.models,
        ]
        packages = sorted({_package(model) for model in used})
        return [f"{package}.{name}" for package in packages if (registry.ROOT / package / f"{name}.py").is_file()]

    def _training_digest(self, command: str, model_id: str) -> str:
        package = _package(model_id)
        training = self.settings.training.model_dump(mode="json", exclude={"budget_kimg", "checkpoint_seconds"})
        readings = dict(self.settings.readings.get(package, {}))
        return digest.value_digest(
            [self._digest([f"bench.{command}", package], "data", "networks"), training, readings]
        )

    def _digest(self, modules: list[str], *sections: str) -> str:
        source = _source_digest(*modules)
        return digest.value_digest([source, digest.settings_digest(self.settings, *sections)])


def plots() -> Mapping[str, ModuleType]:
    """Every plot by name."""
    return registry.plugins(bench.plots)


def _package(model_id: str) -> str:
    return model_id.split(".", 1)[0]


@cache
def _source_digest(*modules: str) -> str:
    """Of hundreds of jobs most depend on the same modules; Snakemake asks for each."""
    return digest.source_digest(*modules)
