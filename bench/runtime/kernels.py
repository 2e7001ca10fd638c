"""The CPU kernels that results depend on, pinned to what every x86-64 CPU has since AVX2 (2013).

PyTorch, oneDNN, MKL, OpenBLAS, numpy and OpenCV choose their kernels by the CPU that they meet, and kernels round
differently. They read the variables below once, when they are imported, so the command line begins with `pin`.

MKL's square roots of whole tensors (`Tensor.sqrt`) stay as they are: with MKL_CBWR=COMPATIBLE they are not correctly
rounded. No result may depend on them, so optimisers are fused (tests/bench/runtime/test_kernels.py).

A CPU without AVX2 keeps its own kernels, and so does every CPU where BENCH_KERNELS=native says so: results are then
equal on that CPU only. `name` tells which it is; model cards keep it, and `python -m bench verify` reads it there.
"""

import os
import platform
from collections.abc import Mapping, MutableMapping
from functools import cache
from pathlib import Path

CHOICE = "BENCH_KERNELS"
PINNED = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_CBWR": "COMPATIBLE",  # the one branch that MKL offers on CPUs of every maker
    "OPENBLAS_CORETYPE": "Haswell",
    "OPENBLAS_NUM_THREADS": "1",  # sums are split by the number of threads
    "NPY_ENABLE_CPU_FEATURES": "X86_V3",
    "OPENCV_IPP": "avx2",
}


def pin(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set the variables in `environment`, over what it says; call it before the libraries are imported."""
    if _obstacle(environment):
        return
    environment.pop("NPY_DISABLE_CPU_FEATURES", None)  # numpy refuses both at once
    environment.update(PINNED)
    if any(flag.startswith("avx512") for flag in _flags()):  # OpenCV complains where there is nothing to disable
        environment["OPENCV_CPU_DISABLE"] = "AVX512-SKX"


def name(environment: Mapping[str, str] = os.environ) -> str:
    """`avx2` where kernels are pinned; else `native (<why>)`: whatever this CPU has."""
    if all(environment.get(variable) == value for variable, value in PINNED.items()):
        return "avx2"
    return f"native ({_obstacle(environment) or 'not pinned'})"


def cpu() -> str:
    """The CPU's model name, as far as the system tells it."""
    return _cpu_info().get("model name") or platform.processor() or platform.machine()


def _obstacle(environment: Mapping[str, str]) -> str:
    """Why kernels cannot be pinned; '' where they can."""
    if environment.get(CHOICE) == "native":
        return f"{CHOICE}=native"
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return platform.machine()
    missing_flags = {"avx2", "fma"} - _flags()
    return f"a CPU without {' and '.join(sorted(missing_flags))}" if missing_flags else ""


def _flags() -> frozenset[str]:
    """Instruction sets of this CPU; what is needed, where the system does not tell."""
    return frozenset(_cpu_info().get("flags", "avx2 fma").split())


@cache
def _cpu_info() -> Mapping[str, str]:
    """The first entry of /proc/cpuinfo; empty where there is none."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n\n")[0].splitlines() if file.is_file() else []
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
