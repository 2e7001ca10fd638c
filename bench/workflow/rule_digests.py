"""What the result of each rule depends on beside its input files: source and settings, as one digest.

Snakemake keeps the digest as a parameter of the job and redoes the job when it has changed. Imports no torch.
"""

from dataclasses import asdict
from typing import Any

from bench import registry
from bench.runtime import digest
from bench.search import spaces
from bench.settings import Sampler
from bench.settings.sections import ANALYSIS_KEYS, HIT_KEYS, RANGE_KEYS
from bench.training.identity import lasting, planned, quick_metrics, resolved
from bench.workflow.dag import Dag


class RuleDigests:
    """One digest per rule; of rules with wildcards these are arguments."""

    def __init__(self, dag: Dag) -> None:
        self.dag, self.settings = dag, dag.settings

    def faces(self) -> str:
        return self._digest(["bench.commands.faces"], "data")

    def pack(self) -> str:
        return self._digest(["bench.commands.pack"], "data")

    def judge(self) -> str:
        return self._digest(["bench.commands.judge"], "data", "judges")

    def centres(self, model: str) -> str:
        """What the centres of an arm's ranges depend on beside its images."""
        plan = planned(self.settings, model, self.settings.training.budget_kimg, evaluated=False)
        search = self.settings.search.model_dump(mode="json", include={"seed", "pilot_seeds"})
        return digest.value_digest([digest.source_digest("bench.commands.centres"), plan.digest, search])

    def search(self, model: str, space: str, sampler: Sampler) -> str:
        """What a study depends on beside its images and judges; other arms and samplers leave it as it is."""
        search, name = self.settings.search, self.dag.space(space)
        control = search.controls.get(name)
        axes = [weights.get(model) for weights in (control.frozen, control.redundant)] if control else []
        ranges: list[Any] = []
        if sampler != "default":  # it draws nothing, wherever the ranges lie
            ranges = [search.centre, search.width_decades]
            # Where the ranges are balanced their centres are an input file.
            ranges += [] if search.centre == "balanced" else map(asdict, registry.find(model)[1].searched)
        parts = [
            planned(self.settings, model, search.budget_kimg).digest,
            search.model_dump(mode="json", exclude={*ANALYSIS_KEYS, *RANGE_KEYS}),
            *(spaces.plans(search, name)[sampler].trials, axes, ranges),
        ]
        return digest.value_digest([digest.source_digest("bench.commands.search"), *parts])

    def winner(self) -> str:
        """What the choice of weights depends on beside the trials."""
        search = self.settings.search.model_dump(mode="json", include=set(HIT_KEYS))
        return digest.value_digest([digest.source_digest("bench.commands.winner"), search])

    def train(self, model: str) -> str:
        """What a training depends on beside its images, judges and weights; other finals leave it as it is."""
        plan = planned(self.settings, model, self.dag.budget_kimg(model))
        return digest.value_digest([digest.source_digest("bench.commands.train"), plan.digest])

    def score(self, model: str) -> str:
        """What a model's scores depend on beside the model, judges and images."""
        modules = ["bench.commands.score", "bench.metrics", f"{_method(model)}.model"]
        return self._digest(modules, "data", "scoring")

    def score_controls(self) -> str:
        """What the controls' scores depend on beside judges and images."""
        return self._digest(["bench.commands.score_controls", "bench.metrics"], "data", "scoring")

    def speed(self) -> str:
        """What costs of steps and evaluations depend on beside faces and judges; one job times all, interleaved."""
        arms = self.settings.evaluated_arms
        parts = [arms, self.settings.search.evaluation_images if arms else 0, lasting(self.settings.training)]
        variants = [self._resolved(model) for model in self.settings.speed.models]
        modules = ["bench.commands.speed", *quick_metrics(), *_models(self.settings.speed.models)]
        return digest.value_digest([self._digest(modules, "data", "networks", "speed"), parts, variants])

    def gradients(self) -> str:
        """What the gradient experiments depend on beside the packed faces."""
        plan = self.settings.gradients
        models = [*plan.models, plan.generator] if plan else []
        source = self._digest(["bench.commands.gradients", *_models(models)], "data", "networks", "gradients")
        variants = [self._resolved(model) for model in models]
        return digest.value_digest([source, variants, self.settings.training.model_dump(mode="json")])

    def tables(self) -> str:
        """What the tables depend on beside the results: their code, the methods' claims and every setting."""
        return self._digest(["bench.commands.tables", *self._modules("claims")], *type(self.settings).model_fields)

    def plot(self, plot: str) -> str:
        """What one figure depends on beside its tables: its plot, the methods' labels and colours, every setting."""
        modules = ["bench.commands.plot", f"bench.plots.{plot}", "bench.metrics", *self._modules("method")]
        return self._digest(modules, *type(self.settings).model_fields)

    def report(self) -> str:
        """What the report depends on beside tables and figures: its code, its templates and every setting."""
        modules = ["bench.commands.report", "bench.metrics", *self._modules("method")]
        code = self._digest(modules, *type(self.settings).model_fields)
        folder = digest.ROOT / "bench" / "report"
        files = sorted(file for file in folder.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc"))
        captions = [plot.CAPTION for plot in registry.plots().values()]
        return digest.value_digest([code, [file.read_bytes().hex() for file in files], captions])

    def _resolved(self, model: str) -> dict[str, Any]:
        method, variant = registry.find(model)
        return resolved(variant, method.resolve_switches(variant, self.settings.readings.get(method.name, {})))

    def _modules(self, name: str) -> list[str]:
        """The modules `<method>.<name>` of the methods that the settings use."""
        methods = sorted(self.settings.methods)
        return [f"{method}.{name}" for method in methods if (digest.ROOT / method / f"{name}.py").is_file()]

    def _digest(self, modules: list[str], *sections: str) -> str:
        content = self.settings.model_dump(mode="json", include=set(sections))
        return digest.value_digest([digest.source_digest(*modules), content])


def _models(model_ids: tuple[str, ...] | list[str]) -> list[str]:
    """The torch sides of the methods of these variants."""
    return sorted({f"{_method(model)}.model" for model in model_ids})


def _method(model: str) -> str:
    return model.split(".", 1)[0]
