from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from bench import registry
from bench.analysis import sensitivity
from bench.analysis.claims import Claim, Evidence, Measured, Part, Sample
from bench.analysis.statistics import Interval
from bench.metrics import exchanged_judges


def claim(name: str, low: float, high: float, bar: float) -> Claim:
    """A claim of one part, at least `bar`, whose interval is the same at every confidence."""
    measured = Measured(lambda _: Interval((low + high) / 2, low, high), Sample("made", "seed", 9))
    return Claim(name, "statement", (Part("measure", measured, ">=", bar, 1.0, "scores.csv"),))


def judge(evidence: Evidence, bars: Mapping[str, float]) -> list[Claim]:
    """C1 reaches from the quality to 2; C2 from 1 to 3, and from 2 to 3 in narrow ranges."""
    (quality,) = evidence.scores.loc[evidence.scores["metric"] == "quality", "value"]
    return [claim("C1", quality, 2.0, bars["bar"]), claim("C2", 2.0 if bars["width"] < 2 else 1.0, 3.0, bars["bar"])]


@dataclass(frozen=True)
class MadeEvidence:
    settings: Any
    scores: pd.DataFrame


@pytest.fixture
def verdicts(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], tuple[str, bool]]:
    """Verdict and whether it survives, by claim and variation; the bar is 1.5, its margin .5, ranges are 3 decades."""
    paper = SimpleNamespace(
        METHODS=("acl",), BARS={"bar": 9.0, "width": 3.0}, judge=judge, VARIATIONS={"narrow": (("C2",), {"width": 1.0})}
    )
    monkeypatch.setattr(registry, "claims", lambda: {"acl": paper})
    settings: Any = SimpleNamespace(methods={"acl"}, bars={"acl": {"bar": 1.5}})
    scores = pd.DataFrame({"metric": ["quality", "quality_exchanged", "fid"], "value": [1.4, 1.6, 20.0]})
    table = sensitivity.table(cast(Evidence, MadeEvidence(settings, scores)))
    return {
        (row["claim"], row["variation"]): (row["verdict"], row["survives"]) for row in table.to_dict(orient="records")
    }


def test_every_claim_is_judged_at_half_and_twice_the_margin(
    verdicts: dict[tuple[str, str], tuple[str, bool]],
) -> None:
    assert verdicts["C1", "as set"] == ("inconclusive", True)
    assert verdicts["C1", "every bar at half its margin"] == ("supported", False)  # the bar is 1.25
    assert verdicts["C1", "every bar at twice its margin"] == ("inconclusive", True)  # 2, where the interval ends


def test_a_variation_judges_the_claims_that_it_changes_and_no_other(
    verdicts: dict[tuple[str, str], tuple[str, bool]],
) -> None:
    assert verdicts["C2", "as set"] == ("inconclusive", True)
    assert verdicts["C2", "narrow"] == ("supported", False)
    assert ("C1", "narrow") not in verdicts


def test_other_judges_judge_anew_what_judges_measure_and_nothing_else(
    verdicts: dict[tuple[str, str], tuple[str, bool]],
) -> None:
    """The claim rests on the quality alone: judge B reads it where the judges are exchanged, and where B is alone."""
    assert verdicts["C1", "judges A and B exchanged"] == verdicts["C1", "judge B alone"] == ("supported", False)
    others = {variation for name, variation in verdicts if name == "C2" and "judge" in variation}
    assert others == set()
    assert ("C1", "judge A alone") not in verdicts


def test_a_part_that_changes_is_named_where_another_part_keeps_the_verdict() -> None:
    """As C2 in narrow ranges: quality contradicts it in any of them, and hid that the search was decided no longer."""
    as_set, narrow = (
        replace(claim("C2", 1.0, 1.2, 1.5), parts=(*claim("", low, 3.0, 1.5).parts, *claim("", 1.0, 1.2, 1.5).parts))
        for low in (2.0, 1.2)
    )
    row = sensitivity._row("acl", narrow, "narrow", as_set)
    assert (row["verdict"], row["survives"]) == ("contradicted", True)
    assert row["changed_parts"] == "measure: inconclusive, was supported"


def test_the_suffix_is_that_of_the_metric() -> None:
    assert sensitivity.EXCHANGED == exchanged_judges.SUFFIX
