"""What a claim is, and the one rule that judges it (docs/design.md). The claims themselves lie with their method.

A part of a claim is an interval against a bar. Wholly on the claim's side it is supported, wholly on the other side
contradicted, else inconclusive. A claim is supported if all of its parts are, contradicted if any part is, and its
intervals are at 1 - .05/k for k parts. What was not run is inconclusive, with the reason. Measures that stand beside a
claim are shown with 95 % intervals, and not judged.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from bench import registry
from bench.analysis.statistics import UNKNOWN, Interval

if TYPE_CHECKING:
    from bench.settings import Settings

Verdict = Literal["supported", "contradicted", "inconclusive"]
Side = Literal[">=", "<=", "<"]
NOT_JUDGED = "not judged"
COLUMNS = (
    "claim", "statement", "measure", "estimate", "ci_low", "ci_high", "bar", "verdict", "evidence", "reason",
    "verdict_half_margin", "verdict_double_margin", "parts", "level", "method",
)  # fmt: skip
PART_COLUMNS = (
    "claim", "measure", "estimate", "ci_low", "ci_high", "level", "side", "bar", "verdict", "verdict_half_margin",
    "verdict_double_margin", "evidence", "reason", "method", "judged",
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """The tidy tables of a run that claims are read from; `gradients` is None where those experiments were not run."""

    settings: Settings
    scores: pd.DataFrame
    speed: pd.DataFrame
    search: pd.DataFrame
    time_to_target: pd.DataFrame
    curves: pd.DataFrame
    speed_ratio: pd.DataFrame
    gradients: pd.DataFrame | None = None


@dataclass(frozen=True)
class Part:
    """One measure against its bar. `neutral` is the value of no effect: margins are measured from it.

    `reason` says why the measure is missing, or must not be judged; such a part is inconclusive.
    """

    measure: str
    interval: Interval
    side: Side
    bar: float
    neutral: float
    evidence: str
    reason: str = ""

    def verdict(self, margin: float = 1.0) -> Verdict:
        """The verdict with the bar at `margin` times its distance from no effect."""
        bar = self.bar + (margin - 1) * (self.bar - self.neutral)
        low, high = self.interval.low, self.interval.high
        if self.reason or math.isnan(low) or math.isnan(high):
            return "inconclusive"
        if self.side == ">=":
            return "supported" if low >= bar else "contradicted" if high < bar else "inconclusive"
        if self.side == "<=":
            return "supported" if high <= bar else "contradicted" if low > bar else "inconclusive"
        return "supported" if high < bar else "contradicted" if low >= bar else "inconclusive"


@dataclass(frozen=True)
class Claim:
    """A claim of the paper and its parts, the main one first; `beside` is shown with them and decides nothing."""

    claim: str
    statement: str
    parts: tuple[Part, ...]
    beside: tuple[Part, ...] = ()

    def verdict(self, margin: float = 1.0) -> Verdict:
        """Supported if all parts are, contradicted if any is, else inconclusive."""
        verdicts = {part.verdict(margin) for part in self.parts}
        if "contradicted" in verdicts:
            return "contradicted"
        return "supported" if verdicts == {"supported"} else "inconclusive"

    @property
    def deciding(self) -> Part:
        """The first part that has the claim's verdict."""
        return next(part for part in self.parts if part.verdict() == self.verdict())


def level(parts: int) -> float:
    """Confidence of each interval of a claim of `parts` parts."""
    return 1 - 0.05 / parts


def not_run(measure: str, side: Side, bar: float, neutral: float, evidence: str, reason: str) -> Part:
    """A part that was not measured."""
    return Part(measure, UNKNOWN, side, bar, neutral, evidence, reason)


def judge(evidence: Evidence) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge the claims of every method: rows of claims.csv, one a claim, and of claim_parts.csv, one a measure."""
    rows: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for name, module in registry.claims().items():
        bars: Mapping[str, float] = dict(module.BARS) | dict(evidence.settings.bars.get(name, {}))
        for claim in module.judge(evidence, bars):
            head = {"method": name, "claim": claim.claim, "level": level(len(claim.parts))}
            rows.append(head | _row(claim))
            parts += [head | _part_row(part) | {"judged": True} for part in claim.parts]
            parts += [head | _beside_row(part) for part in claim.beside]
    return pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame(parts, columns=list(PART_COLUMNS))


def _row(claim: Claim) -> dict[str, Any]:
    counted = [part.verdict() for part in claim.parts]
    verdicts = ("supported", "contradicted", "inconclusive")
    return _part_row(claim.deciding) | {
        "statement": claim.statement,
        "verdict": claim.verdict(),
        "verdict_half_margin": claim.verdict(0.5),
        "verdict_double_margin": claim.verdict(2.0),
        "parts": ", ".join(f"{counted.count(one)} {one}" for one in verdicts if one in counted),
    }


def _beside_row(part: Part) -> dict[str, Any]:
    low, high = part.interval.low, part.interval.high
    none = "the interval includes no effect" if low < part.neutral < high else ""
    columns = ("verdict", "verdict_half_margin", "verdict_double_margin")
    shown = dict.fromkeys(columns, NOT_JUDGED) | {"level": 0.95, "judged": False, "reason": part.reason or none}
    return _part_row(part) | shown


def _part_row(part: Part) -> dict[str, Any]:
    reason = part.reason
    if not reason and part.verdict() == "inconclusive":
        known = not math.isnan(part.interval.low)
        reason = "the interval holds the bar" if known else "too few measurements for an interval"
    return {
        "measure": part.measure,
        "estimate": part.interval.estimate,
        "ci_low": part.interval.low,
        "ci_high": part.interval.high,
        "side": part.side,
        "bar": part.bar,
        "verdict": part.verdict(),
        "verdict_half_margin": part.verdict(0.5),
        "verdict_double_margin": part.verdict(2.0),
        "evidence": part.evidence,
        "reason": reason,
    }
