"""A process takes one free GPU, or the CPU; a GPU comes free when its holder dies."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from bench.errors import BenchError
from bench.runtime import gpus
from bench.training import device

TAKE_AND_WAIT = """
import sys, time
from pathlib import Path
from bench.runtime import gpus
taken = gpus.take(sys.argv[2].split(","), Path(sys.argv[1]))
print(taken[0], flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _own_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(device, "_taken", [])
    monkeypatch.setattr(gpus, "lock_folder", lambda: tmp_path)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    yield
    for lock in device._taken:
        lock.release()


def took(names: tuple[str, ...], folder: Path) -> str | None:
    """The GPU that this process took; its lock is kept."""
    taken = gpus.take(names, folder)
    if taken is not None:
        device._taken.append(taken[1])
    return None if taken is None else taken[0]


def test_each_process_takes_another_card_and_a_dead_ones_comes_free(tmp_path: Path) -> None:
    def other() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", TAKE_AND_WAIT, str(tmp_path), "0,1"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    with other() as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "0"
        assert took(("0", "1"), tmp_path) == "1"
        assert took(("0", "1"), tmp_path) is None
        holder.kill()
        holder.wait()
        assert took(("0", "1"), tmp_path) == "0"


def test_jobs_share_a_card_only_when_told_and_only_after_every_card_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(gpus.SHARES_VARIABLE, "2")
    assert [took(("0", "1"), tmp_path) for _ in range(5)] == ["0", "1", "0", "1", None]
    monkeypatch.setenv(gpus.SHARES_VARIABLE, "none")
    with pytest.raises(BenchError, match=r"BENCH_JOBS_PER_GPU is 'none'.*Write 1 or more"):
        took(("0",), tmp_path)


def test_gpus_that_slurm_gave_to_two_jobs_are_not_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real folder of locks
    folders = set()
    for job in ("41", "42", None):
        if job is None:
            monkeypatch.delenv("SLURM_JOB_ID", raising=False)
        else:
            monkeypatch.setenv("SLURM_JOB_ID", job)
        folders.add(gpus.lock_folder())
    assert len(folders) == 3


def test_auto_takes_the_cpu_where_no_card_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5")
    assert device.claim("auto") == torch.device("cuda")
    assert device.claim("auto") == torch.device("cuda")  # the GPU it has
    holder = device._taken.pop()
    assert device.claim("auto") == torch.device("cpu")
    assert "taken by other jobs" in capsys.readouterr().err
    with pytest.raises(BenchError, match="all of 5 are taken"):
        device.claim("cuda")
    holder.release()


def test_without_a_card_auto_is_the_cpu_and_cuda_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert device.claim("auto") == torch.device("cpu")
    with pytest.raises(BenchError, match="this machine shows none"):
        device.claim("cuda")
