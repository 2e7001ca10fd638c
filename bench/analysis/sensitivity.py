"""Which verdicts survive other bars and other readings of a run's own tables (docs/measures/claims.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis.claims import Claim, Evidence, judged

JUDGES = "judges A and B exchanged"
EXCHANGED = "_exchanged"  # how metrics by exchanged judges end (bench/metrics/exchanged_judges.py)
MARGINS = {"as set": 1.0, "every bar at half its margin": 0.5, "every bar at twice its margin": 2.0}
COLUMNS = ("method", "claim", "variation", "verdict", "measure", "estimate", "ci_low", "ci_high", "survives")


def table(evidence: Evidence) -> pd.DataFrame:
    """A row per claim and variation; `survives`: whether the verdict is that of the bars as set.

    Margins apply to every claim. Exchanged judges apply to the claims that read what judges measure, a method's
    `VARIATIONS` to the claims that they name.
    """
    return pd.DataFrame(_rows(evidence), columns=list(COLUMNS))


def with_exchanged_judges(evidence: Evidence) -> Evidence | None:
    """The same run, scored by exchanged judges; None where it was not scored so."""
    scores = evidence.scores
    exchanged = scores[scores["metric"].str.endswith(EXCHANGED)]
    if exchanged.empty:
        return None
    renamed = exchanged.assign(metric=exchanged["metric"].str.removesuffix(EXCHANGED))
    others = scores[~scores["metric"].isin({*exchanged["metric"], *renamed["metric"]})]
    return replace(evidence, scores=pd.concat([others, renamed], ignore_index=True))


def _rows(evidence: Evidence) -> Iterator[dict[str, Any]]:
    exchanged = with_exchanged_judges(evidence)
    by_judges = {} if exchanged is None else {method: claims for method, _, claims in judged(exchanged)}
    for method, module, as_set in judged(evidence):
        for claim in as_set:
            for variation, margin in MARGINS.items():
                yield _row(method, claim, variation, claim.verdict(margin), claim)
        by_name = {claim.claim: claim for claim in as_set}
        for claim in by_judges.get(method, ()):
            if _measures_otherwise(claim, by_name[claim.claim]):
                yield _row(method, claim, JUDGES, claim.verdict(), by_name[claim.claim])
        for variation, (claims, bars) in getattr(module, "VARIATIONS", {}).items():
            [(_, _, varied)] = judged(evidence, {method: bars})
            for claim in varied:
                if claim.claim in claims:
                    yield _row(method, claim, variation, claim.verdict(), by_name[claim.claim])


def _measures_otherwise(claim: Claim, as_set: Claim) -> bool:
    intervals = ((one.interval, other.interval) for one, other in zip(claim.parts, as_set.parts, strict=True))
    return any(not np.array_equal(one, other, equal_nan=True) for one, other in intervals)


def _row(method: str, claim: Claim, variation: str, verdict: str, as_set: Claim) -> dict[str, Any]:
    part = claim.deciding
    return {
        "method": method, "claim": claim.claim, "variation": variation, "verdict": verdict, "measure": part.measure,
        **part.interval.named(), "survives": verdict == as_set.verdict(),
    }  # fmt: skip
