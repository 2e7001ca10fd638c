"""A killed search, started again, gives the trials of an uninterrupted one; what fails or hits is told honestly."""

import argparse
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from bench.commands import search
from bench.errors import BenchError
from bench.method import Translator
from bench.runtime import lease
from bench.search import spaces, study, trial, trial_table
from bench.settings import SearchSettings, load_settings
from bench.training import trainer
from bench.training.checkpoint import Checkpoints
from bench.training.loss_log import DivergedError
from bench.training.trainer import Trained
from tests import ROOT
from tests.support.made_manifest import write_manifest

SIDE = 16
ATTRIBUTES = ("Black_Hair", "Blond_Hair", "Smiling")
ONE_TRIAL = {"studies": 1, "trials": 1}
SECONDS = ["train_seconds", "eval_seconds"]
SMOKE = ROOT / "tests" / "config" / "smoke.yaml"


class MadeEvaluator:
    """Measures the mean colour of fixed translations instead of faces."""

    preservation_ceiling = 0.9

    def __init__(self, *arguments: object) -> None:
        self.images = torch.linspace(-1, 1, 4 * 3 * SIDE * SIDE).reshape(4, 3, SIDE, SIDE)

    def translate(self, translator: Translator) -> float:
        return float(translator(self.images, torch.ones(4, len(ATTRIBUTES))).image.double().std())

    def quick(self, spread: float) -> Mapping[str, float]:
        return {
            "quality": spread, "fid_judge_valid": 1 / spread, "attribute_accuracy": 0.8, "preservation_accuracy": 0.88,
            "background_error": 0.02, "closer_to_counterfactual": 0.5,
        }  # fmt: skip


def prepare(folder: Path, **changes: Any) -> argparse.Namespace:
    """Made faces, settings of eight short steps per trial, and the arguments of a study of three trials."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays, random = folder / "pack16", np.random.default_rng(1)
    arrays.mkdir(exist_ok=True)
    for name, count in (("train", 40), ("valid", 8)):
        np.save(arrays / f"{name}.images.npy", random.integers(0, 255, (count, SIDE, SIDE, 3), dtype=np.uint8))
        np.save(arrays / f"{name}.labels.npy", random.random((count, len(ATTRIBUTES))) < 0.5)
        np.save(arrays / f"{name}.names.npy", np.array([f"{place:06d}.jpg" for place in range(count)]))
    write_manifest(
        folder / "pack16.json", digest="0123456789abcdef", attributes=ATTRIBUTES, image_size_px=SIDE, edits=[]
    )
    for judge in "ab":
        (folder / f"judge_{judge}").write_bytes(b"weights")
    content = yaml.safe_load(SMOKE.read_text())
    content["results"] = str(folder)
    content["training"]["checkpoint_seconds"] = 1e-6
    content["search"] |= {"budget_kimg": 0.064, "centre": "default", "controls": {}}
    content["search"] |= {"samplers": {"random": {"studies": 1, "trials": 3}}} | changes
    (folder / "settings.yaml").write_text(yaml.safe_dump(content))
    return arguments_in(folder)


def prepare_pruned(folder: Path) -> argparse.Namespace:
    """As `prepare`, of a study of five trials that looks at each after 2, 4 and 6 of its 8 steps."""
    samplers = {"tpe_pruned": {"studies": 1, "trials": 5}}
    arguments = prepare(folder, samplers=samplers, pruning={"points": 3, "startup_trials": 1})
    arguments.sampler = "tpe_pruned"
    return arguments


def arguments_in(folder: Path, output: str = "trials.csv") -> argparse.Namespace:
    """The arguments of the study that was prepared in `folder`."""
    return argparse.Namespace(
        config=folder / "settings.yaml", model="acl.plus_mask", sampler="random", study=0, space="main",
        pack=[folder / "pack16.json"], judges=(folder / "judge_a", folder / "judge_b"), centres=None,
        output=folder / output,
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> pd.DataFrame:
    """Run the command with the made evaluator, and read the trials."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bench.search.trial.trial_evaluator", MadeEvaluator)
        search.run(arguments)
    return pd.read_csv(arguments.output)


