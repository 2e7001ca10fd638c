"""SIGKILL at random moments, of Snakemake, a job or the whole group: a run ends in the same bits, and leaves nobody.

`make test-kill` takes a hundred kills (BENCH_KILLS), here there are six. BENCH_KILL_SEED repeats a sequence.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from bench import registry
from tests import ROOT

KILLS = int(os.environ.get("BENCH_KILLS", "6"))
SEED = int(os.environ.get("BENCH_KILL_SEED", "1"))
MEAN_SECONDS = 8.0  # between two kills
FOLDERS = ("bench", "config", "envs", "profiles", "workflow", *registry.methods())
TARGET = "results/killed/tables/claims.csv"  # plots and report are made of tables alone
CLOCKED = {"train_seconds", "eval_seconds", "confirm_train_seconds", "confirm_eval_seconds", "reason"}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600 + 60 * KILLS)]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with a small run to be killed: every rule but gradients, plots and report."""
    folder = tmp_path_factory.mktemp("kill") / "checkout"
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Snakefile", folder)
    content: dict[str, Any] = yaml.safe_load((ROOT / "tests" / "config" / "smoke.yaml").read_text(encoding="utf-8"))
    content |= {"run": "killed", "gradients": None}
    content["training"]["checkpoint_seconds"] = 0.05
    content["search"] |= {"samplers": {"random": {"studies": 1, "trials": 3}}, "controls": {}}
    (folder / "config" / "killed.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


def begin(checkout: Path) -> subprocess.Popen[bytes]:
    """Start the run in a session of its own."""
    command = [sys.executable, "workflow/run.py", TARGET, "--configfile", "config/killed.yaml"]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with (checkout / "run.log").open("ab") as log:
        return subprocess.Popen(
            command, cwd=checkout, env=clean, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )


def processes(checkout: Path) -> list[int]:
    """Numbers of all processes that work in the checkout."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == checkout and (entry / "stat").read_text().rpartition(")")[2].split()[
                0
            ] != "Z":
                found.append(int(entry.name))
        except OSError:  # it has ended meanwhile, or is another user's
            continue
    return found


def jobs(checkout: Path) -> list[int]:
    """Numbers of the processes that do a job."""
    found = []
    for number in processes(checkout):
        try:
            words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[1:3] == [b"-m", b"bench"]:
            found.append(number)
    return found


def kill(run: subprocess.Popen[bytes], checkout: Path, draw: random.Random) -> str:
    """Kill Snakemake alone, one job, or all of them; what it was."""
    kind = draw.choice(("snakemake", "job", "group"))
    victims = jobs(checkout)
    if kind == "group":
        os.killpg(run.pid, signal.SIGKILL)
    elif kind == "job" and victims:
        try:
            os.kill(draw.choice(victims), signal.SIGKILL)
        except ProcessLookupError:
            return "job that had just ended"
    else:
        kind = "snakemake"
        run.kill()
    return kind


def bits(checkout: Path) -> Mapping[str, str]:
    """Digest by file of all that has no clock in it: weights, cards of judges, centres, winners, trials and scores."""
    run, found = checkout / "results" / "killed", {}
    for pattern in ("judges/*", "models/*.safetensors", "searches/*.json", "scores/*.csv", "data/*.json"):
        for file in run.glob(pattern):
            if file.is_file() and file.name != "faces.json":
                found[str(file.relative_to(run))] = hashlib.sha256(file.read_bytes()).hexdigest()
    for file in [*run.glob("searches/*.csv"), *run.glob("curves/*.csv")]:
        table = pd.read_csv(file)
        text = table.drop(columns=[column for column in CLOCKED if column in table]).to_csv()
        found[str(file.relative_to(run))] = hashlib.sha256(text.encode()).hexdigest()
    return found


def clear(checkout: Path) -> None:
    for name in ("results", ".snakemake", "run.log"):
        path = checkout / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def test_a_run_killed_at_random_ends_in_the_same_bits_and_leaves_nobody(checkout: Path) -> None:
    assert begin(checkout).wait() == 0, (checkout / "run.log").read_text()
    whole = bits(checkout)
    assert len(whole) > 15
    draw = random.Random(SEED)
    kinds: list[str] = []
    while len(kinds) < KILLS:
        clear(checkout)
        finished = False
        while not finished:
            run = begin(checkout)
            try:
                wait = MEAN_SECONDS * draw.expovariate(1) if len(kinds) < KILLS else None
                finished = run.wait(wait) == 0
            except subprocess.TimeoutExpired:
                kinds.append(kill(run, checkout, draw))
                finished = run.wait() == 0  # it may have ended well at that very moment
            assert run.returncode in (0, 1, -signal.SIGKILL), (checkout / "run.log").read_text()
        assert bits(checkout) == whole, f"after {kinds} (seed {SEED})"
        patience = time.monotonic() + 60
        while processes(checkout) and time.monotonic() < patience:
            time.sleep(0.5)
        assert processes(checkout) == []
    print(f"{len(kinds)} kills (seed {SEED}): {', '.join(kinds)}")
