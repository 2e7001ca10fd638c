"""Tables of the page: what a cell shows, what it is sorted by, and tidy tables as they are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from bench.plots.kit import theme
from bench.plots.kit.words import number, plain

MODEL_COLUMNS = ("method", "variant")


@dataclass(frozen=True)
class Cell:
    """What is read, what it is sorted by ('' for a missing value: last either way), a second line, a model's colour."""

    text: str
    key: float | str
    note: str = ""
    title: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption, and the table of the run that its numbers come from; '' where there is none."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: str = ""


def value_cell(value: float, note: str = "", title: str = "") -> Cell:
    """A number; a missing one has no key."""
    return Cell(number(value), "" if math.isnan(value) else float(f"{value:.6g}"), note, title)


def model_cell(model: str) -> Cell:
    """A model's or control's name in its colour."""
    name = theme.label(model)
    return Cell(name, name, title=model, colour=theme.look(model).colour)


def tidy(frame: pd.DataFrame, caption: str, source: str, columns: Sequence[str] = ()) -> Table:
    """A tidy table as it is, but for method and variant, which become one column with the name for people.

    `columns` picks and orders the columns that are shown; columns without any value are left out.
    """
    of_models = set(MODEL_COLUMNS) <= set(frame.columns)
    filled = (frame[list(columns)] if columns else frame).dropna(axis="columns", how="all")
    rest = [str(name) for name in filled if not (of_models and name in MODEL_COLUMNS)]
    rows = [
        (
            *([model_cell(f"{row['method']}.{row['variant']}")] if of_models else []),
            *(_cell(row[name], "" if name.startswith("seed") else ",") for name in rest),
        )
        for row in frame.to_dict("records")
    ]
    heads = (*(["model"] if of_models else []), *(plain(name) for name in rest))
    return Table(caption, heads, tuple(rows), source)


def _cell(value: str | float | None, thousands: str) -> Cell:
    """A value as it is; whole numbers without decimals."""
    if value is None:
        return Cell("", "")
    if isinstance(value, bool | str):
        return Cell(str(value), str(value))
    if float(value).is_integer():
        return Cell(f"{value:{thousands}.0f}".replace("-", "−"), int(value))
    return value_cell(float(value))
