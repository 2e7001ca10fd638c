"""Progress shows what is done, how fast, and what is left."""

import pytest

from bench.runtime.progress import progress


def test_iterating_yields_every_item_in_order() -> None:
    assert list(progress(["a", "b", "c"], "letters", "letter")) == ["a", "b", "c"]


def test_a_heartbeat_line_appears_only_after_the_interval(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr("bench.runtime.progress.time.monotonic", lambda: now[0])
    with progress(range(100), "train", "images") as bar:
        bar.note("loss 0.5")
        for _ in range(4):
            now[0] += 10
            bar.update(10)
    assert capsys.readouterr().err == "train: 30/100 images, 1.0 images/s, 01:10 left, loss 0.5\n"


def test_work_done_before_a_resume_does_not_count_towards_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("bench.runtime.progress.time.monotonic", lambda: now[0])
    bar = progress(range(100), "train", "images", initial=50)
    now[0] = 5.0
    bar.update(10)
    assert bar.line() == "train: 60/100 images, 2.0 images/s, 00:20 left"
