"""How numbers are written for people."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.plots.kit import theme

if TYPE_CHECKING:
    import pandas as pd

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


MODEL_COLUMNS = ("method", "variant")


@dataclass(frozen=True)
class Cell:
    """What is read, what it is sorted by, a second line, more on demand, and a model's colour where it names one."""

    text: str
    key: float | str
    note: str = ""
    title: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption and the file its numbers come from, relative to the report; '' where there is none."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    link: str = ""


def value_cell(value: float, note: str = "", title: str = "") -> Cell:
    """A number; NaN sorts last."""
    return Cell(number(value), math.inf if math.isnan(value) else value, note, title)


def model_cell(method: str, variant: str) -> Cell:
    """A model's or control's name in its colour."""
    name = theme.label(method, variant)
    return Cell(name, name, title=f"{method}.{variant}", colour=theme.look(method, variant).colour)


def tidy(frame: pd.DataFrame, caption: str, link: str, columns: Sequence[str] = ()) -> Table:
    """A tidy table as it is, but for method and variant, which become one column with the name for people.

    `columns` picks and orders the columns that are shown; columns without any value are left out.
    """
    shown = [name for name in (columns or frame.columns) if name in frame.columns and frame[name].notna().any()]
    named = set(MODEL_COLUMNS) <= set(frame.columns)
    rest = [name for name in shown if not (named and name in MODEL_COLUMNS)]
    rows = [
        ((model_cell(row["method"], row["variant"]),) if named else ()) + tuple(_cell(row[name]) for name in rest)
        for row in frame.to_dict("records")
    ]
    return Table(
        caption, (("model",) if named else ()) + tuple(name.replace("_", " ") for name in rest), tuple(rows), link
    )


def _cell(value: str | float) -> Cell:
    if isinstance(value, bool | str):
        return Cell(str(value), str(value))
    return value_cell(float(value))
