"""A tiny run in a process of its own, on the kernels that its environment or an emulated CPU makes libraries choose."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.runtime import kernels
from tests import ROOT

# Each makes a library take other kernels than this CPU's; AVX-512 cannot be limited where there is none.
LIMITS = {
    "ATEN_CPU_CAPABILITY": "default",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "MKL_CBWR": "SSE4_2",
    "OPENBLAS_CORETYPE": "Nehalem",
    "OPENBLAS_NUM_THREADS": "2",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3",
    "OPENCV_IPP": "sse42",
}


def digests(folder: Path, emulator: Sequence[str] = (), **environment: str) -> dict[str, str]:
    """What each stage of the run leaves, digested; with these variables, under this emulator."""
    folder.mkdir()
    program = "from tests.support import kernel_stages as stages\nimport pathlib, sys\n"
    return printed(program + "stages.main(pathlib.Path(sys.argv[1]))", str(folder), emulator=emulator, **environment)


def printed(program: str, *arguments: str, emulator: Sequence[str] = (), **environment: str) -> dict[str, str]:
    """The JSON that a program prints in its last line, run with kernels pinned as the command line pins them."""
    clean = {name: value for name, value in os.environ.items() if name not in {*kernels.PINNED, *LIMITS}}
    pinned = f"from bench.runtime import kernels\nkernels.pin()\n{program}"
    completed = subprocess.run(
        [*emulator, sys.executable, "-c", pinned, *arguments],
        cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert completed.returncode == 0, completed.stderr
    return {str(stage): str(digest) for stage, digest in json.loads(completed.stdout.splitlines()[-1]).items()}
