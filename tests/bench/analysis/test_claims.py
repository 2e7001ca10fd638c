"""The one rule that judges every claim."""

from __future__ import annotations

import math

import pytest

from bench.analysis import claims
from bench.analysis.claims import Claim, Part
from bench.analysis.statistics import Interval


def part(
    low: float, high: float, side: claims.Side = ">=", bar: float = 1.5, neutral: float = 1.0, why: str = ""
) -> Part:
    return Part("measure", Interval((low + high) / 2, low, high), side, bar, neutral, "table.csv", why)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (1.5, 2.0, "supported"),
        (1.0, 1.49, "contradicted"),
        (1.4, 1.6, "inconclusive"),
        (math.nan, math.nan, "inconclusive"),
    ],
)
def test_an_interval_is_judged_by_its_side_of_the_bar(low: float, high: float, verdict: str) -> None:
    assert part(low, high).verdict() == verdict


def test_an_upper_bar_is_judged_from_below_and_a_strict_one_excludes_itself() -> None:
    assert part(0.9, 1.05, "<=", 1.05).verdict() == "supported"
    assert part(1.06, 1.1, "<=", 1.05).verdict() == "contradicted"
    assert part(0.05, 0.05, "<", 0.05).verdict() == "contradicted"
    assert part(0.0, 0.049, "<", 0.05).verdict() == "supported"


def test_half_and_double_margins_are_measured_from_no_effect() -> None:
    measured = part(1.3, 1.4)  # bars at half, whole and double margin: 1.25, 1.5, 2
    assert [measured.verdict(margin) for margin in (0.5, 1.0, 2.0)] == ["supported", "contradicted", "contradicted"]
    loss = part(-0.05, -0.04, bar=-0.03, neutral=0.0)  # -.015, -.03, -.06
    assert [loss.verdict(margin) for margin in (0.5, 1.0, 2.0)] == ["contradicted", "contradicted", "supported"]


def test_a_reason_makes_a_part_inconclusive_whatever_its_interval() -> None:
    assert part(5.0, 6.0, why="2 seeds, fewer than 8").verdict() == "inconclusive"


def test_a_claim_needs_all_of_its_parts_and_falls_with_one() -> None:
    good, bad, open_ = part(2, 3), part(0.1, 0.2), part(1, 2)
    assert Claim("C", "", (good, good)).verdict() == "supported"
    assert Claim("C", "", (good, open_)).verdict() == "inconclusive"
    broken = Claim("C", "", (good, open_, bad))
    assert broken.verdict() == "contradicted"
    assert broken.deciding is bad


def test_intervals_share_five_percent_among_the_parts() -> None:
    assert claims.level(1) == 0.95
    assert claims.level(5) == pytest.approx(0.99)
