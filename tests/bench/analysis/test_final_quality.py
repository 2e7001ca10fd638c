"""What choosing on valid flatters, against hand-worked numbers."""

import pandas as pd
import pytest

from bench.analysis import contract, over_seeds

BASELINE, CHALLENGER = "stargan_baseline.lsgan", "acl.plus_attribute"


def scores() -> pd.DataFrame:
    """Quality of two models and a control: baseline .4 and .6 on valid, challenger .7 and .5; test .1 lower."""
    rows = [
        (*model.split("."), seed, split, "quality", attribute, value - 0.1 * (split == "test"), 10)
        for model, values in ((BASELINE, (0.4, 0.6)), (CHALLENGER, (0.7, 0.5)), ("control.identity", (0.0, 0.0)))
        for seed, value in enumerate(values)
        for split in ("valid", "test")
        for attribute in ("all", "Smiling", "Young")
    ]
    return pd.DataFrame(rows, columns=list(contract.CONTRACT["scores"]))


def test_optimism_is_valid_minus_test_on_the_same_seed_and_controls_have_none() -> None:
    quality = over_seeds.final_quality(scores())
    assert quality["estimate"].tolist() == pytest.approx([0.1, 0.1])
    assert quality["variant"].tolist() == ["lsgan", "plus_attribute"]
    assert set(quality["measure"]) == {"optimism"}


def test_no_scores_give_an_empty_table_with_all_columns() -> None:
    quality = over_seeds.final_quality(scores().iloc[:0])
    assert quality.empty
    assert tuple(quality.columns) == over_seeds.COLUMNS
