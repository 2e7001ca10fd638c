"""Switching one reading of the paper in the configuration redoes what it concerns, and nothing else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bench import registry
from bench.method_info import MethodInfo, SwitchValue
from bench.settings import parse_settings
from bench.workflow.dag import Dag
from bench.workflow.rule_digests import Causes

OTHER_SHARE = 0.125  # a value for switches that take any number


def readings() -> list[tuple[str, str, SwitchValue]]:
    """Every method, reading and value that is not the reading's default."""
    return [
        (method.name, switch.name, value)
        for method in registry.methods().values()
        for switch in method.switches
        if not all(switch.name in variant.switches for variant in method.variants)
        for value in (switch.choices or (OTHER_SHARE,))
        if value != switch.default
    ]


def model_of(method: MethodInfo) -> str:
    return f"{method.name}.{method.variants[0].slug}"


def digests(content: dict[str, Any]) -> dict[str, str]:
    """The digest of every rule that computes a result; of those that take a model, one a method."""
    causes = Causes(Dag(parse_settings(content, "smoke")))
    found = {
        "faces": causes.data("faces"),
        "pack": causes.data("pack"),
        "judge": causes.judge(),
        "winner": causes.winner(),
        "score": causes.score(),
        "speed": causes.speed(),
        "gradients": causes.gradients(),
    }
    for name, method in registry.methods().items():
        wildcards = SimpleNamespace(model=model_of(method), sampler="random", space="")
        found[f"centres of {name}"] = causes.centres(wildcards)
        found[f"search of {name}"] = causes.search(wildcards)
        found[f"train of {name}"] = causes.train(wildcards)
        found[f"translate of {name}"] = causes.translate(wildcards)
    return found


@pytest.mark.parametrize(("name", "reading", "value"), readings())
def test_a_reading_redoes_the_searches_and_trainings_of_its_method_only(
    smoke_content: dict[str, Any], name: str, reading: str, value: SwitchValue
) -> None:
    models = [model_of(method) for method in registry.methods().values()]
    smoke_content["finals"] = [{"model": model, "seeds": [1]} for model in models]
    before = digests(smoke_content)
    smoke_content["readings"] = {name: {reading: value}}
    after = digests(smoke_content)
    # Step costs are measured in one interleaved job, gradients in one job over the same models: each is one part.
    redone = {*(f"{rule} of {name}" for rule in ("centres", "search", "train")), "speed", "gradients"}
    assert {rule for rule in before if before[rule] != after[rule]} == redone
