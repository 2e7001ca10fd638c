"""Tables of the page: cells with a text for people and a key to sort by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.plots import _style
from bench.reporting.numbers import number

if TYPE_CHECKING:
    import pandas as pd

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
    name = _style.label(method, variant)
    return Cell(name, name, title=f"{method}.{variant}", colour=_style.look(method, variant).colour)


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
