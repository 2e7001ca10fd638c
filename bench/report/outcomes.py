"""How the trials of each searched model ended: hits, and the conditions that the others missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.report.html_tables import Cell, Table, model_cell

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

CAPTION = (
    "How the trials ended. Hits: at the lowest level or above. Copies: as by a translator that edits nothing (quality,"
    " accuracy and closeness missed together). Then, for each condition of a hit at the lowest level, how many trials"
    " missed it; a trial can miss several. Each trial is a row of search.csv."
)
GROUPS = ["method", "variant", "space", "sampler"]
COPY = {"quality", "accuracy", "closeness"}


def table(search: pd.DataFrame) -> Table:
    """A row per model, control and sampler; a column for each condition that any trial missed."""
    missed = search["missed"].fillna("").str.split(" and ").map(set)
    conditions = sorted(set().union(*missed) - {""}) if len(missed) else []
    columns = ("model", "search", "sampler", "trials", "hits", "copies", *conditions)
    rows = tuple(_row(key, missed.loc[trials.index], conditions) for key, trials in search.groupby(GROUPS, sort=False))
    return Table(CAPTION, columns, rows, "search")


def _row(key: tuple[Hashable, ...], missed: pd.Series, conditions: list[str]) -> tuple[Cell, ...]:
    method, variant, space, sampler = map(str, key)
    counts = [
        len(missed),
        sum(of_trial == {""} for of_trial in missed),
        sum(of_trial == COPY for of_trial in missed),
        *(sum(name in of_trial for of_trial in missed) for name in conditions),
    ]
    return (
        model_cell(f"{method}.{variant}"), Cell(space, space), Cell(sampler, sampler),
        *(Cell(f"{count:,}", count) for count in counts),
    )  # fmt: skip
