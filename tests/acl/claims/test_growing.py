"""C6 on made curves that must come out supported, contradicted and inconclusive."""

import pandas as pd
import pytest

from bench.analysis.training_costs import SECONDS
from tests.support.made_claims import (
    FULL,
    GROWN,
    STILL,
    curves,
    judge,
    scores,
)
from tests.support.made_pools import speed


@pytest.mark.parametrize(("rate", "verdict"), [(0.08, "supported"), (0.04, "contradicted"), (0.055, "inconclusive")])
def test_c6_wants_faster_training_with_growing_at_equal_quality(rate: float, verdict: str) -> None:
    tables = {"curves": curves({STILL: 0.05, FULL: rate}), "scores": scores("quality", {STILL: 0.8, FULL: 0.8})}
    assert judge("C6", **GROWN, **tables).verdict() == verdict
    reasons = [part.measured.reason for part in judge("C6", **tables).parts]
    assert reasons == ["acl.full was not trained at its own searched weights"] * 2


def test_c6_counts_a_level_that_growing_never_reaches_against_it() -> None:
    stuck = curves({STILL: 0.05, FULL: 0.07})
    grown = stuck["variant"] == "full"
    stuck.loc[grown, "value"] = stuck.loc[grown, "value"].clip(upper=0.42)  # level .4 sooner, level .6 never
    settings = GROWN["settings"]
    part = judge("C6", **GROWN, curves=stuck).parts[0]
    assert part.verdict() == "contradicted"
    assert part.interval.estimate < 1
    assert "8 of 32 times are censored" in part.reason()
    first = settings.search.model_copy(update={"targets": (0.4,)})
    only = judge("C6", search=GROWN["search"], settings=settings.model_copy(update={"search": first}), curves=stuck)
    assert only.parts[0].interval.estimate == pytest.approx(1.4, abs=0.06)


def test_c6_reads_no_level_before_the_first_evaluation_point() -> None:
    late = curves({STILL: 0.05, FULL: 0.08})
    late = late[(late["variant"] != "full") | (late[SECONDS] > 8)]  # growing has passed .4 by then
    part = judge("C6", **GROWN, curves=late).parts[0]
    assert part.verdict() == "not tested in this run"
    assert "acl.full alone reached level 0.4 before its first evaluation point" in part.measured.reason
    both = late[late[SECONDS] > 30]  # both have passed .4 and .6
    part = judge("C6", **GROWN, curves=both).parts[0]
    assert (part.verdict(), part.measured.reason) == (
        "inconclusive", "no level was reached between two evaluation points by any seed",
    )  # fmt: skip


def test_c6_counts_what_growing_saves_of_the_operations_and_says_what_the_bar_takes() -> None:
    costs = speed({FULL: 100.0, STILL: 100.0})
    whole = costs[(costs["variant"] == "full") & (costs["part"] == "iteration")]
    work = {"16px": 4.0, "32px_fading": 8.0, "32px": 8.0, "64px_fading": 11.0}
    phases = [whole.assign(part=f"iteration_{phase}", gflop=gflop) for phase, gflop in work.items()]
    tables = pd.concat([costs, *phases], ignore_index=True)
    note = judge("C6", **GROWN, speed=tables, curves=curves({STILL: 0.05, FULL: 0.08})).parts[0].reason()
    # 62 steps: .2 of them at 16 px, .1 fading and .1 at 32 px, .1 fading in 64 px, .5 at full size
    assert "growing saves 1" in note
    assert "which alone would meet the bar of 1.1" in note
    dear = tables.assign(gflop=tables["gflop"].where(tables["gflop"] > 9, 9.5))
    note = judge("C6", **GROWN, speed=dear, curves=curves({STILL: 0.05, FULL: 0.08})).parts[0].reason()
    assert "so that only learning more per image could meet the bar of 1.1" in note


def test_c6_cannot_be_tested_below_64_px() -> None:
    settings = GROWN["settings"]
    small = settings.model_copy(update={"data": settings.data.model_copy(update={"image_size_px": 32})})
    claim = judge("C6", settings=small, search=GROWN["search"], curves=curves({STILL: 0.05, FULL: 0.1}),
                  scores=scores("quality", {STILL: 0.8, FULL: 0.8}))  # fmt: skip
    assert claim.verdict() == "cannot be tested here"
    assert all("below 64 px" in part.measured.reason for part in claim.parts)
