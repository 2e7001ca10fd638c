"""How trials ended, counted per model."""

from __future__ import annotations

import pandas as pd

from bench.report import outcomes


def trial(variant: str, missed: str | None, space: str = "main") -> dict[str, object]:
    return {"method": "acl", "variant": variant, "space": space, "sampler": "random", "missed": missed}


def test_trials_are_counted_by_what_they_missed() -> None:
    copy = "quality and accuracy and closeness"
    search = pd.DataFrame(
        [
            trial("full", None), trial("full", ""), trial("full", copy), trial("full", "quality"),
            trial("plus_mask", "confirmation"), trial("full", copy + " and background", "one_vs_one"),
        ]
    )  # fmt: skip
    table = outcomes.table(search)
    counts = [dict(zip(table.columns[1:], [cell.key for cell in row[1:]], strict=True)) for row in table.rows]
    assert [(row["search"], row["trials"], row["hits"], row["copies"]) for row in counts] == [
        ("main", 4, 2, 1), ("main", 1, 0, 0), ("one_vs_one", 1, 0, 0),
    ]  # fmt: skip
    assert [row["quality"] for row in counts] == [2, 0, 1]
    assert [row["confirmation"] for row in counts] == [0, 1, 0]


def test_no_trials_no_rows() -> None:
    assert outcomes.table(pd.DataFrame(columns=[*outcomes.GROUPS, "missed"])).rows == ()
