"""The check of a GPU, every part executed with the CPU in the GPU's place."""

import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch

from bench import cli
from bench.analysis.step_costs import COLUMNS
from bench.errors import BenchError
from bench.experiments import gpu_check
from bench.settings import Settings, parse_settings
from bench.workflow import step_prices
from tests import ROOT

CPU = torch.device("cpu")
# Of torch's compiler itself, where a compiled generator translates a translation.
pytestmark = pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")


@pytest.fixture
def settings(smoke_content: dict[str, Any]) -> Settings:
    smoke_content["speed"]["models"] = ["stargan_baseline.published", "acl.full"]
    return parse_settings(smoke_content, "smoke")


def test_float32_agrees_with_itself_and_bfloat16_lies_outside_the_tolerance(settings: Settings) -> None:
    agreement = pd.DataFrame(gpu_check.agreement(settings, CPU))
    assert list(agreement["computed_in"]) == ["float32", "bfloat16", "compiled"] * 2
    by_way = agreement.groupby("computed_in")["generator"]
    assert by_way.max()["float32"] == 0.0
    assert by_way.max()["compiled"] < gpu_check.TOLERANCE < by_way.min()["bfloat16"]
    assert agreement.loc[agreement["computed_in"] == "float32", "agrees"].all()


def test_costs_are_rows_that_a_plan_takes(settings: Settings, tmp_path: Path) -> None:
    table = pd.DataFrame(gpu_check.costs(settings, CPU))
    assert [column for column in COLUMNS if column not in table] == []
    assert (table[["milliseconds", "memory_gb", "launches"]] > 0).all(axis=None)
    assert table["busy_share"].between(0, 1, inclusive="right").all()
    table.to_csv(tmp_path / "gpu.csv", index=False)
    prices = step_prices.measured(settings, tmp_path / "gpu.csv")
    assert prices.step_seconds["acl.full"] == pytest.approx(
        table.loc[table["variant"] == "full", "milliseconds"].item() / 1000
    )


def test_a_case_that_does_not_fit_is_left_blank(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(gpu_check, "Bench", full)
    table = pd.DataFrame(gpu_check.costs(settings, CPU))
    assert table[["milliseconds", "memory_gb", "launches", "busy_share"]].isna().all(axis=None)


@pytest.mark.slow
def test_trials_at_once_are_timed_together(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_check, "COUNTS", (1, 2))
    rates = pd.DataFrame(gpu_check.together(settings, CPU, seconds=0.2))
    assert rates["trials"].tolist() == [1, 2]
    assert (rates["images_per_second"] > 0).all()
    assert rates["times_one"].iloc[0] == 1


def test_the_multi_process_service_runs_while_trials_share_a_gpu(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, calls = tmp_path / gpu_check.MPS, tmp_path / "calls"
    service.write_text(f'#!/bin/sh\necho "$@ $CUDA_MPS_PIPE_DIRECTORY" >> {calls}\n', encoding="utf-8")
    service.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    seen = []

    def rate(*_: object) -> float:
        seen.append("CUDA_MPS_PIPE_DIRECTORY" in os.environ)
        return 1.0 + len(seen)

    monkeypatch.setattr(gpu_check, "_rate", rate)
    rates = pd.DataFrame(gpu_check.together(settings, CPU, seconds=0.2))
    assert rates["trials"].tolist() == [1, 2, 4, 8] * 2
    assert rates["mps"].tolist() == seen == [False] * 4 + [True] * 4
    assert rates.loc[rates["trials"] == 8, "times_one"].tolist() == [5 / 2, 9 / 6]
    started, stopped = calls.read_text(encoding="utf-8").splitlines()
    assert started.startswith("-d /")
    assert stopped.strip() == started.removeprefix("-d ")
    assert "CUDA_MPS_PIPE_DIRECTORY" not in os.environ


def test_the_page_says_what_was_measured_and_where(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gpu_check, "smoke_run", lambda choice: 61.0)
    monkeypatch.setattr(gpu_check, "together", lambda *_: [
        {"mps": False, "resolution": 64, "trials": 2, "images_per_second": 30.0, "times_one": 1.5}
    ])  # fmt: skip
    config = tmp_path / "mine.json"
    config.write_text(settings.model_dump_json(), encoding="utf-8")
    command = ["gpu_check", "--config", str(config), "--device", "cpu", "--output-folder", str(tmp_path / "out")]
    assert cli.main(command) == 0
    page = (tmp_path / "out" / "cpu_in_the_place_of_a_gpu.md").read_text(encoding="utf-8")
    for words in ("The CPU stood in a GPU's place", "61 s", "**it does**", "acl.full", "best here: 1.50"):
        assert words in page
    assert page.strip() in capsys.readouterr().out
    assert (tmp_path / "out" / "cpu_in_the_place_of_a_gpu.csv").is_file()


def test_without_a_gpu_the_check_says_how_to_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["gpu_check", "--config", str(ROOT / gpu_check.SMOKE), "--output-folder", str(tmp_path)]) == 2
    assert "--device cpu" in capsys.readouterr().err


def test_a_smoke_run_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_check, "SMOKE", Path("none.yaml"))
    with pytest.raises(BenchError, match="The smoke run failed"):
        gpu_check.smoke_run("cpu")
