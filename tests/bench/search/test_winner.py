"""One rule picks every method's weights."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bench.errors import BenchError
from bench.search import winner
from bench.search.best_weights import best_weights
from bench.settings import SearchSettings, StudySettings

MODEL = "acl.plus_mask"
SEARCH = SearchSettings(
    arms=(MODEL,), samplers={"random": StudySettings(studies=1, trials=1)}, budget_kimg=1.0, accuracy_target=0.5,
    preservation_margin=0.05, background_limit=0.1, closer_target=0.2,
)  # fmt: skip


def trial(number: int, objective: float | None, accuracy: float | None, reason: str | None = None) -> dict[str, Any]:
    return {
        "method": "acl", "variant": "plus_mask", "space": "main", "sampler": "random", "study": 0, "trial": number,
        "state": "FAIL" if objective is None else "COMPLETE", "lambda_content": float(number + 1),
        "objective": objective, "attribute_accuracy": accuracy, "reason": reason, "preservation_accuracy": 0.95,
        "preservation_ceiling": 0.96, "background_error": 0.02, "closer_to_counterfactual": 0.4,
    }  # fmt: skip


def pick(*trials: dict[str, Any]) -> dict[str, Any]:
    return winner.winner(pd.DataFrame(trials), MODEL, SEARCH)


def test_the_best_quality_among_trials_that_reach_the_accuracy_wins() -> None:
    best = pick(trial(0, 0.9, 0.2), trial(1, 0.6, 0.55), trial(2, 0.7, 0.5), trial(3, None, None))
    assert best["trial"] == 2
    assert best["weights"] == {"lambda_content": 3.0}
    assert best["rule"] == "quality where a hit's other conditions hold"
    assert (best["trials"], best["failed"], best["pruned"]) == (4, 1, 0)


@pytest.mark.parametrize(
    "broken",
    [{"preservation_accuracy": 0.9}, {"background_error": 0.11}, {"closer_to_counterfactual": 0.19}],
)
def test_a_trial_that_no_hit_could_be_wins_only_where_every_trial_is_such_a_one(broken: dict[str, float]) -> None:
    accurate = trial(0, 0.9, 0.9) | broken
    assert pick(accurate, trial(1, 0.4, 0.6))["trial"] == 1
    best = pick(accurate, trial(1, 0.4, 0.6) | broken, trial(2, 0.95, 0.4))
    assert (best["trial"], best["rule"]) == (0, "quality where accuracy reaches its target")


def test_photos_have_no_closeness_and_are_not_asked_for_it() -> None:
    blank = {"closer_to_counterfactual": float("nan")}
    assert pick(trial(0, 0.9, 0.9) | blank, trial(1, 0.4, 0.6) | blank)["rule"].endswith("other conditions hold")


def test_a_pruned_trial_never_wins_and_is_no_failure() -> None:
    pruned = trial(1, None, None, "pruned after 640 images at quality 0.99") | {"state": "PRUNED"}
    best = pick(trial(0, 0.6, 0.7), pruned)
    assert (best["trial"], best["trials"], best["failed"], best["pruned"]) == (0, 2, 0, 1)


def test_where_none_reaches_the_accuracy_quality_times_accuracy_wins() -> None:
    best = pick(trial(0, 0.9, 0.1), trial(1, 0.5, 0.4), trial(2, -0.5, 0.45))
    assert best["trial"] == 1
    assert best["rule"] == "quality x accuracy"


def test_a_negative_quality_is_not_made_better_by_low_accuracy() -> None:
    assert pick(trial(0, -0.9, 0.01), trial(1, -0.1, 0.4))["trial"] == 1


def test_ties_go_to_the_earlier_trial() -> None:
    assert pick(trial(1, 0.6, 0.6), trial(0, 0.6, 0.7))["trial"] == 0


def test_a_search_in_which_every_trial_failed_says_why() -> None:
    with pytest.raises(BenchError, match="lambda_content made step 3 NaN"):
        pick(trial(0, None, None, reason="lambda_content made step 3 NaN"))
    with pytest.raises(BenchError, match="there are none"):
        winner.winner(pd.DataFrame([trial(0, 0.5, 0.5)]), "stargan_baseline.lsgan", SEARCH)


def test_a_controls_trial_never_wins() -> None:
    assert pick(trial(0, 0.5, 0.6), trial(1, 0.9, 0.9) | {"space": "one_vs_one"})["trial"] == 0
    with pytest.raises(BenchError, match="there are none"):
        pick(trial(1, 0.9, 0.9) | {"space": "one_vs_one"})


def test_each_study_has_a_winner_of_its_own_by_the_same_rule(tmp_path: Path) -> None:
    studies = [
        trial(number, quality, 0.6) | {"study": number // 2} for number, quality in enumerate((0.3, 0.5, 0.7, 0.2))
    ]
    tpe = trial(9, 0.9, 0.9) | {"sampler": "tpe"}  # the best of all, but no study of the pool
    best = pick(*studies, tpe)
    assert best["trial"] == 9
    assert [(won["study"], won["trial"]) for won in best["studies"]] == [(0, 1), (1, 2)]
    (tmp_path / "best.json").write_text(json.dumps(best))
    taken = [best_weights(MODEL, [tmp_path / "best.json"], study) for study in (None, 0, 1, 2)]
    assert [weights["lambda_content"] for weights in taken] == [10.0, 2.0, 3.0, 2.0]
