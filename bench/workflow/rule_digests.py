"""What the result of each rule depends on beside its input files: source and settings, as one digest.

Snakemake keeps the digest as a parameter of the job and redoes the job when it has changed. Imports no torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bench import registry
from bench.runtime import digest
from bench.runtime.digest import value_digest
from bench.search import spaces
from bench.settings import ANALYSIS_KEYS, RANGE_KEYS, Settings
from bench.settings.run import evaluated_arms
from bench.workflow.dag import Dag, OfModel, OfPlot, OfStudy


@dataclass(frozen=True)
class Causes:
    """One digest a rule. Methods that take wildcards are functions of parameters."""

    dag: Dag

    def data(self, command: str) -> str:
        """What a step between the faces and the judges depends on."""
        return self._digest([f"bench.{command}"], "data")

    def judge(self) -> str:
        """What a judge depends on beside its images."""
        return self._digest(["bench.evaluation.judge_training"], "data", "judges")

    def search(self, wildcards: OfStudy) -> str:
        """What a study depends on beside its images and judges; other arms and samplers leave it as it is."""
        ranges = RANGE_KEYS if wildcards.sampler == "default" else {"pilot_seeds"}  # else the file of centres tells
        search = self.dag.settings.search.model_dump(mode="json", exclude={*ANALYSIS_KEYS, *ranges})
        space = self.dag.space(wildcards)
        plan = spaces.plans(self.dag.settings.search, space)[wildcards.sampler].trials
        control = self.dag.settings.search.controls.get(space)
        axes = [one.get(wildcards.model) for one in (control.frozen, control.redundant)] if control else []
        return digest.value_digest([self._training_digest("search", wildcards.model), search, plan, axes])

    def centres(self, wildcards: OfModel) -> str:
        """What the centres of an arm's ranges depend on beside its images."""
        training = self.dag.settings.training.model_dump(mode="json", exclude={"checkpoint_seconds", "evaluations"})
        search = self.dag.settings.search.model_dump(mode="json", include={"seed", "pilot_seeds"})
        package = _package(wildcards.model)
        readings = dict(self.dag.settings.readings.get(package, {}))
        source = self._digest(["bench.search.balanced_centres", package], "data", "networks")
        return digest.value_digest([source, training, search, readings])

    def train(self, wildcards: OfModel) -> str:
        """What a training depends on beside its images, judges and weights; other finals leave it as it is."""
        return digest.value_digest([self._training_digest("train", wildcards.model), self.dag.budget_kimg(wildcards)])

    def winner(self) -> str:
        """What the choice of weights depends on beside the trials."""
        targets = {"accuracy_target", "preservation_margin", "targets"}
        search = self.dag.settings.search.model_dump(mode="json", include=targets)
        return digest.value_digest([_source_digest("bench.search.winner"), search])

    def translate(self, wildcards: OfModel) -> str:
        """What translations depend on beside the model and its images."""
        return self._digest(["bench.evaluation.photos", _package(wildcards.model)], "data", "scoring")

    def score(self) -> str:
        """What scores depend on beside translations, judges and images."""
        return self._digest(["bench.evaluation.score_rows", "bench.metrics"], "data", "scoring")

    def speed(self) -> str:
        """What costs of steps and evaluations depend on beside faces and judges; one job times all, interleaved."""
        packages = sorted({_package(model) for model in self.dag.settings.speed.models})
        modules = ["bench.experiments.step_timer", *_quick_metrics(), *packages]
        steps = self._digest(modules, "data", "networks", "training", "readings", "speed")
        arms = evaluated_arms(self.dag.settings)
        return digest.value_digest([steps, arms, self.dag.settings.search.evaluation_images if arms else 0])

    def gradients(self) -> str:
        """What the gradient experiments depend on beside the packed faces."""
        plan = self.dag.settings.gradients
        packages = sorted({_package(model) for model in (*plan.models, plan.generator)} if plan else ())
        return self._digest(
            ["bench.experiments.gradients", *packages], "data", "networks", "training", "readings", "gradients"
        )

    def tables(self) -> str:
        """What the tables depend on beside the results: their code, the methods' claims and every setting."""
        return self._digest(["bench.analysis.tables", *self._modules("claims")], *type(self.dag.settings).model_fields)

    def plot(self, wildcards: OfPlot) -> str:
        """What one figure depends on beside its tables: its plot, the methods' labels and colours, every setting."""
        modules = ["bench.plots.kit.render", f"bench.plots.{wildcards.plot}", *self._modules("method")]
        return self._digest(modules, *type(self.dag.settings).model_fields)

    def report(self) -> str:
        """What the report depends on beside tables and figures: its code, its templates and every setting."""
        code = self._digest(["bench.report.render", *self._modules("method")], *type(self.dag.settings).model_fields)
        folder = digest.ROOT / "bench" / "report"
        files = sorted(file for file in folder.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc"))
        captions = [plot.CAPTION for plot in registry.plots().values()]
        return digest.value_digest([code, [file.read_bytes().hex() for file in files], captions])

    def _modules(self, name: str) -> list[str]:
        """The modules `<method>.<name>` of the methods that the settings use."""
        used = [
            *self.dag.settings.search.arms,
            *(final.model for final in self.dag.settings.finals),
            *self.dag.settings.speed.models,
        ]
        packages = sorted({_package(model) for model in used})
        return [f"{package}.{name}" for package in packages if (digest.ROOT / package / f"{name}.py").is_file()]

    def _training_digest(self, command: str, model_id: str) -> str:
        package = _package(model_id)
        training = self.dag.settings.training.model_dump(mode="json", exclude={"budget_kimg", "checkpoint_seconds"})
        readings = dict(self.dag.settings.readings.get(package, {}))
        return digest.value_digest(
            [self._digest([f"bench.{command}", package, *_quick_metrics()], "data", "networks"), training, readings]
        )

    def _digest(self, modules: list[str], *sections: str) -> str:
        source = _source_digest(*modules)
        return digest.value_digest([source, settings_digest(self.dag.settings, *sections)])


def _quick_metrics() -> list[str]:
    """The metrics that searches and curves take, by module; read as text, since importing them imports torch."""
    files = sorted((digest.ROOT / "bench" / "metrics").glob("[a-z]*.py"))
    return [f"bench.metrics.{file.stem}" for file in files if "    quick = True\n" in file.read_text(encoding="utf-8")]


def _package(model_id: str) -> str:
    return model_id.split(".", 1)[0]


@cache
def _source_digest(*modules: str) -> str:
    """Of hundreds of jobs most depend on the same modules; Snakemake asks for each."""
    return digest.source_digest(*modules)


def settings_digest(settings: Settings, *sections: str) -> str:
    """16 hex digits over the named sections of the settings, defaults included."""
    content = settings.model_dump(mode="json", include=set(sections))
    return value_digest(content)
