"""What every test shares: one thread, no network, and settings to start from."""

import os
import socket
from typing import Any

import pytest
import yaml

from bench.runtime import kernels
from tests import ROOT

# Before torch, numpy and OpenCV are imported: the kernels that results depend on, in every process of the tests.
kernels.pin()
# Set before torch is imported: bits are equal only at one thread, and tests run side by side.
os.environ["OMP_NUM_THREADS"] = "1"
# Figures are drawn without a screen.
os.environ["MPLBACKEND"] = "Agg"


# Each of these takes minutes. They begin, so that the other worker does the rest meanwhile.
LONGEST = ("test_smoke.py", "test_snakefile.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, all others in their order."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections leave this machine in no test: only loopback and local sockets connect."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise RuntimeError(f"a test tried to connect to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def smoke_content() -> dict[str, Any]:
    """The content of tests/config/smoke.yaml, free to be changed."""
    content = yaml.safe_load((ROOT / "tests" / "config" / "smoke.yaml").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content
