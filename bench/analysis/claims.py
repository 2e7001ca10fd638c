"""What a claim is, and the one rule that judges it (docs/measures/claims.md). The claims lie with their method.

A claim is supported where the 95 % intervals of all its parts lie on the claim's side of their bars, contradicted where
the interval of any part, at 1 - .05/k for k parts, lies on the other side. A part that must not be judged says why.
Measures that stand beside a claim are shown with 95 % intervals, and not judged.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from types import ModuleType
from typing import Any, Literal

import pandas as pd

from bench import registry
from bench.analysis.contract import CONTRACT
from bench.analysis.statistics import UNKNOWN, Interval
from bench.settings import Settings

Verdict = Literal[
    "supported", "contradicted", "inconclusive", "too few runs", "not tested in this run", "cannot be tested here"
]
Side = Literal[">=", "<=", "<"]
SUPPORTED: Verdict = "supported"
CONTRADICTED: Verdict = "contradicted"
INCONCLUSIVE: Verdict = "inconclusive"
TOO_FEW: Verdict = "too few runs"
NOT_TESTED: Verdict = "not tested in this run"
IMPOSSIBLE: Verdict = "cannot be tested here"
# A claim without a verdict takes the first of these that any of its parts has.
OPEN: tuple[Verdict, ...] = (IMPOSSIBLE, NOT_TESTED, TOO_FEW, INCONCLUSIVE)
NOT_JUDGED = "not judged"
EXACT = "exact count"  # the one interval that may have no width
LEVEL = 0.95
COLUMNS = CONTRACT["claims"]
PART_COLUMNS = (
    "claim", "measure", "estimate", "ci_low", "ci_high", "side", "bar", "verdict", "verdict_half_margin",
    "verdict_double_margin", "reason", "evidence", "interval", "unit", "count", "base", "correlation", "models",
    "neutral", "contradiction_level", "contradiction_low", "contradiction_high", "method", "judged",
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """The tidy tables of a run that claims are read from; `gradients` is None where those experiments were not run."""

    settings: Settings
    scores: pd.DataFrame
    speed: pd.DataFrame
    search: pd.DataFrame
    curves: pd.DataFrame
    speed_ratio: pd.DataFrame
    gradients: pd.DataFrame | None = None


@dataclass(frozen=True)
class Sample:
    """What an interval was made of, for tables and for the price of a verdict.

    `count` repetitions of a `unit` (training seed, process, trial) of `models`; `base` is their standard deviation on
    the interval's own scale, or the hit rate of the first model where the unit is a trial; `correlation` is that of
    pairs, NaN where there are none.
    """

    interval: str = ""
    unit: str = ""
    count: int = 0
    base: float = math.nan
    correlation: float = math.nan
    models: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """A number with its interval at any confidence, and, where it must not be judged, the `reason` and the `word`.

    `note` is a sentence that stands beside the verdict, whatever it is.
    """

    at: Callable[[float], Interval] = lambda _: UNKNOWN
    sample: Sample = field(default_factory=Sample)
    reason: str = ""
    word: Verdict = NOT_TESTED
    note: str = ""

    def refused(self, reason: str, word: Verdict) -> Measured:
        """The same number where `reason` is '' or another was there first; else one that must not be judged."""
        return replace(self, reason=reason, word=word) if reason and not self.reason else self


def exactly(value: float) -> Measured:
    """A count, which has no spread; NaN is none."""
    return Measured(lambda level: Interval(value, value, value), Sample(EXACT))


@dataclass(frozen=True)
class Part:
    """One measure against its bar. `neutral` is the value of no effect: margins are measured from it."""

    measure: str
    measured: Measured
    side: Side
    bar: float
    neutral: float
    evidence: str

    @cached_property
    def interval(self) -> Interval:
        """The estimate with its 95 % interval."""
        return self.measured.at(LEVEL)

    def verdict(self, margin: float = 1.0, parts: int = 1) -> Verdict:
        """The verdict of one of `parts` parts, with the bar at `margin` times its distance from no effect."""
        word, _ = self._refusal()
        if word:
            return word
        bar = self.bar + (margin - 1) * (self.bar - self.neutral)
        low, high = self.interval[1:]
        if low >= bar if self.side == ">=" else high < bar or (self.side == "<=" and high == bar):
            return SUPPORTED
        low, high = self.measured.at(contradiction_level(parts))[1:]
        if high < bar if self.side == ">=" else low > bar or (self.side == "<" and low == bar):
            return CONTRADICTED
        return INCONCLUSIVE

    def reason(self, parts: int = 1) -> str:
        """Why there is no verdict, and the note."""
        word, why = self._refusal()
        if not word and self.verdict(parts=parts) == INCONCLUSIVE:
            why = "the interval holds the bar"
        return "; ".join(sentence for sentence in (why, self.measured.note) if sentence)

    def _refusal(self) -> tuple[Verdict | None, str]:
        """The word and the reason of a part that must not be judged; None where it may be."""
        low, high = self.interval[1:]
        if self.measured.reason:
            return self.measured.word, self.measured.reason
        if math.isnan(low) or math.isnan(high):
            return TOO_FEW, "too few measurements for an interval"
        if math.isclose(low, high, rel_tol=1e-9, abs_tol=1e-12) and self.measured.sample.interval != EXACT:
            return TOO_FEW, "the repetitions do not vary: they are copies of one measurement"
        return None, ""


@dataclass(frozen=True)
class Claim:
    """A claim of the paper and its parts, the main one first; `beside` is shown with them and decides nothing."""

    claim: str
    statement: str
    parts: tuple[Part, ...]
    beside: tuple[Part, ...] = ()

    def verdicts(self, margin: float = 1.0) -> list[Verdict]:
        """The verdict of each part."""
        return [part.verdict(margin, len(self.parts)) for part in self.parts]

    def verdict(self, margin: float = 1.0) -> Verdict:
        """Supported if all parts are, contradicted if any is, else the first of `OPEN` that one of them has."""
        verdicts = self.verdicts(margin)
        if CONTRADICTED in verdicts:
            return CONTRADICTED
        return next((word for word in OPEN if word in verdicts), SUPPORTED)

    @property
    def deciding(self) -> Part:
        """The first part that has the claim's verdict."""
        return self.parts[self.verdicts().index(self.verdict())]


