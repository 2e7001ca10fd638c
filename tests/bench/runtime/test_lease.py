"""One writer at a time, whoever dies and wherever they run."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.runtime import atomic_files, lease
from bench.runtime.lease import Process

HOLD_FOR_EVER = """
import sys, time
from pathlib import Path
from bench.runtime import lease
with lease.hold(Path(sys.argv[1]), "same work"):
    print("held", flush=True)
    time.sleep(60)
"""

COUNT_UP = """
import sys
from pathlib import Path
from bench.runtime import lease
target = Path(sys.argv[1])
for _ in range(15):
    with lease.hold(target):
        target.write_text(str(int(target.read_text()) + 1))
"""


def start(script: str, target: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, str(target)], stdout=subprocess.PIPE, text=True)


def wait_for(writer: subprocess.Popen[str]) -> int:
    with writer:
        return writer.wait(60)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Callable[[], Path]:
    """Makes a lease file as a process of another machine would."""

    def make() -> Path:
        folder = tmp_path / lease.FOLDER / "result"
        folder.mkdir(parents=True)
        process = dataclasses.replace(Process.current(), host="node7", table="another boot")
        file = folder / "00000003.json"
        file.write_text(json.dumps({"process": vars(process), "purpose": "same work", "released": False}))
        return file

    return make


def test_two_writers_never_overlap(tmp_path: Path) -> None:
    target = tmp_path / "counter"
    target.write_text("0")
    writers = [start(COUNT_UP, target) for _ in range(3)]
    assert [wait_for(writer) for writer in writers] == [0, 0, 0]
    assert target.read_text() == "45"


def test_a_second_holder_waits_until_the_first_is_done(tmp_path: Path) -> None:
    order = []

    def wait_for_it() -> None:
        time.sleep(0.3)
        order.append("first done")
        writer.kill()

    with start(HOLD_FOR_EVER, tmp_path / "result") as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        killer = threading.Thread(target=wait_for_it)
        killer.start()
        with lease.hold(tmp_path / "result") as own_lease:
            order.append("second holds")
        killer.join()
    assert order == ["first done", "second holds"]
    assert own_lease.waited_for == "same work"


def test_the_lease_of_a_killed_process_expires_at_once(tmp_path: Path) -> None:
    with start(HOLD_FOR_EVER, tmp_path / "result") as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        started = time.monotonic()
        with lease.hold(tmp_path / "result"):
            pass
    assert time.monotonic() - started < lease.EXPIRY_SECONDS / 10


def test_a_later_process_with_the_same_number_does_not_keep_a_lease_alive() -> None:
    assert Process.current().is_running()
    assert not dataclasses.replace(Process.current(), start=1).is_running()


def test_a_silent_holder_on_another_machine_expires(
    tmp_path: Path, elsewhere: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "EXPIRY_SECONDS", 0.5)
    elsewhere()
    started = time.monotonic()
    with lease.hold(tmp_path / "result") as own_lease:
        assert own_lease.waited_for == "same work"
    assert time.monotonic() - started >= 0.5


@pytest.mark.parametrize("skew_seconds", [-86400, 86400])
def test_a_holder_on_another_machine_lives_while_it_touches_its_file_whatever_its_clock_says(
    tmp_path: Path, elsewhere: Callable[[], Path], monkeypatch: pytest.MonkeyPatch, skew_seconds: int
) -> None:
    monkeypatch.setattr(lease, "EXPIRY_SECONDS", 0.5)
    file = elsewhere()
    touched = time.time() + skew_seconds
    last_touch = [0.0]

    def touch() -> None:
        for beat in range(10):
            os.utime(file, (touched + beat, touched + beat))
            last_touch[0] = time.monotonic()
            time.sleep(0.1)

    beats = threading.Thread(target=touch)
    beats.start()
    with lease.hold(tmp_path / "result"):
        waited = time.monotonic()
    beats.join()
    assert waited - last_touch[0] >= 0.2


def test_a_holder_that_was_taken_for_dead_writes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "result"
    with lease.hold(target) as own_lease:
        successor = own_lease.file.with_name("00000009.json")
        successor.write_text(own_lease.file.read_text())
        with pytest.raises(BenchError, match="taken over"):
            atomic_files.write_text(target, "late")
    assert not target.exists()
    assert list(tmp_path.glob(".result*")) == []
    assert successor.exists()


def test_a_lease_file_torn_by_a_crash_expires(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "EXPIRY_SECONDS", 0.3)
    folder = tmp_path / lease.FOLDER / "result"
    folder.mkdir(parents=True)
    (folder / "00000001.json").write_text("")
    with lease.hold(tmp_path / "result") as own_lease:
        assert own_lease.file.name == "00000002.json"


def test_a_process_that_holds_a_lease_gets_it_again(tmp_path: Path) -> None:
    with lease.hold(tmp_path / "result") as outer, lease.hold(tmp_path / "result") as inner:
        assert inner is outer


def test_numbers_only_rise_and_old_files_are_cleared(tmp_path: Path) -> None:
    for expected in range(1, 5):
        with lease.hold(tmp_path / "result") as own_lease:
            assert int(own_lease.file.stem) == expected
    assert [file.name for file in own_lease.file.parent.iterdir()] == ["00000004.json"]
