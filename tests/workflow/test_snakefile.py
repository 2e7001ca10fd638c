"""The Snakefile: which settings it takes, what it says of faulty ones, and one run at a time."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import ROOT

pytestmark = pytest.mark.slow
FEW_FACES = {"train": 16, "valid": 8, "test": 8}  # a face takes some 40 ms


def snakemake(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Snakemake on the real Snakefile in another working directory."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "1", *arguments]
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "BENCH_WITHOUT_GPU")}
    return subprocess.run(
        command, cwd=folder, env=clean | environment, capture_output=True, text=True, timeout=120, check=False
    )


def configuration(folder: Path, content: dict[str, Any]) -> str:
    file = folder / "mine.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return str(file)


def test_without_a_configfile_the_celeba_reproduction_is_planned(tmp_path: Path) -> None:
    planned = snakemake(tmp_path, "-n")
    assert planned.returncode == 0, planned.stderr
    assert "results/celeba/report/index.html" in planned.stdout
    assert not (tmp_path / "results").exists()


def test_a_configfile_takes_the_place_of_the_default_whole(tmp_path: Path, smoke_content: dict[str, Any]) -> None:
    del smoke_content["speed"]
    planned = snakemake(tmp_path, "-n", "--configfile", configuration(tmp_path, smoke_content))
    assert planned.returncode == 1
    assert "speed: missing; it has no default." in planned.stdout + planned.stderr


def test_an_unknown_key_stops_the_workflow_with_the_nearest_valid_one(
    tmp_path: Path, smoke_content: dict[str, Any]
) -> None:
    smoke_content["training"]["batchsize"] = 4
    planned = snakemake(tmp_path, "-n", "--configfile", configuration(tmp_path, smoke_content))
    said = planned.stdout + planned.stderr
    assert planned.returncode == 1
    assert "training.batchsize: unknown key. Did you mean 'batch_size'?" in said
    assert "Traceback" not in said


def test_celeba_without_a_card_is_refused_after_the_estimate(tmp_path: Path) -> None:
    weekend = str(ROOT / "config" / "celeba_weekend.yaml")
    refused = snakemake(tmp_path, "--configfile", weekend, CUDA_VISIBLE_DEVICES="")
    said = refused.stdout + refused.stderr
    assert refused.returncode != 0
    assert said.index("GPU hours") < said.index("this machine has no GPU")
    assert list((tmp_path / "results").glob("*/data")) == []


def test_settings_are_written_anew_when_they_changed(tmp_path: Path, smoke_content: dict[str, Any]) -> None:
    smoke_content["data"]["drawn"] |= FEW_FACES
    file = configuration(tmp_path, smoke_content)
    written = tmp_path / "results" / "smoke" / "settings.json"

    def start() -> int:
        begun = snakemake(tmp_path, "--until", "faces", "--forcerun", "faces", "--configfile", file)
        assert begun.returncode == 0, begun.stderr
        return written.stat().st_mtime_ns

    first = start()
    smoke_content["search"]["samplers"]["random"]["studies"] = 2
    configuration(tmp_path, smoke_content)
    assert start() != first


def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".snakemake").mkdir()
    with (tmp_path / ".snakemake" / "run.lock").open("w", encoding="utf-8") as stream:
        stream.write("4242\n")
        stream.flush()
        fcntl.flock(stream, fcntl.LOCK_EX)
        command = [sys.executable, str(ROOT / "workflow" / "run.py"), "-n"]
        second = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert "Another run is at work" in second.stderr
    assert "4242" in second.stderr


def test_a_lock_left_by_a_killed_snakemake_is_cleared(tmp_path: Path, smoke_content: dict[str, Any]) -> None:
    locks = tmp_path / ".snakemake" / "locks"
    locks.mkdir(parents=True)
    (locks / "0.output.lock").write_text("results/smoke/data/faces.json\n", encoding="utf-8")
    smoke_content["data"]["drawn"] |= FEW_FACES
    file = configuration(tmp_path, smoke_content)
    command = [sys.executable, str(ROOT / "workflow" / "run.py"), "--configfile", file, "--until", "faces"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "results" / "smoke" / "data" / "faces.json").is_file()
