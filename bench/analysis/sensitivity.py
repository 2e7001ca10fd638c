"""Which verdicts survive other bars and other readings of a run's own tables (docs/measures/claims.md)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis.claims import Claim, Evidence, judged

# By variation, the metrics that are read by the other judge: A gives the features of quality, B says what is done.
JUDGES: Mapping[str, Sequence[str]] = {
    "judges A and B exchanged": ("quality", "attribute_accuracy"),
    "judge A alone": ("attribute_accuracy",),
    "judge B alone": ("quality",),
}
EXCHANGED = "_exchanged"  # how metrics by exchanged judges end (bench/metrics/exchanged_judges.py)
MARGINS = {"as set": 1.0, "every bar at half its margin": 0.5, "every bar at twice its margin": 2.0}
COLUMNS = (
    "method", "claim", "variation", "verdict", "measure", "estimate", "ci_low", "ci_high", "survives", "changed_parts",
)  # fmt: skip


def table(evidence: Evidence) -> pd.DataFrame:
    """A row per claim and variation; `survives`: whether the verdict is that of the bars as set.

    `changed_parts`: the parts whose own verdict is another one, since one part that fails hides what happens to others.
    Margins apply to every claim with a bar that has one. Other judges apply to the claims that read what judges
    measure, a method's `VARIATIONS` to the claims that they name.
    """
    return pd.DataFrame(_rows(evidence), columns=list(COLUMNS))


def by_the_other_judge(evidence: Evidence, metrics: Sequence[str]) -> Evidence | None:
    """The same run with these metrics read by the other judge; None where it was not scored so."""
    scores = evidence.scores
    other = scores[scores["metric"].isin([f"{metric}{EXCHANGED}" for metric in metrics])]
    if other.empty:
        return None
    renamed = other.assign(metric=other["metric"].str.removesuffix(EXCHANGED))
    kept = scores[~scores["metric"].isin(renamed["metric"])]
    return replace(evidence, scores=pd.concat([kept, renamed], ignore_index=True))


def _rows(evidence: Evidence) -> Iterator[dict[str, Any]]:
    by_judges = {variation: by_the_other_judge(evidence, metrics) for variation, metrics in JUDGES.items()}
    for method, module, as_set in judged(evidence):
        by_name = {claim.claim: claim for claim in as_set}
        for claim in as_set:
            for variation, margin in MARGINS.items():
                if margin == 1 or any(part.bar != part.neutral for part in claim.parts):
                    yield _row(method, claim, variation, claim, margin)
        for variation, scored in by_judges.items():
            if scored is not None:
                [(_, _, by_others)] = judged(scored, {method: {}})
                changed = [claim for claim in by_others if _measures_otherwise(claim, by_name[claim.claim])]
                yield from (_row(method, claim, variation, by_name[claim.claim]) for claim in changed)
        for variation, (claims, bars) in getattr(module, "VARIATIONS", {}).items():
            [(_, _, varied)] = judged(evidence, {method: bars})
            for claim in varied:
                if claim.claim in claims:
                    yield _row(method, claim, variation, by_name[claim.claim])


def _measures_otherwise(claim: Claim, as_set: Claim) -> bool:
    intervals = ((part.interval, other.interval) for part, other in zip(claim.parts, as_set.parts, strict=True))
    return any(not np.array_equal(part, other, equal_nan=True) for part, other in intervals)


def _row(method: str, claim: Claim, variation: str, as_set: Claim, margin: float = 1.0) -> dict[str, Any]:
    deciding, verdict = claim.deciding, claim.verdict(margin)
    parts = zip(claim.parts, claim.verdicts(margin), as_set.verdicts(), strict=True)
    changed = [f"{part.measure}: {now}, was {before}" for part, now, before in parts if now != before]
    return {
        "method": method, "claim": claim.claim, "variation": variation, "verdict": verdict, "measure": deciding.measure,
        **deciding.interval.named(), "survives": verdict == as_set.verdict(), "changed_parts": "; ".join(changed),
    }  # fmt: skip
