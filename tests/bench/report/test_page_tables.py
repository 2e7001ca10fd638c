"""How trials ended, counted per model, and the levels that made translators would hit."""

import pandas as pd

from bench.report import page_tables
from tests.support.made_pools import made_settings

# quality, accuracy, preservation, background error, closer to the counterfactual: docs/measures/quality.md
CONTROLS = {
    "identity": (0.0, 0.0, 1.0, 0.0, 0.0),
    "counterfactual": (1.0, 0.95, 0.99, 0.0, 1.0),
    "other_person": (1.02, 0.95, 0.56, 0.233, 0.72),
    "half_way": (0.48, 0.6, 0.99, 0.0, 0.0),
}


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
    table = page_tables.outcomes(search)
    counts = [dict(zip(table.columns[1:], [cell.key for cell in row[1:]], strict=True)) for row in table.rows]
    assert [(row["search"], row["trials"], row["hits"], row["copies"]) for row in counts] == [
        ("main", 4, 2, 1), ("main", 1, 0, 0), ("one_vs_one", 1, 0, 0),
    ]  # fmt: skip
    assert [row["quality"] for row in counts] == [2, 0, 1]
    assert [row["confirmation"] for row in counts] == [0, 1, 0]


def test_no_trials_no_rows() -> None:
    assert page_tables.outcomes(pd.DataFrame(columns=[*page_tables.TRIALS_OF, "missed"])).rows == ()


def test_by_the_rule_the_true_edit_alone_hits_and_by_judges_half_of_it_does_too() -> None:
    rows = [
        ("control", name, 0, "test", metric, "all", value, 100)
        for name, values in CONTROLS.items()
        for metric, value in zip(page_tables.FOOLED, values, strict=True)
    ]
    columns = ["method", "variant", "seed", "split", "metric", "attribute", "value", "n"]
    table = page_tables.foolers(pd.DataFrame(rows, columns=columns), made_settings(), "test")
    levels = {row[0].title: (row[-2].text, row[-1].text) for row in table.rows}
    assert levels == {
        "control.identity": ("none", "none"),
        "control.counterfactual": ("0.6", "0.6"),
        "control.other_person": ("none", "none"),
        "control.half_way": ("0.4", "none"),
    }
