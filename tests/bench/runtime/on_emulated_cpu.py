"""The same bits on a CPU of another maker, which QEMU emulates: `make test-cpu`, four minutes.

The libraries meet an AMD EPYC (by CPUID) without AVX-512, whose approximate reciprocals and roots are other bits too.
"""

import shutil
from pathlib import Path

import pytest

from tests.support.kernel_limits import digests, printed

QEMU = "qemu-x86_64"
AMD = (QEMU, "-cpu", "EPYC-Rome")
# MKL's square roots of whole tensors, which no result may depend on: they tell that the libraries met another CPU.
ROOTS = """
import hashlib, json, torch
roots = torch.linspace(0.1, 9, 4096).sqrt()
print(json.dumps({"roots": hashlib.sha256(roots.numpy().tobytes()).hexdigest()}))
"""

pytestmark = [
    pytest.mark.skipif(shutil.which(QEMU) is None, reason="no QEMU: apt-get install qemu-user"),
    pytest.mark.timeout(3000),
]


def test_every_stage_gives_the_same_bits_on_a_cpu_of_another_maker(tmp_path: Path) -> None:
    if printed(ROOTS) == printed(ROOTS, emulator=AMD):
        pytest.skip("This CPU is like the emulated one: equal bits would show nothing.")
    assert digests(tmp_path / "amd", emulator=AMD) == digests(tmp_path / "here")
