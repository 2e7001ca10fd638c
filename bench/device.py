"""The device of this process: a card that no other process of the benchmark holds, else the CPU with one thread.

Cards are taken by file locks, which the kernel frees when their holder dies, however it dies. Snakemake only counts
cards; which one a process gets is settled here, before CUDA starts. Slurm gives each of its jobs cards of its own,
which may all be called 0, so there the locks are those of one Slurm job.
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import torch
from filelock import FileLock, Timeout

from bench.errors import BenchError

Choice = Literal["auto", "cpu", "cuda"]

# How many jobs may share a card; also read by profiles/default.
SHARES_VARIABLE = "BENCH_JOBS_PER_CARD"

_taken: list[FileLock] = []


def claim(choice: Choice) -> torch.device:
    """The device that this process computes on; a card is kept until the process ends.

    `auto` takes the CPU where no card is free; `cuda` is a BenchError then.
    """
    if choice == "cpu":
        return torch.device("cpu")
    if _taken:
        return torch.device("cuda")
    cards = visible_cards(torch.cuda.device_count())
    if take_card(cards, lock_folder()) is not None:
        return torch.device("cuda")
    if choice == "cuda":
        state = f"all of {', '.join(cards)} are taken by other jobs" if cards else "this machine shows none"
        raise BenchError(f"training.device is 'cuda', but {state}. Run fewer jobs at once, or set it to 'auto'.")
    if cards:
        print(f"All cards ({', '.join(cards)}) are taken by other jobs: going on with the CPU.", file=sys.stderr)
    return torch.device("cpu")


def visible_cards(count: int) -> tuple[str, ...]:
    """Names of the `count` cards this process may use: as in CUDA_VISIBLE_DEVICES where set, else 0 .. `count` - 1."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is None or count == 0:
        return tuple(str(card) for card in range(count))
    cards = [card.strip() for card in named.split(",")]
    # As CUDA reads it: a list ends at the first name that is no card.
    end = next((i for i, card in enumerate(cards) if card in ("", "-1")), len(cards))
    return tuple(cards[:end])


def take_card(cards: Sequence[str], folder: Path) -> str | None:
    """Lock the first free card and show CUDA that one only; None if there is none.

    Where jobs may share cards, each card is given once before one is given again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for share, card in itertools.product(range(shares()), cards):
        lock = FileLock(folder / f"card_{card}.{share}.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        _taken.append(lock)
        os.environ["CUDA_VISIBLE_DEVICES"] = card
        return card
    return None


def shares() -> int:
    """How many jobs may hold one card at a time: 1, unless the environment says more."""
    said = os.environ.get(SHARES_VARIABLE, "1")
    if not said.isdecimal() or int(said) == 0:
        raise BenchError(f"{SHARES_VARIABLE} is {said!r}: the number of jobs that may share a card. Write 1 or more.")
    return int(said)


def lock_folder() -> Path:
    """Where this user's card locks lie: on the machine itself, since its cards are its own."""
    folder = Path(tempfile.gettempdir()) / f"acl-gan-benchmark-{os.getuid()}"
    slurm_job = os.environ.get("SLURM_JOB_ID")
    return folder / f"slurm_job_{slurm_job}" if slurm_job else folder


def prepare(device: torch.device) -> None:
    """Set torch up: on the CPU one thread and deterministic algorithms (same bits each time); on a card, speed."""
    if device.type == "cpu":
        torch.set_num_threads(1)
        torch.set_deterministic_debug_mode("error")  # use_deterministic_algorithms also imports the compiler: seconds
        # Filling fresh memory guards against a fault of ours, at a cost each step.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # a property of the module
    else:
        torch.backends.cudnn.benchmark = True
        torch.set_float32_matmul_precision("high")


def wait_for(device: torch.device) -> None:
    """Return when all work given to `device` is done (the CPU is never behind)."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
