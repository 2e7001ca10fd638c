"""The device of this process: a GPU that no other process of the benchmark holds, else the CPU with one thread."""

import sys
from typing import Literal

import torch
from filelock import FileLock

from bench.errors import BenchError
from bench.runtime import gpus

Choice = Literal["auto", "cpu", "cuda"]
_taken: list[FileLock] = []


def claim(choice: Choice) -> torch.device:
    """The device that this process computes on; a GPU is kept until the process ends.

    `auto` takes the CPU where no GPU is free; `cuda` is a BenchError then.
    """
    if choice == "cpu":
        return torch.device("cpu")
    if _taken:
        return torch.device("cuda")
    names = gpus.visible()[: torch.cuda.device_count()]
    if (free := gpus.take(names, gpus.lock_folder())) is not None:
        _taken.append(free[1])
        return torch.device("cuda")
    if choice == "cuda":
        state = f"all of {', '.join(names)} are taken by other jobs" if names else "this machine shows none"
        raise BenchError(f"training.device is 'cuda', but {state}. Run fewer jobs at once, or set it to 'auto'.")
    if names:
        print(f"All GPUs ({', '.join(names)}) are taken by other jobs: going on with the CPU.", file=sys.stderr)
    return torch.device("cpu")


def prepare(device: torch.device) -> None:
    """Set torch up: on the CPU one thread and deterministic algorithms (same bits each time); on a GPU, speed."""
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
