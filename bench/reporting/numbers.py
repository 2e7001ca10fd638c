"""How numbers are written for people."""

from __future__ import annotations

import math

NONE = "–"


def number(value: float, digits: int = 3) -> str:
    """`value` with that many significant digits, without exponent where it can be; a dash for NaN, ∞ for infinity."""
    if math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    if not -4 <= magnitude < 6:
        return f"{value:.{digits - 1}e}".replace("-", "−")
    return f"{value:,.{max(digits - 1 - magnitude, 0)}f}".replace("-", "−")


def interval(low: float, high: float, digits: int = 3) -> str:
    """`[low, high]`; empty where neither is known."""
    return "" if math.isnan(low) and math.isnan(high) else f"[{number(low, digits)}, {number(high, digits)}]"
