"""Why numbers must not be judged: '' where they may be. Each rule is a sentence that the claim prints."""

from collections.abc import Sequence

from bench import registry
from bench.analysis import control_views
from bench.analysis import models as model_rows
from bench.analysis.claims import Evidence
from bench.settings import FinalModel

FINAL_SPLIT = "test"
SHORT = "__short"  # the label of finals that are trainings of their own at a small budget


def final_of(evidence: Evidence, model: str) -> FinalModel | None:
    """The entry of `finals` that trains `model`; None where there is none."""
    return next((final for final in evidence.settings.finals if final.model == model), None)


def unequal_budgets(evidence: Evidence, models: Sequence[str]) -> str:
    """Models that were trained on different numbers of images, by the settings or by what their curves saw."""
    planned = model_rows.budgets_kimg(evidence.settings)
    curves = evidence.curves[model_rows.ids(evidence.curves).isin(models)]
    names = model_rows.ids(curves) + ", seed " + curves["seed"].astype(str)
    last = {str(name): float(images) / 1000 for name, images in curves.groupby(names)["images_seen"].max().items()}
    for budgets in ({model: planned[model] for model in models if model in planned}, last):
        if budgets and max(budgets.values()) > 1.02 * min(budgets.values()):
            ends = [min(budgets, key=budgets.__getitem__), max(budgets, key=budgets.__getitem__)]
            return "the budgets differ: " + ", ".join(f"{name} on {budgets[name]:g} kimg" for name in ends)
    return ""


def unsearched(evidence: Evidence, models: Sequence[str]) -> str:
    """Models that were not trained at the best weights of a search of their own; `default` alone is no search."""
    for model in models:
        final, arm = final_of(evidence, model), registry.without_label(model)
        if final is None or final.weights_from[:1] != (arm,) or not _searched(evidence, arm):
            return f"{model} was not trained at its own searched weights"
    return ""


def other_loss(evidence: Evidence, models: Sequence[str]) -> str:
    """Models whose weights were not searched, or were searched against another loss than their own."""
    for model in models:
        final = final_of(evidence, model)
        arm = final.weights_from[0] if final is not None and final.weights_from else ""
        if not arm or not _searched(evidence, arm):
            return f"the weights of {model} were not searched"
        if loss_of(arm) != loss_of(model):
            return f"{model} takes weights of {arm}, which were searched against another loss"
    return ""


def loss_of(model: str) -> tuple[str, frozenset[str]]:
    """What a model's loss is made of: its family and the weights of its terms."""
    _, variant = registry.find(model)
    return variant.family, frozenset({weight.name for weight in variant.searched} | set(variant.fixed))


def worse_than_copy(evidence: Evidence, model: str, metric: str) -> str:
    """A model that errs more than a copy of its source: a copy in the other's place would pass for better."""
    rows = model_rows.over_all(evidence.scores, FINAL_SPLIT)
    rows = rows[rows["metric"] == metric]
    error, copy = (float(model_rows.of(rows, name)["value"].mean()) for name in (model, "control.identity"))
    if not error >= copy:
        return ""
    return f"the edits of {model} err more than a copy of the source does ({error:.3f}, {copy:.3f}): a copy would pass"


def one_winner(evidence: Evidence, models: Sequence[str], least: int) -> str:
    """Models whose seeds share the winner of one search, whose luck an interval over seeds cannot hold."""
    for model in models:
        final, search = final_of(evidence, model), evidence.settings.search
        studies = 1
        if final is not None and final.winners == "by_study" and final.weights_from:
            of_arm = [sampler for sampler, _ in search.studies(final.weights_from[0])]
            studies = min(len(final.seeds), of_arm.count("random") or of_arm.count("tpe"))
        if studies < least:
            return (
                f"the seeds of {model} share the winners of {studies} stud{'y' if studies == 1 else 'ies'}, fewer than"
                f" {least}: the search's own luck is not in the interval (finals: winners: by_study)"
            )
    return ""


def few(count: int, least: int, unit: str) -> str:
    """Fewer repetitions than a verdict needs."""
    plural = unit if count == 1 else f"{unit}es" if unit.endswith("s") else f"{unit}s"
    return f"{count} {plural}, fewer than the {least} that a verdict needs" if count < least else ""


def _searched(evidence: Evidence, arm: str) -> bool:
    trials = model_rows.of(control_views.main_trials(evidence.search), arm)
    return bool(((trials["sampler"] != "default") & (trials["state"] == "COMPLETE")).any())
