"""The claims as one table: verdict, effect with interval, bar, and where figure and rows are."""

import math
from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from bench.plots.kit import theme
from bench.plots.kit.words import interval, number

# Verdict: a sign for those who do not see colours, and the colour's class.
VERDICTS: Mapping[str, tuple[str, str]] = {
    "supported": ("✓", "yes"), "contradicted": ("✗", "no"), "inconclusive": ("?", "open"),
    "too few runs": ("…", "open"), "not tested in this run": ("–", "quiet"), "cannot be tested here": ("–", "quiet"),
}  # fmt: skip
DECIDED = ("supported", "contradicted")
SIDES = {">=": "≥\u00a0", "<=": "≤\u00a0", "<": "<\u00a0"}
RATIOS = ("ratio", "milliseconds of", "flops of")  # a measure so named is a ratio, whose value of no effect is 1
# Figures that show a claim's number: the table that it is judged from, a part of its measure's name, the figure.
FIGURES = (
    ("gradients", "images", "gradients_of_images"), ("gradients", "points", "gradients_of_points"),
    ("search", "", "search_time"), ("curves", "", "level_times"),
    ("scores", "quality", "scores_by_model"), ("scores", "attribute accuracy", "scores_by_model"),
)  # fmt: skip


def answers(claims: pd.DataFrame, parts: pd.DataFrame | None) -> list[dict[str, Any]]:
    """One answer per row of claims.csv, as the page states it.

    `rows` are its rows of claim_parts.csv, as (measure, effect, bar, verdict, reason).
    """
    rows = [] if parts is None else parts.to_dict("records")
    return [_answer(row, [part for part in rows if part["claim"] == row["claim"]]) for row in claims.to_dict("records")]


def summary(claims: pd.DataFrame) -> str:
    """How many claims have which verdict, in words."""
    counts = Counter(claims["verdict"])
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])


def _answer(row: Mapping[Hashable, Any], parts: list[dict[Hashable, Any]]) -> dict[str, Any]:
    main = next((part for part in parts if part["measure"] == row["measure"]), row)
    sign, kind = VERDICTS.get(row["verdict"], ("", "open"))
    reason = theme.in_words(_text(row.get("reason")))
    comments = (reason and f"{reason[0].upper()}{reason[1:].rstrip('.')}.", wrong_way(row, _text(main.get("side"))))
    margins = [
        f"{row[column]} at {name} the margin"
        for column, name in (("verdict_half_margin", "half"), ("verdict_double_margin", "double"))
        if isinstance(row.get(column), str) and row[column] != row["verdict"]
    ]
    evidence, measure = _text(row.get("evidence")), theme.in_words(row["measure"])
    return {
        **{name: row[name] for name in ("claim", "statement", "verdict")},
        "measure": measure,
        "parts": _text(row.get("parts")),
        "sign": sign,
        "kind": kind,
        "effect": _effect(row),
        "bar": _bar(row, main),
        "comment": " ".join(filter(None, comments)),
        "margins": "; ".join(margins),
        "evidence": evidence,
        "figure": next((figure for table, name, figure in FIGURES
                        if evidence.startswith(f"{table}.") and name in measure), ""),
        "rows": [
            (theme.in_words(part["measure"]), _effect(part), _bar(part, part) if part["judged"] else "",
             part["verdict"], theme.in_words(_text(part.get("reason"))))
            for part in parts
        ],
    }  # fmt: skip


def wrong_way(row: Mapping[Hashable, Any], side: str) -> str:
    """That the whole interval of an undecided claim lies on the wrong side of no effect; '' where it does not."""
    low, high = float(row["ci_low"]), float(row["ci_high"])
    if row["verdict"] in DECIDED or not side or math.isnan(low) or math.isnan(high):
        return ""
    neutral = 1.0 if any(word in str(row["measure"]).lower() for word in RATIOS) else 0.0
    above = side == ">="
    if not (high < neutral if above else low > neutral):
        return ""
    side = "above" if above else "below"
    return f"It plainly goes the other way: {_effect(row)}, where {side} {neutral:g} is claimed."


def _effect(row: Mapping[Hashable, Any]) -> str:
    estimate, low, high = (float(row[name]) for name in ("estimate", "ci_low", "ci_high"))
    return "not measured" if math.isnan(estimate) else f"{number(estimate)} {interval(low, high)}".rstrip()


def _bar(row: Mapping[Hashable, Any], part: Mapping[Hashable, Any]) -> str:
    return f"{SIDES.get(_text(part.get('side')), '')}{float(row['bar']):g}".replace("-", "−")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
