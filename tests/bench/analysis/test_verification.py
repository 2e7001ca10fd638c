"""`verify`: equal runs are identical whatever their clocks say; other differences are found, sized and explained."""

import argparse
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench import cli
from bench.analysis import verification
from bench.analysis.verification import of_clock, verify
from bench.commands import tables
from tests import ROOT
from tests.support import made_pools, made_tables
from tests.support.made_searches import searches
from tests.support.made_tables import made_settings

PUBLISHED = ROOT / "results" / "reference" / "demo"
MODELS = [f"{final.model}.seed{seed}" for final in made_settings().finals for seed in final.seeds]
LAST = made_settings().finals[-1]
# scipy's log-rank test of one study against one: not known, and told so in the table.
pytestmark = pytest.mark.filterwarnings("ignore:invalid value encountered in scalar divide:RuntimeWarning")


def derive(folder: Path, clock: float) -> Path:
    """A made run, its clocks off by up to `clock` (0: exact), with every table made of its results."""
    random, parts, settings = np.random.default_rng(5), folder / "parts", made_settings()
    parts.mkdir(parents=True)
    steps = made_pools.blocks(dict.fromkeys(settings.speed.models, 50.0))
    measured_tables = {
        "scores": made_tables.scores(),
        "curves": made_tables.curves(),
        "search": searches(settings, studies=2, length=16, widths=1.5),
        "gradients": made_tables.gradients(),
        "blocks": steps.assign(resolution=settings.data.image_size_px, batch=settings.training.batch_size),
    }
    for name, table in measured_tables.items():
        clocks = [str(column) for column in table if of_clock(name, str(column))]
        table[clocks] = table[clocks] * np.exp(random.uniform(-clock, clock, (len(table), 1)))
        table.to_csv(parts / f"{name}.csv", index=False)
    (folder / "models").mkdir()
    for name in MODELS:
        card = {"weights_sha256": name, "versions": {"torch": "2.0"}, "system": {"kernels": "avx2"}}
        (folder / "models" / f"{name}.json").write_text(json.dumps(card), encoding="utf-8")
    (folder / "settings.json").write_text(settings.model_dump_json(), encoding="utf-8")
    tables.run(
        argparse.Namespace(
            config=folder / "settings.json", scores=[parts / "scores.csv"], curves=[parts / "curves.csv"],
            trials=[parts / "search.csv"], step_blocks=parts / "blocks.csv", gradients=parts / "gradients.csv",
            output_folder=folder / "tables",
        )
    )  # fmt: skip
    shutil.copy(parts / "gradients.csv", folder / "tables")
    return folder


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return derive(tmp_path_factory.mktemp("verified") / "reference", 0.0)


@pytest.fixture
def run(reference: Path, tmp_path: Path) -> Path:
    """A copy of the reference, free to be changed."""
    shutil.copytree(reference, tmp_path / "run")
    return tmp_path / "run"


def edit(run: Path, table: str, old: str, new: str) -> None:
    file = run / "tables" / f"{table}.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_table_of_a_run_whose_clocks_differ_is_identical_but_for_clocks(reference: Path, tmp_path: Path) -> None:
    other = derive(tmp_path / "other", 0.4)
    compared = verify(other, reference)
    assert [str(comparison) for comparison in compared.comparisons if not comparison.same] == []
    assert compared.same
    written = {file.stem for file in (other / "tables").glob("*.csv")}
    assert len(compared.comparisons) == len(written) + 1  # and the models
    assert all(comparison.compared for comparison in compared.comparisons)
    assert all(0.6 < ratio < 1.6 and ratio != 1 for ratio in compared.clocks.values())
    assert len(compared.clocks) == len(verification.TIMED)


def test_trials_of_other_code_that_gave_the_same_numbers_are_identical(run: Path, reference: Path) -> None:
    trials = pd.read_csv(run / "tables" / "search.csv", dtype=str, keep_default_na=False)
    trials.assign(key="f" * 16).to_csv(run / "tables" / "search.csv", index=False)
    assert verify(run, reference).same
    trials.assign(objective="0.5").to_csv(run / "tables" / "search.csv", index=False)
    assert not verify(run, reference).same


def test_the_clocks_that_are_left_out_did_differ(reference: Path, tmp_path: Path) -> None:
    other = derive(tmp_path / "other", 0.4)
    timed = set()
    for file in (other / "tables").glob("*.csv"):
        clocks = [of_clock(file.stem, str(column)) for column in pd.read_csv(file, nrows=0)]
        timed |= {file.stem} if any(clocks) else set()
    assert timed >= {"curves", "search", "speed", "time_to_target", "search_ecdf", "trial_costs", "level_times"}
    # search_ratio is blank here: too few hits for a ratio.
    for name in {*timed, "headline", "claims"} - {"search_ratio"}:
        texts = {(folder / "tables" / f"{name}.csv").read_text(encoding="utf-8") for folder in (other, reference)}
        assert len(texts) == 2, name


def test_the_published_run_is_identical_to_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", str(PUBLISHED), str(PUBLISHED)]) == 0
    said = capsys.readouterr().out
    scores, models = len(pd.read_csv(PUBLISHED / "tables" / "scores.csv")), len(list(PUBLISHED.glob("models/*.json")))
    assert f"Identical: {scores:,} of {scores:,} scores and {models} of {models} models identical." in said


