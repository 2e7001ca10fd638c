"""Two runs are compared where their numbers mean the same, and refused, with the reason, where they do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench import cli
from bench.analysis.contract import CONTRACT
from bench.commands import compare
from bench.settings.paths import RunPaths
from tests.support.made_tables import claims, made_settings, scores, speed, tables


def made(folder: Path, digest: str = "abc", **changes: dict[str, Any]) -> Path:
    """A run with settings, tables and a pack; `changes` by section."""
    content = made_settings().model_dump(mode="json")
    for section, values in changes.items():
        content[section] |= values
    paths = RunPaths(folder)
    (folder / "tables").mkdir(parents=True)
    (folder / "data").mkdir()
    paths.settings.write_text(json.dumps(content), encoding="utf-8")
    paths.pack(content["data"]["image_size_px"]).write_text(json.dumps({"digest": digest}), encoding="utf-8")
    for name, table in tables().items():
        missing = dict.fromkeys(set(CONTRACT.get(name, ())) - set(table.columns))
        table.assign(**missing).to_csv(paths.table(name), index=False)
    return folder


def test_equal_runs_show_every_claim_beside_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, b = made(tmp_path / "a"), made(tmp_path / "b")
    assert cli.main(["compare", str(a), str(b), "--metric", "quality"]) == 0
    said = capsys.readouterr().out
    for claim in claims()["claim"]:
        assert f" {claim} " in said
    assert "attribute_accuracy" not in said


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"digest": "other"}, "data digest: abc, other"),
        ({"data": {"image_size_px": 64}}, "data.image_size_px: 32, 64"),
        ({"data": {"attributes": ["Smiling", "Black_Hair"], "combined_edits": []}}, "data.attributes"),
        ({"training": {"budget_kimg": 2.0}}, "training.budget_kimg: 1.0, 2.0"),
        ({"search": {"budget_kimg": 0.25}}, "search.budget_kimg: 0.5, 0.25"),
        ({"judges": {"epochs": 3}}, "judges.epochs: 10, 3"),
    ],
    ids=["data", "size", "attributes", "budget", "search budget", "judges"],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any], word: str
) -> None:
    assert cli.main(["compare", str(made(tmp_path / "a")), str(made(tmp_path / "b", **changes))]) == 2
    assert word in capsys.readouterr().err


def test_places_and_pace_of_checkpoints_do_not_hinder(tmp_path: Path) -> None:
    a, b = made(tmp_path / "a"), made(tmp_path / "b", training={"checkpoint_seconds": 5.0})
    assert cli.main(["compare", str(a), str(b)]) == 0


def test_scores_shift_by_the_difference_of_their_means() -> None:
    shifted = scores().assign(value=lambda table: table["value"] + 0.25)
    made, _ = compare.side_by_side("scores", scores(), shifted, ["quality"])
    assert made["shift"].to_numpy() == pytest.approx(0.25)


def test_costs_shift_by_their_ratio_on_the_same_device_only() -> None:
    twice = speed().assign(milliseconds=lambda table: 2 * table["milliseconds"])
    made, said = compare.side_by_side("speed", speed(), twice)
    assert made["B / A"].to_numpy() == pytest.approx(2.0)
    assert said == "milliseconds"
    made, said = compare.side_by_side("speed", speed(), twice.assign(device="cuda"))
    assert made.empty
    assert "A was timed on cpu, B on cuda" in said


def test_a_run_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", "nowhere", "nowhere"]) == 2
    assert "results/nowhere/settings.json" in capsys.readouterr().err
