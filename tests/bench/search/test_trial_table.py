"""What a hit is, and what a study had cost and found."""

import numpy as np
import pandas as pd
import pytest

from bench.analysis import trials
from bench.search import trial_table
from bench.settings import SearchSettings, StudySettings

SEARCH = SearchSettings(
    arms=("acl.full",), samplers={"random": StudySettings(studies=1, trials=1)}, budget_kimg=1.0, accuracy_target=0.5,
    preservation_margin=0.05, targets=(0.5,),
    background_limit=0.1, closer_target=0.2,
)  # fmt: skip


def rows(**changes: float | str) -> pd.DataFrame:
    """One hit, changed."""
    hit: dict[str, float | str] = {
        "state": "COMPLETE", "objective": 0.6, "attribute_accuracy": 0.7, "preservation_accuracy": 0.92,
        "preservation_ceiling": 0.96, "background_error": 0.02, "closer_to_counterfactual": 0.3, "confirmations": 0,
        **{f"confirmed_{name}": np.nan for name in trial_table.WORST},
    }  # fmt: skip
    return pd.DataFrame([hit | changes])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"objective": 0.49}, False),
        ({"attribute_accuracy": 0.49}, False),
        ({"preservation_accuracy": 0.90}, False),
        ({"background_error": 0.11}, False),
        ({"closer_to_counterfactual": 0.19}, False),
        ({"closer_to_counterfactual": np.nan}, True),  # photos
        ({"state": "FAIL"}, False),
    ],
)
def test_a_hit_needs_quality_accuracy_preservation_background_and_closeness(
    changes: dict[str, float | str], expected: bool
) -> None:
    assert trials.hits(rows(**changes), 0.5, SEARCH).tolist() == [expected]


def test_a_repeated_hit_counts_only_where_the_median_holds() -> None:
    median = {"confirmed_attribute_accuracy": 0.7, "confirmed_preservation_accuracy": 0.92, "confirmations": 2}
    median |= {"confirmed_background_error": 0.02, "confirmed_closer_to_counterfactual": 0.3}
    assert trials.hits(rows(**median, confirmed_objective=0.55), 0.5, SEARCH).all()
    unlucky = rows(**median, confirmed_objective=0.45)
    assert not trials.hits(unlucky, 0.5, SEARCH).any()
    assert trials.apparent_hits(unlucky, 0.5, SEARCH).all()


def test_a_failed_repeat_counts_as_the_worst_in_every_measure_of_a_hit() -> None:
    measures = {"objective": 0.6, "attribute_accuracy": 0.7, "preservation_accuracy": 0.92, "background_error": 0.02}
    measures |= {"closer_to_counterfactual": 0.3, "train_seconds": 5.0}
    failed = {"train_seconds": 1.0}
    assert trial_table.reaches(measures | {"preservation_ceiling": 0.96}, 0.5, SEARCH)
    twice = trial_table.confirmed(measures, [failed, failed])
    assert [twice[f"confirmed_{name}"] for name in trial_table.WORST] == list(trial_table.WORST.values())
    assert twice["confirm_train_seconds"] == 2.0
    once = trial_table.confirmed(measures, [failed, measures | {"objective": 0.5, "background_error": 0.03}])
    assert once["confirmed_objective"] == 0.5
    assert once["confirmed_background_error"] == 0.03
    assert once["confirmed_attribute_accuracy"] == 0.7


def test_the_weight_columns_are_those_of_every_method() -> None:
    assert {"lambda_cls", "lambda_rec", "lambda_content"} <= set(trial_table.weight_names())


def test_outcomes_tell_the_highest_target_that_a_trial_hit() -> None:
    study: dict[str, float | str] = {"method": "acl", "variant": "full", "sampler": "tpe", "study": 0, "space": "main"}
    pool = [
        rows(**study, trial=0, objective=0.7), rows(**study, trial=1, objective=0.4),
        rows(**study, trial=2, objective=np.nan, state="FAIL"), rows(**study | {"study": 1}, trial=0, objective=0.1),
    ]  # fmt: skip
    table = trials.outcomes(pd.concat(pool, ignore_index=True), SEARCH)
    assert table["target"].isna().tolist() == [False, True, True, True]
