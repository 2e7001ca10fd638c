"""The report says what each interval covers, from the committed simulation."""

import pandas as pd
import pytest

from bench.report import intervals


def test_every_interval_was_simulated_often_and_covers_93_percent_or_is_named() -> None:
    coverage = intervals.coverage()
    assert list(coverage.columns) == list(intervals.COLUMNS)
    assert (coverage["repeats"] >= 500).all()
    short = coverage[coverage["coverage"] < intervals.LEAST]
    assert (short["coverage"] > 0.9).all()
    for row in short.to_dict("records"):
        assert f"{row['number']} ({row['size']})" in intervals.sentence()


def test_the_sentence_says_so_where_all_cover_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    coverage = pd.DataFrame({"number": ["mean"], "size": ["8 seeds"], "coverage": [0.95]})
    monkeypatch.setattr(intervals, "coverage", coverage.copy)
    assert intervals.sentence() == "In simulations of similar sizes all of them cover at least 93%."