def run_killed_at(save: int, arguments: argparse.Namespace) -> None:
    """In a process of its own: run, and die by SIGKILL when checkpoint number `save` has been written."""
    real, count = Checkpoints.save, [0]

    def counted(self: Checkpoints, step: int, state: Mapping[str, Any], keep: int = 2) -> None:
        real(self, step, state, keep)
        count[0] += 1
        if count[0] == save:
            os.kill(os.getpid(), signal.SIGKILL)

    pytest.MonkeyPatch().setattr(Checkpoints, "save", counted)
    run(arguments)


def kill_at(save: int, folder: Path, preparing: str) -> None:
    """Run what `preparing` prepares in `folder` in a process of its own, which is killed at checkpoint `save`."""
    program = "from tests.bench.search import test_search as case;"
    program += f"case.run_killed_at({save}, case.{preparing}(case.Path({str(folder)!r})))"
    killed = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Leave torch as it was."""
    deterministic = torch.are_deterministic_algorithms_enabled()
    yield
    torch.use_deterministic_algorithms(deterministic)


@pytest.mark.slow
def test_a_search_killed_again_and_again_equals_an_uninterrupted_one(tmp_path: Path) -> None:
    whole = run(prepare(tmp_path / "whole"))
    folder = tmp_path / "killed"
    for save in (3, 8):  # inside the first training; then the one that ends the second: trained, not told
        kill_at(save, folder, "prepare")
    resumed = run(prepare(folder))
    pd.testing.assert_frame_equal(resumed.drop(columns=SECONDS), whole.drop(columns=SECONDS))
    assert whole["trial"].tolist() == [0, 1, 2]
    assert whole["objective"].nunique() == 3


def test_a_pruned_trial_is_kept_with_what_it_took_and_looks_change_no_training(tmp_path: Path) -> None:
    trials = run(prepare_pruned(tmp_path / "pruned"))
    pruned = trials[trials["state"] == "PRUNED"]
    assert len(pruned)
    assert (pruned["steps"] == 2 * pruned["evaluations"]).all()
    assert pruned["steps"].isin([2, 4, 6]).all()
    assert pruned["objective"].isna().all()
    assert pruned["reason"].str.startswith("pruned after ").all()
    whole = trials[trials["state"] == "COMPLETE"]
    assert (whole["steps"] == 8).all()
    assert (whole["evaluations"] == 4).all()
    plain = prepare(tmp_path / "plain", samplers={"tpe": ONE_TRIAL})
    plain.sampler = "tpe"
    assert run(plain)["objective"].tolist() == whole["objective"].tolist()[:1]


@pytest.mark.slow
def test_a_pruned_search_killed_inside_a_trial_equals_an_uninterrupted_one(tmp_path: Path) -> None:
    whole = run(prepare_pruned(tmp_path / "whole"))
    kill_at(5, tmp_path / "killed", "prepare_pruned")  # between the second look and the third
    kill_at(7, tmp_path / "killed", "prepare_pruned")  # inside the second trial or the third
    resumed = run(prepare_pruned(tmp_path / "killed"))
    pd.testing.assert_frame_equal(resumed.drop(columns=SECONDS), whole.drop(columns=SECONDS))
    assert "PRUNED" in set(whole["state"])


@pytest.mark.slow
def test_of_two_runs_of_a_study_into_two_files_one_waits_and_takes_the_trials_of_the_other(tmp_path: Path) -> None:
    prepare(tmp_path)
    program = "import sys; from tests.bench.search import test_search as case;"
    program += f"case.run(case.arguments_in(case.Path({str(tmp_path)!r}), sys.argv[1]))"
    names = ("one.csv", "other.csv")
    writers = [subprocess.Popen([sys.executable, "-c", program, name]) for name in names]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    first, second = (pd.read_csv(tmp_path / name) for name in names)
    pd.testing.assert_frame_equal(first, second)  # to the clock: nothing was trained twice
    assert first["trial"].tolist() == [0, 1, 2]


def test_a_trial_is_not_told_by_one_who_has_lost_the_lease(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = trial.TrialTrainer._measure

    def overtaken(self: trial.TrialTrainer, *arguments: Any) -> study.Outcome:
        measured = real(self, *arguments)
        (self.work.parent / lease.FOLDER / self.work.name / "00000009.json").write_text("{}")
        return measured

    monkeypatch.setattr(trial.TrialTrainer, "_measure", overtaken)
    with pytest.raises(BenchError, match="taken over"):
        run(prepare(tmp_path))
    (journal,) = tmp_path.rglob("study.journal")
    assert not study.finished_trials(study.open_study(journal))


def test_a_finished_study_trains_nothing_and_keeps_no_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = prepare(tmp_path)
    first = run(arguments)
    assert not list(tmp_path.rglob("*.checkpoint"))
    monkeypatch.setattr(trial, "train", None)
    pd.testing.assert_frame_equal(run(arguments), first)


def test_the_columns_are_the_contracts_and_other_methods_weights_stay_blank(tmp_path: Path) -> None:
    trials = run(prepare(tmp_path, samplers={"random": {"studies": 1, "trials": 1}}))
    assert list(trials.columns) == trial_table.columns(trial_table.weight_names())
    row = trials.iloc[0]
    assert (row["method"], row["variant"], row["state"], row["steps"]) == ("acl", "plus_mask", "COMPLETE", 8)
    (content,) = spaces.ranges("acl.plus_mask", _search())
    assert content.low <= row["lambda_content"] <= content.high
    assert math.isnan(row["lambda_cls"])
    assert row["train_seconds"] > 0
    assert row["eval_seconds"] > 0


def test_more_trials_in_the_settings_extend_a_study_without_redoing_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = run(prepare(tmp_path / "once", samplers={"random": {"studies": 1, "trials": 4}}))
    first = run(prepare(tmp_path / "pieces", samplers={"random": {"studies": 1, "trials": 2}}))
    trained: list[Path] = []

    def counted(*arguments: Any, **looking: Any) -> Trained:
        trained.append(arguments[4])
        return trainer.train(*arguments, **looking)

    monkeypatch.setattr(trial, "train", counted)
    more = {"samplers": {"random": {"studies": 3, "trials": 4}}, "judged_widths_decades": [1.0]}
    whole = run(prepare(tmp_path / "pieces", **more))
    assert len(trained) == 2
    pd.testing.assert_frame_equal(whole.iloc[:2], first)
    pd.testing.assert_frame_equal(whole.drop(columns=SECONDS), once.drop(columns=SECONDS))


def test_a_controls_study_searches_its_own_axes_and_says_whose_it_is(tmp_path: Path) -> None:
    arms = [*_search().arms, "acl.plus_content"]
    control = {
        "redundant": {"acl.plus_content": ["lambda_att"]}, "samplers": {"random": ONE_TRIAL},
        "comparison": {"baseline": arms[0], "challenger": "acl.plus_content"},
    }  # fmt: skip
    main, of_control = (prepare(tmp_path, arms=arms, controls={"two": control}) for _ in range(2))
    of_control.model = main.model = "acl.plus_content"
    of_control.space, of_control.output = "two", tmp_path / "control.csv"
    trials = run(of_control)
    assert trials[["space", "dimension"]].to_numpy().tolist() == [["two", 2]]
    assert 0.1 <= trials["lambda_att"].item() <= 10
    plain = run(main).iloc[0]
    assert (plain["space"], plain["dimension"]) == ("main", 1)
    assert plain["key"] != trials["key"].item()
    assert {path.name.rpartition(".")[0] for path in (tmp_path / "smoke" / "work" / "searches").glob("acl*")} == {
        "acl.plus_content.random.study0", "acl.plus_content.two.random.study0",
    }  # fmt: skip


def failing(error_at: int) -> Callable[..., Trained]:
    """A trainer whose training number `error_at` diverges."""
    real, count = trainer.train, [0]

    def train(*arguments: Any, **looking: Any) -> Trained:
        count[0] += 1
        if count[0] == error_at + 1:
            raise DivergedError("Loss term content became nan between steps 0 and 8 of 8.")
        return real(*arguments, **looking)

    return train


def test_a_diverged_trial_is_kept_with_its_reason_and_cost_and_the_study_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "train", failing(1))
    trials = run(prepare(tmp_path))
    assert trials["state"].tolist() == ["COMPLETE", "FAIL", "COMPLETE"]
    assert trials["reason"].iloc[1] == "Loss term content became nan between steps 0 and 8 of 8."
    assert trials["steps"].tolist() == [8, 8, 8]
    assert math.isnan(trials["objective"].iloc[1])


def test_a_hit_is_trained_again_on_fresh_seeds_and_their_cost_is_told(tmp_path: Path) -> None:
    plain = run(prepare(tmp_path / "plain"))
    low = [float(plain["objective"].median())]
    trials = run(prepare(tmp_path / "confirmed", confirmations=2, targets=low))
    hit = plain["objective"] >= low[0]
    assert trials["confirmations"].tolist() == [2 if row else 0 for row in hit]
    assert trials["confirm_steps"].fillna(0).tolist() == [16 if row else 0 for row in hit]
    assert trials["confirmed_objective"].notna().tolist() == hit.tolist()
    # What the sampler is told, and so the points, are the same with and without confirmations.
    pd.testing.assert_series_equal(trials["objective"], plain["objective"])


def _search() -> SearchSettings:
    return load_settings(SMOKE).search


def balanced(folder: Path, centre: float, **changes: Any) -> argparse.Namespace:
    """A study whose one range is centred where `centre` says."""
    arguments = prepare(folder, centre="balanced", **changes)
    arguments.centres = folder / "centres.json"
    content = {"model": "acl.plus_mask", "weights": {"lambda_content": {"centre": centre}}}
    arguments.centres.write_text(json.dumps(content), encoding="utf-8")
    return arguments


def test_another_centre_moves_trials_and_their_key_but_not_those_at_the_defaults(tmp_path: Path) -> None:
    centred, moved = (run(balanced(tmp_path / f"{c}", c, samplers={"random": ONE_TRIAL})).iloc[0] for c in (1.0, 0.01))
    assert moved["lambda_content"] == pytest.approx(0.01 * centred["lambda_content"])
    assert (centred["range_shift"], moved["range_shift"]) == (0, -2)
    assert (centred["box"], moved["box"]) == ("lambda_content=0.1:10", "lambda_content=0.001:0.1")
    assert centred["key"] != moved["key"]
    fixed = []
    for centre in (1.0, 0.01):
        arguments = balanced(tmp_path / f"default{centre}", centre, samplers={"default": ONE_TRIAL})
        arguments.sampler = "default"
        fixed.append(run(arguments).drop(columns=SECONDS))
    pd.testing.assert_frame_equal(fixed[0], fixed[1])
    assert fixed[0]["box"].isna().all()
    assert fixed[0]["lambda_content"].item() == 1.0


def test_a_pool_about_balanced_centres_extended_in_two_pieces_is_the_pool_of_one(tmp_path: Path) -> None:
    once = run(balanced(tmp_path / "once", 0.2, samplers={"random": {"studies": 1, "trials": 2}}))
    run(balanced(tmp_path / "pieces", 0.2, samplers={"random": ONE_TRIAL}))
    whole = run(balanced(tmp_path / "pieces", 0.2, samplers={"random": {"studies": 1, "trials": 2}}))
    pd.testing.assert_frame_equal(whole.drop(columns=SECONDS), once.drop(columns=SECONDS))
