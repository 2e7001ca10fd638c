"""A claim as the page states it: effect, bar, reason, figure and words."""

from collections.abc import Hashable
from typing import Any

import pytest

from bench import registry
from bench.plots.kit import theme
from bench.report.claims import answers, wrong_way
from tests.support.made_tables import claim_parts, claims


@pytest.mark.parametrize(
    ("evidence", "measure", "figure"),
    [
        ("gradients.csv", "cosine of the attribute loss, images, start, LSGAN", "gradients_of_images"),
        ("gradients.csv", "cosine of the attribute loss, far points, LSGAN", "gradients_of_points"),
        ("search.csv, speed.csv", "ratio of expected search seconds", "search_time"),
        ("curves.csv, speed.csv", "training-seconds ratio to the levels", "level_times"),
        ("scores.csv", "change in quality", "scores_by_model"),
        ("scores.csv", "change in attribute_accuracy", "scores_by_model"),
        ("scores.csv", "background-error ratio inside the window", ""),
        ("speed_ratio.csv", "milliseconds of one iteration, LSGAN, 40 attributes", ""),
        ("speed.csv", "milliseconds of one iteration", ""),
    ],
)
def test_a_claim_links_only_a_figure_that_shows_its_number(evidence: str, measure: str, figure: str) -> None:
    (answer,) = answers(claims().iloc[:1].assign(evidence=evidence, measure=measure), None)
    assert answer["figure"] == figure
    assert not figure or figure in registry.plots()


def test_a_claim_calls_models_and_metrics_as_people_do() -> None:
    reason = "acl.full__short leads, but its edits miss what a hit asks: preservation_accuracy 0.72"
    (answer,) = answers(claims().iloc[:1].assign(reason=reason), None)
    assert answer["comment"] == (
        f"{theme.label('acl.full__short')} leads, but its edits miss what a hit asks: preservation accuracy 0.72."
    )


def test_claim_without_estimate_states_its_reason() -> None:
    missing = answers(claims(), None)[0]
    assert missing["effect"] == "not measured"
    assert missing["comment"] == "Not run."
    assert missing["verdict"] == "not tested in this run"


def test_claims_of_a_table_without_reasons_or_margins_are_stated_too() -> None:
    bare = claims().drop(columns=["reason", "verdict_half_margin", "verdict_double_margin"])
    assert [answer["comment"] for answer in answers(bare, None)] == [""] * 7


def test_claim_states_the_side_of_its_bar_and_margins_that_change_its_verdict() -> None:
    answer = answers(claims(), claim_parts())[2]
    assert (answer["effect"], answer["bar"]) == ("1.01 [0.990, 1.03]", "≤\u00a01.05")
    assert answer["margins"] == "inconclusive at double the margin"
    assert answer["rows"][0][:3] == ("ratio of C3", "1.01 [0.990, 1.03]", "≤\u00a01.05")


@pytest.mark.parametrize(
    ("verdict", "low", "high", "side", "said"),
    [
        (
            "cannot be tested here",
            0.55,
            0.81,
            ">=",
            "It plainly goes the other way: 0.680 [0.550, 0.810]",
        ),
        (
            "inconclusive",
            1.02,
            1.04,
            "<=",
            "It plainly goes the other way: 1.03 [1.02, 1.04], where below 1",
        ),
        ("inconclusive", 0.9, 1.2, ">=", ""),
        ("contradicted", 0.55, 0.81, ">=", ""),
        ("inconclusive", 0.9, 0.95, "<=", ""),
    ],
)
def test_a_direction_that_is_plainly_wrong_is_said(verdict: str, low: float, high: float, side: str, said: str) -> None:
    row: dict[Hashable, Any] = {
        "verdict": verdict, "measure": "seconds ratio", "estimate": (low + high) / 2, "ci_low": low, "ci_high": high,
    }  # fmt: skip
    assert wrong_way(row, side).startswith(said) if said else wrong_way(row, side) == ""
