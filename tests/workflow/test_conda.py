"""`--use-conda`: the environments of the rules are really created, and rules run inside them.

No public channel is asked: a stand-in for conda solves and installs from a channel made of the tested versions.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import ROOT
from tests.support.conda_channel import write_channel
from tests.support.environments import FILES, conda_ranges

STAND_IN = ROOT / "tests" / "support" / "conda_stand_in.py"
ACTIVATE = 'export CONDA_PREFIX="$1"; export PATH="$CONDA_PREFIX/bin:$PATH"\n'
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Start = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def conda(tmp_path: Path) -> Path:
    """The root of a conda that is a stand-in, with a channel of the tested versions."""
    root = tmp_path / "conda"
    (root / "bin").mkdir(parents=True)
    program = root / "bin" / "conda"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{STAND_IN}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    (root / "bin" / "activate").write_text(ACTIVATE, encoding="utf-8")
    write_channel(root / "channels" / "conda-forge", (name for name, _ in conda_ranges()))
    return root


@pytest.fixture
def start(conda: Path, tmp_path: Path) -> Start:
    """Starts a program with that conda in reach, in a folder of its own."""
    folder = tmp_path / "work"
    folder.mkdir()
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    clean |= {
        "CONDA_STAND_IN_ROOT": str(conda),
        "CONDA_WITNESS": str(conda / "witness.jsonl"),
        "PATH": os.pathsep.join([str(conda / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]),
    }

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, timeout=240, check=False)

    return run


def snakemake(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "1", *arguments]


def lines(file: Path) -> list[list[str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_rules_run_inside_the_environment_that_was_created_for_them(conda: Path, start: Start, tmp_path: Path) -> None:
    smoke = str(ROOT / "tests" / "config" / "smoke.yaml")
    done = start(*snakemake("--use-conda", "--configfile", smoke, "--until", "pack"))
    assert done.returncode == 0, done.stdout + done.stderr
    created = [call for call in lines(conda / "calls.jsonl") if call[:2] == ["env", "create"]]
    assert len(created) == len(FILES) == 1
    prefix = created[0][created[0].index("--prefix") + 1]
    assert prefix.startswith(str(tmp_path / "work" / ".snakemake" / "conda"))
    ran = [(call[0], call[3]) for call in lines(conda / "witness.jsonl") if call[1:3] == ["-m", "bench"]]
    assert ran == [(prefix, "faces"), (prefix, "pack")]
    assert (tmp_path / "work" / "results" / "smoke" / "data" / "pack16.json").is_file()


def test_an_environment_that_the_tested_versions_do_not_satisfy_is_refused(conda: Path, start: Start) -> None:
    file = conda / "wrong.yaml"
    text = FILES[0].read_text(encoding="utf-8")
    file.write_text(re.sub(r"- numpy .*", "- numpy <1", text), encoding="utf-8")
    created = start("conda", "env", "create", "--file", str(file), "--prefix", str(conda / "wrong"))
    assert created.returncode != 0
    assert "No candidates were found for numpy <1" in created.stderr


@pytest.mark.parametrize("option", [["--use-conda"], ["--sdm", "conda"]])
def test_a_dry_run_with_conda_shows_the_whole_workflow_of_the_default_configuration(
    start: Start, option: list[str]
) -> None:
    planned = start(*snakemake("-n", *option))
    assert planned.returncode == 0, planned.stdout + planned.stderr
    rules = "\n".join(file.read_text(encoding="utf-8") for file in sorted(ROOT.glob("workflow/rules/*.smk")))
    named = set(re.findall(r"^rule (\w+):", rules, re.MULTILINE))
    counts = dict(re.findall(r"^(\w+) +(\d+)$", planned.stdout, re.MULTILINE))
    assert named - set(counts) <= {"gradients"}  # which the settings may leave out
    assert int(counts["search"]) > int(counts["winner"]) > 1
    assert "results/celeba/report/index.html" in planned.stdout
