"""Workers of a pool: they end with their parent, and what they make does not depend on them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.runtime import workers
from tests import ROOT

LONGEST_WAIT_SECONDS = 60.0
pytestmark = pytest.mark.slow


def start(words: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """A command of two workers as a rule runs it: piped into tee, in a session of its own."""
    line = f'"{sys.executable}" -m bench "$@" --jobs 2 2>&1 | tee "{folder}/log" >&2'
    return subprocess.Popen(["bash", "-c", line, "rule", *words], cwd=ROOT, start_new_session=True)


def await_workers(rule: subprocess.Popen[bytes]) -> tuple[psutil.Process, list[psutil.Process]]:
    """The command's own process and all that a rule started, once both of its workers are at work."""
    patience = time.monotonic() + LONGEST_WAIT_SECONDS
    while time.monotonic() < patience and rule.poll() is None:
        descendants = psutil.Process(rule.pid).children(recursive=True)
        pool = [process for process in descendants if "--multiprocessing-fork" in words_of(process)]
        if len(pool) == 2 and all(process.cpu_times().user > 0.3 for process in pool):
            parent = pool[0].parent()
            assert parent is not None
            return parent, descendants
        time.sleep(0.05)
    raise AssertionError(f"no workers began; the rule's status is {rule.poll()}")


def words_of(process: psutil.Process) -> list[str]:
    try:
        words: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return words


@pytest.mark.parametrize("command", ["faces", "pack"])
def test_a_killed_command_leaves_nobody_and_its_rerun_makes_the_same_bits(
    command: str, tmp_path: Path, smoke_content: dict[str, Any]
) -> None:
    smoke_content["data"]["drawn"] = {"train": 400, "valid": 40, "test": 40, "seed": 1}
    (tmp_path / "config.yaml").write_text(json.dumps(smoke_content))
    faces = tmp_path / "faces.json"
    words = [command, "--config", str(tmp_path / "config.yaml")]
    if command == "pack":
        run = ["faces", *words[1:], "--output", str(faces)]
        subprocess.run([sys.executable, "-m", "bench", *run], cwd=ROOT, check=True)
        words += ["--faces", str(faces), "--size", "16"]
    killed, reference = tmp_path / "killed.json", tmp_path / "reference.json"

    rule = start([*words, "--output", str(killed)], tmp_path)
    parent, descendants = await_workers(rule)
    os.kill(parent.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(descendants, timeout=5)
    try:
        assert alive == []
        assert rule.wait(5) == 0  # bash and tee ended too
    finally:
        for process in alive:
            process.kill()
    assert not killed.exists()

    for output, jobs in ((killed, "2"), (reference, "1")):
        again = [*words, "--output", str(output), "--jobs", jobs]
        subprocess.run([sys.executable, "-m", "bench", *again], cwd=ROOT, check=True)
    assert json.loads(killed.read_text())["digest"] == json.loads(reference.read_text())["digest"]


def test_an_error_drops_the_work_that_has_not_begun(tmp_path: Path) -> None:
    files = [tmp_path / str(number) for number in range(200)]
    with pytest.raises(FileExistsError), workers.mapping(2) as apply:
        for _ in apply(touch_slowly, [files[0], files[0], *files]):
            pass
    assert len(list(tmp_path.iterdir())) < 100


def touch_slowly(file: Path) -> None:
    file.touch(exist_ok=False)
    time.sleep(0.02)
