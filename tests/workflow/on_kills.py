"""SIGKILL at random moments, of Snakemake, a job or the whole group: a run ends in the same bits, and leaves nobody.

`make test-kill` takes a hundred kills (BENCH_KILLS) over a run up to its tables; `.ci/run` six, over what one model
needs, from faces to its scores. BENCH_KILL_SEED repeats a sequence.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest
import yaml

from bench import registry
from tests import ROOT

KINDS = ("snakemake", "job", "group")
KILLS = int(os.environ.get("BENCH_KILLS", "6"))
SEED = int(os.environ.get("BENCH_KILL_SEED", "1"))
LONGEST_STEP_SECONDS = 4.0  # of work between two kills, once the run's next job has begun
LONGEST_START_SECONDS = 120.0
FOLDERS = ("bench", "config", "envs", "profiles", "workflow", *registry.methods())
# Plots and report are made of tables alone.
TARGET = "results/killed/" + ("scores/acl.plus_mask.seed1.csv" if KILLS <= 6 else "tables/claims.csv")
CLOCKED = {"train_seconds", "eval_seconds", "confirm_train_seconds", "confirm_eval_seconds", "reason"}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600 + 60 * KILLS)]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with a small run to be killed."""
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


def processes(checkout: Path) -> list[psutil.Process]:
    """All processes that work in the checkout."""
    return [
        process
        for process in psutil.process_iter(["cwd", "status"])
        if process.info["cwd"] == str(checkout) and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def jobs(checkout: Path) -> list[psutil.Process]:
    """The processes that do a job."""
    commands = []
    for process in processes(checkout):
        with suppress(psutil.Error):  # it has ended meanwhile
            if process.cmdline()[1:3] == ["-m", "bench"]:
                commands.append(process)
    return commands


def ends_before_the_kill(run: subprocess.Popen[bytes], checkout: Path, draw: random.Random) -> bool:
    """Let the run work for a random time from when one of its jobs is there; whether it has ended by then."""
    patience = time.monotonic() + LONGEST_START_SECONDS
    while run.poll() is None and not jobs(checkout) and time.monotonic() < patience:
        time.sleep(0.1)
    try:
        run.wait(draw.uniform(0, LONGEST_STEP_SECONDS))
    except subprocess.TimeoutExpired:
        return False
    return True


def kill(kind: str, run: subprocess.Popen[bytes], checkout: Path, draw: random.Random) -> str:
    """Kill Snakemake alone, one job, or all of them; what it was."""
    victims = jobs(checkout) if kind == "job" else []
    if kind == "group":
        os.killpg(run.pid, signal.SIGKILL)
        return kind
    if not victims:
        run.kill()
        return "snakemake"
    try:
        draw.choice(victims).kill()
    except psutil.NoSuchProcess:
        return "job that had just ended"
    return kind


def bits(checkout: Path) -> Mapping[str, str]:
    """Digest by file of all that has no clock in it: weights, cards of judges, centres, winners, trials and scores."""
    run, digests = checkout / "results" / "killed", {}
    for pattern in ("judges/*", "models/*.safetensors", "searches/*.json", "scores/*.csv", "data/*.json"):
        for file in run.glob(pattern):
            if file.is_file() and file.name != "faces.json":
                digests[str(file.relative_to(run))] = hashlib.sha256(file.read_bytes()).hexdigest()
    for file in [*run.glob("searches/*.csv"), *run.glob("curves/*.csv")]:
        table = pd.read_csv(file)
        text = table.drop(columns=[column for column in CLOCKED if column in table]).to_csv()
        digests[str(file.relative_to(run))] = hashlib.sha256(text.encode()).hexdigest()
    return digests


def clear(checkout: Path) -> None:
    for name in ("results", ".snakemake", "run.log"):
        path = checkout / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def test_a_run_killed_at_random_ends_in_the_same_bits_and_leaves_nobody(checkout: Path) -> None:
    assert begin(checkout).wait() == 0, (checkout / "run.log").read_text()
    uninterrupted = bits(checkout)
    assert len(uninterrupted) >= 9
    draw = random.Random(SEED)
    kinds: list[str] = []
    coming: list[str] = []
    while len(kinds) < KILLS:
        clear(checkout)
        finished = False
        while not finished:
            run = begin(checkout)
            if len(kinds) < KILLS and not ends_before_the_kill(run, checkout, draw):
                if not coming:
                    coming = draw.sample(KINDS, len(KINDS))  # every kind equally often
                kinds.append(kill(coming.pop(), run, checkout, draw))
            finished = run.wait() == 0  # one that was killed may have ended well at that very moment
            assert run.returncode in (0, 1, -signal.SIGKILL), (checkout / "run.log").read_text()
        assert bits(checkout) == uninterrupted, f"after {kinds} (seed {SEED})"
        patience = time.monotonic() + 60
        while processes(checkout) and time.monotonic() < patience:
            time.sleep(0.5)
        assert processes(checkout) == []
    print(f"{len(kinds)} kills (seed {SEED}): {', '.join(kinds)}")
