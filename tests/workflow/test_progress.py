"""`workflow/run.py` says what it will do and for how long, then one line of progress; a failure is shown in full."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.settings import load_settings
from bench.workflow import job_costs, step_prices, time_left
from tests import ROOT

pytestmark = pytest.mark.timeout(300)


def start(folder: Path, content: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Start a run up to its faces."""
    (folder / "config.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    command = [sys.executable, str(ROOT / "workflow" / "run.py"), "--configfile", "config.yaml", "--until", "faces"]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_run_shows_its_jobs_and_time_and_not_snakemakes_listing(
    tmp_path: Path, smoke_content: dict[str, Any]
) -> None:
    smoke_content["data"]["drawn"] = {"train": 8, "valid": 2, "test": 2, "seed": 1}
    done = start(tmp_path, smoke_content)
    assert done.returncode == 0, done.stderr
    cores = len(os.sched_getaffinity(0))
    assert re.search(rf"^Smoke test.*: (\d+) of \1 jobs on {cores} cores, about \d+ minutes?\.$", done.stdout, re.M)
    assert re.search(r"^  1 faces, 1 pack, 2 judge, .* 1 report$", done.stdout, re.M)
    assert re.search(r"1 of 1 jobs done in \d\d:\d\d\.\n$", done.stderr)
    assert "rule faces" not in done.stdout + done.stderr
    listing = next((tmp_path / ".snakemake" / "log").glob("*.snakemake.log")).read_text(encoding="utf-8")
    assert "rule faces" in listing
    assert (tmp_path / ".snakemake" / "log" / "jobs.log").is_file()
    again = start(tmp_path, smoke_content)
    assert re.search(r": \d+ of \d+ jobs on", again.stdout)
    assert "1 faces" not in again.stdout
    assert again.stderr.endswith("Nothing to be done.\n")


@pytest.mark.slow
def test_a_job_that_fails_is_shown_with_its_log(tmp_path: Path, smoke_content: dict[str, Any]) -> None:
    smoke_content["data"] |= {"source": "folder", "folder": "nowhere"}
    del smoke_content["data"]["drawn"]
    done = start(tmp_path, smoke_content)
    assert done.returncode == 1
    for part in ("Error in rule faces", "log: results/smoke/logs/faces/faces.log", "There is no folder nowhere."):
        assert part in done.stderr
    assert "0 of 1 jobs done" in done.stderr


@pytest.mark.slow
def test_settings_that_are_wrong_are_explained(tmp_path: Path, smoke_content: dict[str, Any]) -> None:
    smoke_content["training"]["batch"] = 8
    done = start(tmp_path, smoke_content)
    assert done.returncode == 1
    assert "training.batch: unknown key" in done.stdout + done.stderr


def test_the_demo_is_priced_from_what_the_published_study_measured() -> None:
    settings = load_settings(ROOT / "config" / "demo.yaml")
    costs = step_prices.published(settings)
    assert "results/reference/study/tables/speed.csv" in costs.source
    assert set(costs.step_seconds) == set(job_costs.models(settings))
    assert "not timed there" not in costs.source


def test_another_size_is_priced_by_its_images_and_channels() -> None:
    demo, celeba = (load_settings(ROOT / "config" / f"{name}.yaml") for name in ("demo", "config"))
    costs = step_prices.published(celeba).step_seconds
    images = celeba.training.batch_size * celeba.data.image_size_px**2 / (8 * 32**2)
    channels = (celeba.networks.generator_channels / demo.networks.generator_channels) ** 2
    assert set(costs) == set(job_costs.models(celeba))
    assert set(costs.values()) == {step_prices.STUDY_STEP_SECONDS * images * channels}


def test_the_plan_that_progress_goes_by_is_the_announced_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = time_left.announce(load_settings(ROOT / "config" / "demo.yaml"), 2)
    minutes = re.search(r"on 2 cores, about (\d+) minutes", said)
    assert minutes is not None
    left = time_left.announced()
    counts = dict(re.findall(r"(\w+) (\d+)", re.sub(r"(\d+) (\w+)", r"\2 \1", said.splitlines()[1])))
    left.expect({rule: int(count) for rule, count in counts.items()})
    assert left.seconds(0.0) / 60 == pytest.approx(int(minutes[1]), abs=0.5)
