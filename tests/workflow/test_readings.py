"""Switching one reading of the paper in the configuration redoes what it concerns, and nothing else."""

from typing import Any

import pytest

from bench import registry
from bench.method import MethodInfo, SwitchValue
from bench.settings import parse_settings
from bench.workflow.dag import Dag
from bench.workflow.rule_digests import RuleDigests

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
    """The digest of every rule that computes a result; of those that take a model, one per method."""
    rules = RuleDigests(Dag(parse_settings(content, "smoke")))
    by_rule = {
        "faces": rules.faces(),
        "pack": rules.pack(),
        "judge": rules.judge(),
        "winner": rules.winner(),
        "score_controls": rules.score_controls(),
        "speed": rules.speed(),
        "gradients": rules.gradients(),
    }
    for name, method in registry.methods().items():
        model = model_of(method)
        by_rule[f"centres of {name}"] = rules.centres(model)
        by_rule[f"search of {name}"] = rules.search(model, "", "random")
        by_rule[f"train of {name}"] = rules.train(model)
        by_rule[f"score of {name}"] = rules.score(model)
    return by_rule


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