def test_the_last_bit_of_a_score_is_found_and_sized(run: Path, reference: Path) -> None:
    value = pd.read_csv(run / "tables" / "scores.csv", dtype=str)["value"].dropna()[7]
    edit(run, "scores", value, repr(float(np.nextafter(float(value), 2))))
    verification = verify(run, reference)
    scores = next(comparison for comparison in verification.comparisons if comparison.what == "scores")
    assert (scores.compared - scores.identical, verification.same) == (1, False)
    size = re.search(r"\((.*) of it\)", scores.difference)
    assert size is not None
    assert 0 < float(size[1]) < 1e-14


@pytest.mark.parametrize("table", ["search", "final_quality", "gradients", "claims", "time_to_target", "power"])
def test_a_changed_value_of_any_kind_of_table_is_found(run: Path, reference: Path, table: str) -> None:
    column = {"search": "steps", "final_quality": "estimate", "gradients": "value", "claims": "verdict"}
    frame = pd.read_csv(run / "tables" / f"{table}.csv", dtype=str, keep_default_na=False)
    frame.loc[0, column.get(table, "target")] = "7.25"
    frame.to_csv(run / "tables" / f"{table}.csv", index=False)
    assert not verify(run, reference).same


@pytest.mark.parametrize("table", ["curve_means", "trial_costs", "search_ecdf"])
def test_the_order_in_which_parts_were_collected_is_no_difference(run: Path, reference: Path, table: str) -> None:
    file = run / "tables" / f"{table}.csv"
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    assert len(frame) > 1
    frame.iloc[::-1].to_csv(file, index=False)
    assert verify(run, reference).same


def test_other_weights_are_found_and_exit_with_1(
    run: Path, reference: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / "models" / f"{MODELS[0]}.safetensors").write_bytes(b"other")
    with pytest.raises(SystemExit) as ended:
        cli.main(["verify", str(run), str(reference)])
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert f"other weights: {MODELS[0]}" in said
    assert re.search(rf"Different: .* and {len(MODELS) - 1} of {len(MODELS)} models identical", said)


def test_a_row_that_is_lost_counts_as_a_difference(run: Path, reference: Path) -> None:
    file = run / "tables" / "scores.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:-1]), encoding="utf-8")
    scores = next(comparison for comparison in verify(run, reference).comparisons if comparison.what == "scores")
    assert not scores.same
    assert "1 only one run has" in scores.difference


def test_a_run_of_fewer_models_is_compared_over_what_it_has_and_says_so(run: Path, reference: Path) -> None:
    method, variant = LAST.model.split(".")
    (run / "models" / f"{LAST.model}.seed2.json").unlink()
    for name in ("scores", "curves"):
        file = run / "tables" / f"{name}.csv"
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
        frame[~((frame["method"] == method) & (frame["variant"] == variant) & (frame["seed"] == "2"))].to_csv(
            file, index=False
        )
    verification = verify(run, reference)
    assert verification.same
    assert f"{len(MODELS) - 1} of {len(MODELS) - 1} models" in verification.headline
    models, scores = verification.comparisons[:2]
    assert models.absent == f"not compared: this run has no {LAST.model}.seed2"
    assert scores.absent == f"not compared: this run has no {method} {variant} 2"
    assert not any(
        "rows of" in comparison.what for comparison in verification.comparisons
    )  # derived tables are made of all models


def test_a_run_that_timed_its_steps_less_often_is_identical(run: Path, reference: Path) -> None:
    for table in ("speed", "speed_ratio"):
        file = run / "tables" / f"{table}.csv"
        pd.read_csv(file).assign(repeats=1, processes=1).to_csv(file, index=False)
    assert verify(run, reference).same


def test_a_long_setting_is_told_by_its_beginning(run: Path, reference: Path) -> None:
    settings = json.loads((run / "settings.json").read_text(encoding="utf-8"))
    settings["finals"] = settings["finals"][:1]
    (run / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    (cause,) = verification.changed_settings(run, reference)
    assert cause.startswith("finals: [{'model': 'stargan_baseline.published'")
    assert cause.endswith("…")
    assert len(cause) == len("finals: ") + 40 + len(", ") + 40


def test_causes_are_read_from_settings_and_cards(run: Path, reference: Path) -> None:
    content = json.loads((run / "settings.json").read_text(encoding="utf-8"))
    content["training"]["batch_size"] = 99
    content["run"] = "other"
    (run / "settings.json").write_text(json.dumps(content), encoding="utf-8")
    for file in run.glob("models/*.json"):
        card = json.loads(file.read_text(encoding="utf-8"))
        card["versions"]["torch"] = "9.9.9"
        card["system"] = {"kernels": "native (a CPU without avx2)"}
        card["weights_sha256"] = "0"
        file.write_text(json.dumps(card), encoding="utf-8")
    causes = verify(run, reference).causes
    assert causes[0] == f"settings (training.batch_size: 99, {made_settings().training.batch_size})"
    assert any(cause.startswith("torch (9.9.9, the reference: ") for cause in causes)
    assert any(cause.startswith("CPU kernels (native (a CPU without avx2), the reference: ") for cause in causes)


def test_equal_runs_have_no_cause(run: Path, reference: Path) -> None:
    assert verify(run, reference).causes == []


def test_a_folder_without_results_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", str(tmp_path), str(PUBLISHED)]) == 2
    assert f"{tmp_path}/tables holds no table: name the folder of a finished run" in capsys.readouterr().err
