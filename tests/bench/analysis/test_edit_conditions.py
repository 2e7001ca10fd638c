"""A lead in what judges say decides nothing where the leader's edits miss what a hit asks beside it."""

import pandas as pd
import pytest

from bench.analysis.seed_pairs import unearned
from tests.support.made_pools import made_settings

KEEPS, REPLACES = "acl.plus_attribute", "stargan_baseline.lsgan"
GOOD = {"preservation_accuracy": 0.96, "background_error": 0.02, "closer_to_counterfactual": 0.4}


def scores(measures: dict[str, dict[str, float]]) -> pd.DataFrame:
    rows = [
        (*model.split("."), 1, "test", metric, "all", value)
        for model, values in (measures | {"control.identity": {"preservation_accuracy": 0.98}}).items()
        for metric, value in values.items()
    ]
    return pd.DataFrame(rows, columns=["method", "variant", "seed", "split", "metric", "attribute", "value"])


@pytest.mark.parametrize(
    ("metric", "lead", "measures", "missed"),
    [
        ("quality", 0.2, {}, ""),
        ("quality", 0.2, {"background_error": 0.22}, "background_error 0.22"),
        ("attribute_accuracy", 0.2, {"background_error": 0.22}, "background_error 0.22"),
        ("quality", -0.2, {"background_error": 0.22}, ""),  # it has lost all the same
        ("background_error", 0.2, {"background_error": 0.22}, ""),  # no judge says it
        ("quality", 0.2, {"preservation_accuracy": 0.9}, "preservation_accuracy 0.90"),
        (
            "quality", 0.2, {"closer_to_counterfactual": 0.1, "background_error": 0.1001},
            "background_error 0.10, closer_to_counterfactual 0.10",
        ),
        ("quality", 0.2, {"closer_to_counterfactual": float("nan")}, ""),  # photos have no true edit
    ],
)  # fmt: skip
def test_a_lead_is_earned_by_edits_that_keep_person_and_scene(
    metric: str, lead: float, measures: dict[str, float], missed: str
) -> None:
    scored = scores(
        {KEEPS: {metric: 0.5} | GOOD, REPLACES: GOOD | measures | {metric: measures.get(metric, 0.5 + lead)}}
    )
    reason = f"{REPLACES} leads, but its edits miss what a hit asks: {missed}" if missed else ""
    assert unearned(scored, metric, (KEEPS, REPLACES), "test", made_settings()) == reason


def test_what_was_not_scored_is_not_asked_for() -> None:
    scored = scores({KEEPS: {"quality": 0.5}, REPLACES: {"quality": 0.7}})
    assert unearned(scored, "quality", (KEEPS, REPLACES), "test", made_settings()) == ""
