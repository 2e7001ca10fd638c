"""What holds for every claim of acl, whatever it measures."""

import math

import pytest

from acl import claims
from bench.analysis import claims as shared_claims
from bench.analysis.training_costs import SECONDS
from tests.support.made_claims import (
    ATTRIBUTE,
    FULL,
    GROWN,
    LSGAN,
    STILL,
    beside,
    costs,
    curves,
    evidence,
    framed,
    judge,
    scores,
    search_time,
    searched,
    shortened,
)
from tests.support.made_pools import speed


def test_with_nothing_run_no_claim_has_a_verdict_and_each_says_why() -> None:
    judged = claims.judge(evidence(), claims.BARS)
    assert [claim.claim for claim in judged] == [f"C{number}" for number in range(1, 8)]
    assert {claim.verdict() for claim in judged} == {"not tested in this run"}
    assert all(part.measured.reason for claim in judged for part in (*claim.parts, *claim.beside))


def test_c2_and_c5_are_not_judged_across_unequal_budgets() -> None:
    settings = searched(LSGAN, ATTRIBUTE)
    short = settings.finals[1].model_copy(update={"budget_kimg": 0.1})
    settings = settings.model_copy(update={"finals": (settings.finals[0], short)})
    part = search_time({LSGAN: 0.1, ATTRIBUTE: 0.4}, settings=settings).parts[1]
    assert part.verdict() == "not tested in this run"
    assert (
        part.measured.reason == "the budgets differ: acl.plus_attribute on 0.1 kimg, stargan_baseline.lsgan on 1 kimg"
    )
    tables = framed(0.01, 0.1) | {"curves": curves({claims.FRAMED: 0.05, claims.UNFRAMED: 0.05})}
    tables["curves"].loc[tables["curves"]["variant"] == "without_mask", "images_seen"] *= 5
    assert "the budgets differ" in judge("C5", **tables).parts[0].measured.reason


def test_c6_and_c7_are_not_judged_without_timed_steps() -> None:
    tables = curves({STILL: 0.05, FULL: 0.1})
    tables.loc[tables["variant"] == "full", SECONDS] = math.nan
    part = judge("C6", **GROWN, curves=tables).parts[0]
    assert part.measured.reason == "the steps of acl.full were not timed (speed.models)"
    part = judge("C7", **shortened(0.6) | {"speed": speed({})}).parts[0]
    assert part.measured.reason == "a training was not timed (speed.models), or lacks its full budget"


def test_c5_prints_framing_and_mask_together_and_c7_stargan_with_a_mask() -> None:
    tables = scores("background_error_window", {claims.UNFRAMED: 0.02, FULL: 0.005}, spread=0.0001)
    part = beside(judge("C5", scores=tables), "background-error ratio")
    assert part.interval.estimate == pytest.approx(0.25, abs=0.02)
    tables = scores("quality", {claims.MASKED: 0.9, FULL: 0.95})
    part = beside(judge("C7", scores=tables), "change in quality at the end, against stargan_baseline.lsgan_mask")
    assert part.interval.estimate == pytest.approx(0.05, abs=0.01)


def test_claim_parts_hold_judged_rows_and_those_beside_them() -> None:
    judged = evidence(speed_ratio=costs({claims.PENALTIES: 400.0}))
    rows = shared_claims.judge(judged)[1]
    of_c3 = rows[rows["claim"] == "C3"]
    assert of_c3["judged"].tolist() == [True] * 8 + [False] * 4
    assert set(of_c3.loc[~of_c3["judged"], "verdict"]) == {shared_claims.NOT_JUDGED}
    assert set(of_c3["contradiction_level"].dropna().round(5)) == {round(1 - 0.05 / 8, 5)}
    wide = of_c3[of_c3["judged"] & of_c3["measure"].str.startswith("milliseconds")]
    assert (wide["contradiction_low"] < wide["ci_low"]).all()
    assert set(wide["count"]) == {5}
    assert set(rows.loc[~rows["judged"], "claim"]) == {"C1", "C2", "C3", "C4", "C5", "C7"}
    assert rows[rows["estimate"].isna()]["reason"].str.len().gt(0).all()
