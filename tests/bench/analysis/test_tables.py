"""Tables are collected whole and unmistakable, or refused with the file named."""

import argparse
from pathlib import Path

import pandas as pd
import pytest
import yaml

from bench.analysis import claims, contract, parts
from bench.commands import tables
from bench.errors import BenchError
from tests.support.made_pools import blocks, made_settings, pool

SCORE = {
    "method": "acl", "variant": "full", "seed": 1, "split": "test", "metric": "quality", "attribute": "all",
    "value": 0.5, "n": 10,
}  # fmt: skip


def part(folder: Path, name: str, *rows: dict[str, object]) -> Path:
    file = folder / f"{name}.csv"
    pd.DataFrame(rows, columns=list(rows[0]) if rows else list(SCORE)).to_csv(file, index=False)
    return file


def test_parts_are_joined_in_order_and_more_columns_may_follow(tmp_path: Path) -> None:
    files = [part(tmp_path, "a", SCORE), part(tmp_path, "b", SCORE | {"seed": 2, "more": 7}), part(tmp_path, "none")]
    joined = parts.collect("scores", files)
    assert joined["seed"].tolist() == [1, 2]
    assert list(joined.columns) == [*SCORE, "more"]


def test_a_missing_column_names_the_file_and_the_column(tmp_path: Path) -> None:
    file = part(tmp_path, "short", {name: value for name, value in SCORE.items() if name != "split"})
    with pytest.raises(BenchError, match=r"short\.csv cannot be used: it lacks column 'split'"):
        parts.collect("scores", [file])


def test_two_rows_for_the_same_thing_name_the_second_file(tmp_path: Path) -> None:
    files = [part(tmp_path, "one", SCORE), part(tmp_path, "stale", SCORE | {"value": 0.1})]
    with pytest.raises(BenchError, match=r"stale\.csv: a second row for method acl, variant full, seed 1"):
        parts.collect("scores", files)


def test_a_missing_or_empty_part_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"absent\.csv cannot be used: it is not there"):
        parts.collect("scores", [tmp_path / "absent.csv"])
    (tmp_path / "empty.csv").touch()
    with pytest.raises(BenchError, match=r"empty\.csv cannot be used"):
        parts.collect("scores", [tmp_path / "empty.csv"])


def test_no_parts_give_an_empty_table_with_the_contracts_columns() -> None:
    assert list(parts.collect("curves", []).columns) == list(contract.CONTRACT["curves"])


def test_the_command_writes_the_six_tables_with_their_columns(tmp_path: Path) -> None:
    settings = made_settings()
    config = tmp_path / "settings.yaml"
    config.write_text(yaml.safe_dump(settings.model_dump(mode="json")))
    trials, costs = tmp_path / "trials.csv", tmp_path / "blocks.csv"
    models = ("stargan_baseline.lsgan", "acl.plus_attribute")
    pool(settings, dict.fromkeys(models, 0.3), 20).to_csv(trials, index=False)
    blocks(dict.fromkeys(models, 100.0)).to_csv(costs, index=False)
    arguments = argparse.Namespace(
        config=config, scores=[part(tmp_path, "scores", SCORE)], curves=[], trials=[trials],
        step_blocks=costs, gradients=None, output_folder=tmp_path / "tables",
    )  # fmt: skip
    tables.run(arguments)
    assert sorted(path.name for path in tables.outputs(arguments)) == sorted(
        path.name for path in (tmp_path / "tables").iterdir()
    )
    for name in contract.CONTRACT_TABLES:
        table = pd.read_csv(tmp_path / "tables" / f"{name}.csv")
        assert set(contract.CONTRACT[name]) <= set(table.columns), name
    claimed = pd.read_csv(tmp_path / "tables" / "claims.csv")
    assert claimed["claim"].tolist() == ["C1", "C2", "C3", "C4", "C5", "C6", "C7"]
    assert claimed["verdict"].isin(["supported", "contradicted", *claims.OPEN]).all()


def test_trials_run_with_other_settings_are_refused() -> None:
    settings = made_settings()
    search = pool(settings, {"acl.plus_attribute": 0.3}, 3)
    parts.refuse_mixed(pd.concat([search, pool(settings, {"stargan_baseline.lsgan": 0.3}, 3, key="other")]))
    with pytest.raises(BenchError, match=r"Trials of acl\.plus_attribute were run with different settings"):
        parts.refuse_mixed(pd.concat([search, search.assign(key="other")]))


def arguments_of(folder: Path, trials: list[Path]) -> argparse.Namespace:
    """Settings and step costs in `folder`, and arguments that make its tables out of `trials`."""
    folder.mkdir()
    models = ("stargan_baseline.lsgan", "acl.plus_attribute")
    (folder / "settings.yaml").write_text(yaml.safe_dump(made_settings().model_dump(mode="json")))
    blocks(dict.fromkeys(models, 100.0)).to_csv(folder / "blocks.csv", index=False)
    return argparse.Namespace(
        config=folder / "settings.yaml", scores=[part(folder, "scores", SCORE)], curves=[], trials=trials,
        step_blocks=folder / "blocks.csv", gradients=None,
        output_folder=folder / "tables",
    )  # fmt: skip


def test_a_pool_extended_in_two_pieces_gives_the_tables_of_one(tmp_path: Path) -> None:
    whole = pool(made_settings(), {"stargan_baseline.lsgan": 0.2, "acl.plus_attribute": 0.5}, 60)
    whole["study"], whole["trial"] = whole["trial"] // 20, whole["trial"] % 20
    early, whole_file, later_file = (tmp_path / f"{name}.csv" for name in ("early", "whole", "later"))
    whole.to_csv(whole_file, index=False)
    whole[whole["study"] == 0].to_csv(early, index=False)
    whole[whole["study"] > 0].to_csv(later_file, index=False)
    at_once, extended = (
        arguments_of(tmp_path / "once", [whole_file]),
        arguments_of(tmp_path / "extended", [early, later_file]),
    )
    tables.run(arguments_of(tmp_path / "early", [early]))  # what was there before the extension
    tables.run(at_once)
    tables.run(extended)
    for name in contract.TABLES:
        frames = [pd.read_csv(each.output_folder / f"{name}.csv") for each in (at_once, extended)]
        if name == "search":
            frames = [frame.sort_values(list(contract.KEYS["search"]), ignore_index=True) for frame in frames]
        pd.testing.assert_frame_equal(frames[0], frames[1], rtol=1e-9)
    trials = [pd.read_csv(tmp_path / name / "tables" / "power.csv")["count"].max() for name in ("early", "extended")]
    assert trials == [20, 60]
