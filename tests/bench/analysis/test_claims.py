"""The one rule that judges every claim."""

import math
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bench import registry
from bench.analysis import claims
from bench.analysis.claims import Claim, Evidence, Measured, Part, Sample, exactly
from bench.analysis.statistics import Interval
from bench.settings import parse_settings


def part(
    low: float, high: float, side: claims.Side = ">=", bar: float = 1.5, neutral: float = 1.0, why: str = ""
) -> Part:
    """A part whose 95 % interval is given; at higher confidence it is wider by a tenth on either side."""

    def at(level: float) -> Interval:
        more = 0.1 if level > 0.95 else 0.0
        return Interval((low + high) / 2, low - more, high + more)

    return Part("measure", Measured(at, Sample("made"), why), side, bar, neutral, "table.csv")


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (1.5, 2.0, "supported"),
        (1.0, 1.49, "contradicted"),
        (1.4, 1.6, "inconclusive"),
        (math.nan, math.nan, "too few runs"),
    ],
)
def test_an_interval_is_judged_by_its_side_of_the_bar(low: float, high: float, verdict: str) -> None:
    assert part(low, high).verdict() == verdict


def test_an_upper_bar_is_judged_from_below_and_a_strict_one_excludes_itself() -> None:
    assert part(0.9, 1.05, "<=", 1.05).verdict() == "supported"
    assert part(1.06, 1.1, "<=", 1.05).verdict() == "contradicted"
    assert part(0.05, 0.06, "<", 0.05).verdict() == "contradicted"
    assert part(0.0, 0.049, "<", 0.05).verdict() == "supported"


def test_half_and_double_margins_are_measured_from_no_effect() -> None:
    measured = part(1.3, 1.4)  # bars at half, whole and double margin: 1.25, 1.5, 2
    assert [measured.verdict(margin) for margin in (0.5, 1.0, 2.0)] == ["supported", "contradicted", "contradicted"]
    loss = part(-0.05, -0.04, bar=-0.03, neutral=0.0)  # -.015, -.03, -.06
    assert [loss.verdict(margin) for margin in (0.5, 1.0, 2.0)] == ["contradicted", "contradicted", "supported"]


def test_a_refused_part_has_no_verdict_whatever_its_interval_and_keeps_its_first_reason() -> None:
    measured = part(5.0, 6.0).measured.refused("2 seeds, fewer than 8", claims.TOO_FEW).refused("x", claims.NOT_TESTED)
    refused = Part("measure", measured, ">=", 1.5, 1.0, "table.csv")
    assert (refused.verdict(), refused.reason()) == ("too few runs", "2 seeds, fewer than 8")
    assert measured.refused("", claims.NOT_TESTED) is measured


def test_an_interval_without_width_is_no_evidence_unless_it_is_a_count() -> None:
    copies = part(2.0, 2.0)
    assert copies.verdict() == "too few runs"
    assert "copies of one measurement" in copies.reason()
    assert Part("passes", exactly(0.5), "<=", 0.95, 1.0, "speed.csv").verdict() == "supported"


def test_support_needs_95_percent_a_part_and_contradiction_the_corrected_interval() -> None:
    clear, near = part(1.55, 2.0), part(1.0, 1.45)  # at the corrected level: 1.45 to 2.1, and 0.9 to 1.55
    assert Claim("C", "", (clear, clear)).verdict() == "supported"
    assert Claim("C", "", (clear, near)).verdict() == "inconclusive"
    assert near.verdict(parts=1) == "contradicted"
    assert claims.contradiction_level(1) == 0.95
    assert claims.contradiction_level(5) == pytest.approx(0.99)


def test_a_claim_needs_all_of_its_parts_and_falls_with_one() -> None:
    good, bad, open_ = part(2, 3), part(0.1, 0.2), part(1, 2)
    assert Claim("C", "", (good, good)).verdict() == "supported"
    assert Claim("C", "", (good, open_)).verdict() == "inconclusive"
    broken = Claim("C", "", (good, open_, bad))
    assert broken.verdict() == "contradicted"
    assert broken.deciding is bad


def test_a_claim_without_a_verdict_names_what_stands_furthest_in_its_way() -> None:
    open_, missing = part(1, 2), Part("measure", Measured(reason="not timed"), ">=", 1.5, 1.0, "speed.csv")
    few = Part("measure", part(2, 3).measured.refused("3 seeds", claims.TOO_FEW), ">=", 1.5, 1.0, "scores.csv")
    assert Claim("C", "", (open_, few)).verdict() == "too few runs"
    claim = Claim("C", "", (few, open_, missing))
    assert (claim.verdict(), claim.deciding) == ("not tested in this run", missing)


def test_claims_are_judged_only_where_the_run_has_the_methods_they_are_about(
    smoke_content: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = SimpleNamespace(
        METHODS=("acl", "stargan_baseline"), BARS={}, judge=lambda *_: [Claim("C", "", (part(2, 3),))]
    )
    monkeypatch.setattr(registry, "claims", lambda: {"acl": paper})
    settings = parse_settings(smoke_content, "smoke")
    assert settings.methods == {"acl", "stargan_baseline"}
    tables = {
        methods: claims.judge(cast(Evidence, SimpleNamespace(settings=SimpleNamespace(methods=methods, bars={}))))[0]
        for methods in (
            settings.methods,
            settings.methods | {"mine"},
            frozenset({"acl"}),  # C6 needs no model of the other method: config/study_64px.yaml
            frozenset({"stargan_baseline"}),
            frozenset({"stargan_baseline", "mine"}),
            frozenset({"acl", "mine"}),
        )
    }
    assert [len(table) for table in tables.values()] == [1, 1, 1, 0, 0, 0]
    assert all(list(table.columns) == list(claims.COLUMNS) for table in tables.values())
