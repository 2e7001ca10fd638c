"""Which verdicts survive other bars and other readings of a run's own tables (docs/measures/claims.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from bench.analysis.claims import Claim, Evidence, judged

AS_SET = "as set"
MARGINS = {"every bar at half its margin": 0.5, "every bar at twice its margin": 2.0}
COLUMNS = ("method", "claim", "variation", "verdict", "measure", "estimate", "ci_low", "ci_high", "survives")


def table(evidence: Evidence) -> pd.DataFrame:
    """A row per claim and variation; `survives`: whether the verdict is that of the bars as set.

    Margins apply to every claim. A method's `VARIATIONS` apply to the claims that they change.
    """
    return pd.DataFrame(_rows(evidence), columns=list(COLUMNS))


def _rows(evidence: Evidence) -> Iterator[dict[str, Any]]:
    for method, module, as_set in judged(evidence):
        for claim in as_set:
            yield from (
                _row(method, claim, variation, claim.verdict(margin), claim)
                for variation, margin in ({AS_SET: 1.0} | MARGINS).items()
            )
        by_name = {claim.claim: claim for claim in as_set}
        for variation, (claims, bars) in getattr(module, "VARIATIONS", {}).items():
            [(_, _, varied)] = judged(evidence, {method: bars})
            yield from (
                _row(method, claim, variation, claim.verdict(), by_name[claim.claim])
                for claim in varied
                if claim.claim in claims
            )


def _row(method: str, claim: Claim, variation: str, verdict: str, as_set: Claim) -> dict[str, Any]:
    part = claim.parts[0]
    return {
        "method": method, "claim": claim.claim, "variation": variation, "verdict": verdict, "measure": part.measure,
        **part.interval.named(), "survives": verdict == as_set.verdict(),
    }  # fmt: skip
