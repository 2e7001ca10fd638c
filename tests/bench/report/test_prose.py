"""Sentences of the page that tables make."""

import pandas as pd

from bench.report import prose
from tests.support.made_tables import empty_tables, tables


def test_caveat_of_fid_quotes_this_runs_controls() -> None:
    scores = tables()["scores"]
    assert "Here copies" not in prose.fid_caveat(scores, "test")
    controls = (
        scores[scores["variant"] == "identity"]
        .iloc[[0, 0]]
        .assign(
            split="test",
            metric="fid_judge_test",
            attribute="all",
            variant=["identity", "counterfactual"],
            value=[2.0, 3.0],
        )
    )
    said = prose.fid_caveat(pd.concat([scores, controls]), "test")
    assert said.endswith("Here copies of the source have FID 2.00, better than the true edits' 3.00.")
    assert prose.fid_caveat(scores[:0], "test") == ""


def test_page_names_the_devices_of_trials_and_timings() -> None:
    all_tables = tables()
    assert prose.devices(all_tables | {"search": all_tables["search"].assign(device="cuda")}).startswith(
        "Trials ran on cuda. "
    )
    assert prose.devices(all_tables).endswith("Steps were timed on cpu (1 thread).")
    assert prose.devices(empty_tables()) == ""


def test_caveat_of_quality_quotes_another_person_of_this_run() -> None:
    scores = tables()["scores"]
    assert prose.quality_caveat(scores, "test").endswith("preservation accuracy.")
    person = scores.iloc[[0, 0, 0]].assign(
        method="control",
        variant="other_person",
        split="test",
        attribute="all",
        metric=["quality", "background_error", "preservation_accuracy"],
        value=[0.99, 0.223, 0.98],
    )
    said = prose.quality_caveat(pd.concat([scores, person]), "test")
    assert said.endswith(
        "Here another person with the right labels has quality q 0.99, preservation accuracy 0.98 but background error"
        " 0.22."
    )
    assert prose.quality_caveat(scores[:0], "test") == ""
