"""Kernels are pinned over what the environment says, where the CPU has them; who pins gets the same bits everywhere."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from bench.runtime import kernels
from tests import ROOT
from tests.support.kernel_limits import LIMITS, digests

# Other square roots in MKL, in the place of a CPU of another maker: those of pinned kernels are not correctly rounded.
# No limit and no pin: no result may depend on them.
OTHER_MAKER = {"MKL_VML_DEBUG_CPU_TYPE": "1"}
HAS_AVX2 = kernels.name() == "avx2"
needs_avx2 = pytest.mark.skipif(not HAS_AVX2, reason=f"kernels of this CPU are {kernels.name()}: nothing is pinned")


@needs_avx2
@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_in_the_environment_is_overridden(limit: str) -> None:
    environment = {limit: LIMITS[limit]}
    kernels.pin(environment)
    assert {name: environment[name] for name in kernels.PINNED} == kernels.PINNED
    assert "NPY_DISABLE_CPU_FEATURES" not in environment
    assert kernels.name(environment) == "avx2"


def test_a_user_who_asks_for_native_kernels_gets_them_and_they_are_named() -> None:
    environment = {"BENCH_KERNELS": "native", "MKL_CBWR": "AVX512"}
    kernels.pin(environment)
    assert environment == {"BENCH_KERNELS": "native", "MKL_CBWR": "AVX512"}
    assert kernels.name(environment) == "native (BENCH_KERNELS=native)"


@pytest.mark.parametrize(
    ("machine", "flags", "name"),
    [
        ("aarch64", "", "native (aarch64)"),
        ("x86_64", "sse2 avx", "native (a CPU without avx2 and fma)"),
        ("x86_64", "avx avx2", "native (a CPU without fma)"),
    ],
)
def test_a_cpu_that_cannot_keeps_its_kernels_and_is_named(
    machine: str, flags: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr(kernels, "_cpu_info", lambda: {"flags": flags})
    environment: dict[str, str] = {}
    kernels.pin(environment)
    assert environment == {}
    assert kernels.name(environment) == name


def test_opencv_is_told_of_avx512_only_where_there_is_some(monkeypatch: pytest.MonkeyPatch) -> None:
    for flags, told in (("avx2 fma", None), ("avx2 fma avx512f", "AVX512-SKX")):
        monkeypatch.setattr("platform.machine", lambda: "x86_64")
        monkeypatch.setattr(kernels, "_cpu_info", lambda flags=flags: {"flags": flags})
        environment: dict[str, str] = {}
        kernels.pin(environment)
        assert environment.get("OPENCV_CPU_DISABLE") == told


def test_an_environment_that_nobody_pinned_is_not_called_pinned() -> None:
    assert kernels.name({}).startswith("native (")


def test_the_command_line_pins_before_any_library_is_imported() -> None:
    program = (
        "import sys, bench.cli\nprint([name for name in ('torch', 'numpy', 'cv2', 'scipy') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@needs_avx2
def test_these_tests_run_on_the_pinned_kernels() -> None:
    assert torch.backends.cpu.get_cpu_capability() == "AVX2"


@needs_avx2
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_limits_in_the_environment_change_no_bit_of_any_stage(tmp_path: Path) -> None:
    """Faces, pack, judges, 20 steps, translations, scores; unpinned, the same limits do change bits (the control)."""
    plain = digests(tmp_path / "plain")
    assert digests(tmp_path / "limited", **LIMITS) == plain
    assert digests(tmp_path / "other_maker", **OTHER_MAKER) == plain
    unpinned = digests(tmp_path / "unpinned", **LIMITS, BENCH_KERNELS="native")
    changed = {stage for stage, digest in unpinned.items() if digest != plain[stage]}
    assert {"judge", "train", "translate", "score"} <= changed
