from __future__ import annotations

import pandas as pd

from bench.report import foolers
from tests.support.made_pools import made_settings

# quality, accuracy, preservation, background error, closer to the counterfactual: docs/measures/quality.md
CONTROLS = {
    "identity": (0.0, 0.0, 1.0, 0.0, 0.0),
    "counterfactual": (1.0, 0.95, 0.99, 0.0, 1.0),
    "other_person": (1.02, 0.95, 0.56, 0.233, 0.72),
    "half_way": (0.48, 0.6, 0.99, 0.0, 0.0),
}


def test_by_the_rule_the_true_edit_alone_hits_and_by_judges_half_of_it_does_too() -> None:
    rows = [
        ("control", name, 0, "test", metric, "all", value, 100)
        for name, values in CONTROLS.items()
        for metric, value in zip(foolers.METRICS, values, strict=True)
    ]
    columns = ["method", "variant", "seed", "split", "metric", "attribute", "value", "n"]
    table = foolers.table(pd.DataFrame(rows, columns=columns), made_settings(), "test")
    levels = {row[0].title: (row[-2].text, row[-1].text) for row in table.rows}
    assert levels == {
        "control.identity": ("none", "none"),
        "control.counterfactual": ("0.6", "0.6"),
        "control.other_person": ("none", "none"),
        "control.half_way": ("0.4", "none"),
    }
