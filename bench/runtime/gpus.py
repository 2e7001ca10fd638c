"""The GPUs of this machine: which ones this process may use, and the locks that hand each one out. No torch.

A file lock holds a GPU; the kernel frees it when its holder dies, however it dies. Snakemake only counts GPUs: which
one a process gets is settled here, before CUDA starts. Slurm gives each of its jobs GPUs of its own, which may all be
called 0, so there the locks are those of one Slurm job.
"""

import itertools
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from bench.errors import BenchError
from bench.runtime.result_files import machine_folder

# How many jobs may share a GPU; also read by profiles/default.
SHARES_VARIABLE = "BENCH_JOBS_PER_GPU"


def visible(environment: Mapping[str, str] = os.environ, devices: Path = Path("/dev")) -> tuple[str, ...]:
    """Names of the GPUs this process may use: those of CUDA_VISIBLE_DEVICES where it is set, else 0, 1, ...

    As CUDA reads it, a list ends at its first empty or negative name.
    """
    listed_names = environment.get("CUDA_VISIBLE_DEVICES")
    if listed_names is None:
        return tuple(str(index) for index in range(len(list(devices.glob("nvidia[0-9]*")))))
    names = [name.strip() for name in listed_names.split(",")]
    return tuple(itertools.takewhile(lambda name: name not in ("", "-1"), names))


def take(names: Sequence[str], folder: Path) -> tuple[str, FileLock] | None:
    """Lock the first free GPU and show CUDA that one only; None where none is free.

    Where jobs may share GPUs, each GPU is given once before one is given again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for share, name in itertools.product(range(shares()), names):
        lock = FileLock(folder / f"gpu_{name}.{share}.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        os.environ["CUDA_VISIBLE_DEVICES"] = name
        return name, lock
    return None


def shares() -> int:
    """How many jobs may hold one GPU at a time: 1, unless the environment says more."""
    text = os.environ.get(SHARES_VARIABLE, "1")
    if not text.isdecimal() or int(text) == 0:
        raise BenchError(f"{SHARES_VARIABLE} is {text!r}: the number of jobs that may share a GPU. Write 1 or more.")
    return int(text)


def lock_folder() -> Path:
    """Where this user's GPU locks lie: on the machine itself, since its GPUs are its own."""
    slurm_job = os.environ.get("SLURM_JOB_ID")
    return machine_folder() / f"slurm_job_{slurm_job}" if slurm_job else machine_folder()