def contradiction_level(parts: int) -> float:
    """Confidence at which one of `parts` parts contradicts its claim."""
    return 1 - 0.05 / parts


def judge(evidence: Evidence) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge the claims on the methods that a run has: rows of claims.csv, one per claim, and of claim_parts.csv."""
    rows: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for name, _, claims in judged(evidence):
        for claim in claims:
            head = {"method": name, "claim": claim.claim}
            rows.append(head | _row(claim))
            parts += [head | _judged_row(part, len(claim.parts)) for part in claim.parts]
            parts += [head | _beside_row(part) for part in claim.beside]
    return pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame(parts, columns=list(PART_COLUMNS))


def judged(
    evidence: Evidence, other_bars: Mapping[str, Mapping[str, float]] | None = None
) -> Iterator[tuple[str, ModuleType, Sequence[Claim]]]:
    """Each method whose claims are about the run's methods, its claims' module, and its claims.

    So the run has all of the methods that they are about, or the claiming one and no others than these.
    `other_bars` names, by method, bars that replace those of the configuration; only these methods are judged.
    """
    methods = evidence.settings.methods
    for name, module in registry.claims().items():
        about = frozenset(module.METHODS)
        if name not in methods or not (methods >= about or methods <= about) or name not in (other_bars or {name: {}}):
            continue
        bars = dict(module.BARS) | dict(evidence.settings.bars.get(name, {})) | dict((other_bars or {}).get(name, {}))
        yield name, module, module.judge(evidence, bars)


def _row(claim: Claim) -> dict[str, Any]:
    verdicts = claim.verdicts()
    counts = {word: verdicts.count(word) for word in (SUPPORTED, CONTRADICTED, *OPEN)}
    return _part_row(claim.deciding) | {
        "statement": claim.statement, "verdict": claim.verdict(), "reason": claim.deciding.reason(len(claim.parts)),
        "verdict_half_margin": claim.verdict(0.5), "verdict_double_margin": claim.verdict(2.0),
        "parts": ", ".join(f"{count} {word}" for word, count in counts.items() if count),
    }  # fmt: skip


def _judged_row(part: Part, parts: int) -> dict[str, Any]:
    level = contradiction_level(parts)
    _, low, high = part.measured.at(level)
    return _part_row(part) | {
        "contradiction_level": level, "contradiction_low": low, "contradiction_high": high,
        "verdict": part.verdict(1.0, parts), "verdict_half_margin": part.verdict(0.5, parts),
        "verdict_double_margin": part.verdict(2.0, parts), "reason": part.reason(parts), "judged": True,
    }  # fmt: skip


def _beside_row(part: Part) -> dict[str, Any]:
    holds_none = part.interval.low < part.neutral < part.interval.high
    reason = part.measured.reason or ("the interval includes no effect" if holds_none else part.measured.note)
    verdicts = dict.fromkeys(("verdict", "verdict_half_margin", "verdict_double_margin"), NOT_JUDGED)
    return _part_row(part) | verdicts | {"judged": False, "reason": reason}


def _part_row(part: Part) -> dict[str, Any]:
    sample = part.measured.sample
    return {
        "measure": part.measure, **part.interval.named(), "side": part.side, "bar": part.bar, "neutral": part.neutral,
        "evidence": part.evidence, **asdict(sample), "models": " ".join(sample.models),
    }  # fmt: skip
