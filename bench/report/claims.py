"""The claims, a sentence each, with verdict, estimate, interval and bar as claims.csv has them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bench.report.html_tables import interval, number

if TYPE_CHECKING:
    import pandas as pd

SIGNS = {"supported": "✓", "contradicted": "✗", "inconclusive": "?"}
SIDES = {">=": "≥ ", "<=": "≤ ", "<": "< "}
WIDTH, HEIGHT, PAD = 180, 26, 8


@dataclass(frozen=True)
class Answer:
    """One claim as the page states it."""

    claim: str
    statement: str
    verdict: str
    sign: str
    measured: str
    reason: str
    margins: str
    evidence: str
    strip: Markup


def answers(claims: pd.DataFrame, parts: pd.DataFrame | None) -> list[Answer]:
    """One answer a row of claims.csv; `parts` (claim_parts.csv) tells on which side of its bar a measure must lie."""
    sides = {} if parts is None else dict(zip(parts["measure"], parts["side"], strict=True))
    return [_answer(row, sides.get(row["measure"], "")) for row in claims.to_dict("records")]


def summary(claims: pd.DataFrame) -> str:
    """How many claims have which verdict, in words."""
    counts = Counter(claims["verdict"])
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in SIGNS if counts[verdict])


def _answer(row: Mapping[Hashable, Any], side: str) -> Answer:
    estimate, low, high, bar = (float(row[name]) for name in ("estimate", "ci_low", "ci_high", "bar"))
    measured = f"{row['measure']}: not measured"
    if not math.isnan(estimate):
        measured = (
            f"{row['measure']}: {number(estimate)} {interval(low, high)}".rstrip()
            + f"; bar {SIDES.get(side, '')}{number(bar)}"
        )
    margins = [
        f"{row[column]} at {name} the margin"
        for column, name in (("verdict_half_margin", "half"), ("verdict_double_margin", "double"))
        if column in row
    ]
    return Answer(
        row["claim"],
        row["statement"],
        row["verdict"],
        SIGNS.get(row["verdict"], ""),
        measured,
        _text(row.get("reason")),
        "; ".join(margins),
        _text(row.get("evidence")),
        _strip(estimate, low, high, bar),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _strip(estimate: float, low: float, high: float, bar: float) -> Markup:
    """A small picture: the interval, the estimate, the bar; empty where there is no interval."""
    known = [value for value in (estimate, low, high, bar) if math.isfinite(value)]
    if not math.isfinite(estimate) or math.isnan(low) or math.isnan(high):
        return Markup("")
    first, last = min(known), max(known)
    span = (last - first) or 1.0

    def place(value: float) -> float:
        return round(PAD + (WIDTH - 2 * PAD) * min(max((value - first) / span, -0.04), 1.04), 1)

    middle = HEIGHT / 2
    return Markup(
        '<svg class="strip" viewBox="0 0 {w} {h}" width="{w}" height="{h}" aria-hidden="true">'
        '<line class="axis" x1="0" x2="{w}" y1="{m}" y2="{m}"/>'
        '<line class="bar" x1="{bar}" x2="{bar}" y1="2" y2="{bottom}"/>'
        '<line class="interval" x1="{low}" x2="{high}" y1="{m}" y2="{m}"/>'
        '<circle cx="{estimate}" cy="{m}" r="4.5"/></svg>'
    ).format(
        w=WIDTH, h=HEIGHT, m=middle, bottom=HEIGHT - 2,
        bar=place(bar), low=place(low), high=place(high), estimate=place(estimate),
    )  # fmt: skip
