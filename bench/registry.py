"""Finds methods, claims, metrics and plots by folder; nothing registers itself and nothing is listed by hand."""

import difflib
import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from types import ModuleType
from typing import cast

from bench.errors import BenchError
from bench.method import MethodInfo, Model, Problem, SwitchValue, Variant
from bench.runtime.digest import ROOT

LABEL = "__"  # between a variant and its label, where one run trains the same variant twice


@cache
def methods() -> Mapping[str, MethodInfo]:
    """Every folder beside `bench/` that holds a `method.py`, by name, sorted; imports no torch."""
    names = sorted(path.parent.name for path in ROOT.glob("*/method.py") if path.parent.name != "bench")
    return {name: cast(MethodInfo, importlib.import_module(f"{name}.method").METHOD) for name in names}


def find(model_id: str) -> tuple[MethodInfo, Variant]:
    """The method and variant named `<method>.<variant>`, or `<method>.<variant>__<label>`: then both names carry it.

    BenchError with the nearest valid name otherwise.
    """
    valid = {f"{name}.{variant.slug}": (info, variant) for name, info in methods().items() for variant in info.variants}
    unlabelled, _, label = model_id.partition(LABEL)
    if unlabelled not in valid:
        raise BenchError(f"No method variant is called {unlabelled!r}.{nearest(unlabelled, valid)}")
    info, variant = valid[unlabelled]
    if model_id == unlabelled:
        return info, variant
    if not re.fullmatch("[a-z0-9]+(_[a-z0-9]+)*", label):
        raise BenchError(
            f"{model_id!r}: write a label in small letters, digits and single _, for example {LABEL}short."
        )
    words = label.replace("_", " ")
    return info, replace(variant, slug=f"{variant.slug}{LABEL}{label}", label=f"{variant.label}, {words}")


def without_label(model_id: str) -> str:
    """`<method>.<variant>` of a name that may carry a label: what is searched, timed and priced."""
    return model_id.partition(LABEL)[0]


def build(model_id: str, weights: Mapping[str, float], readings: Mapping[str, SwitchValue], problem: Problem) -> Model:
    """The torch side of a variant. `weights` may leave out fixed weights and any searched one left at its default."""
    info, variant = find(model_id)
    defaults = {weight.name: weight.default for weight in variant.searched} | dict(variant.fixed)
    if unknown := sorted(set(weights) - set(defaults)):
        raise BenchError(f"{model_id} has no loss weight {unknown[0]!r}.{nearest(unknown[0], defaults)}")
    model_class = cast(type[Model], importlib.import_module(f"{info.name}.model").MODEL)
    return model_class(variant, info.resolve_switches(variant, readings), defaults | dict(weights), problem)


@cache
def claims() -> Mapping[str, ModuleType]:
    """The `claims.py` of every method that has one, by method name, sorted; imports no torch.

    Such a module holds `METHODS`, the methods that its claims are about, `BARS: Mapping[str, float]` and
    `judge(evidence, bars)`: `Evidence` of `bench.analysis.claims` in, a sequence of its `Claim` out. `PAIRS`, where it
    has them, are the pairs of models that `compare.claim_pairs` can name, by claim; `VARIATIONS` other readings of the
    same tables, by name: the claims that they change, and the bars that stand for them.
    """
    names = [name for name in methods() if (ROOT / name / "claims.py").is_file()]
    return {name: importlib.import_module(f"{name}.claims") for name in names}


def metrics() -> Mapping[str, ModuleType]:
    """Every module of `bench/metrics/` by name, sorted; imports no torch."""
    return _plugins("metrics")


def plots() -> Mapping[str, ModuleType]:
    """Every module of `bench/plots/` by name, sorted; its shared parts in `bench/plots/kit/` are left out."""
    return _plugins("plots")


@cache
def _plugins(package: str) -> Mapping[str, ModuleType]:
    names = sorted(module.name for module in pkgutil.iter_modules([str(ROOT / "bench" / package)]) if not module.ispkg)
    return {name: importlib.import_module(f"bench.{package}.{name}") for name in names}


def nearest(name: str, valid: Iterable[str]) -> str:
    """A sentence that names the valid name most like `name`, or all of them; begins with a space."""
    names = sorted(valid)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f" Did you mean {close[0]!r}?" if close else f" Valid: {', '.join(names)}."
