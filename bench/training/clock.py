"""The training clock: monotonic time that stands still while a training evaluates or saves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch

from bench.training import device as devices


@dataclass
class Clock:
    """Seconds of training proper."""

    seconds: float = 0.0
    _since: float = field(default_factory=time.monotonic)

    def read(self) -> float:
        return self.seconds + time.monotonic() - self._since

    @contextmanager
    def stopped(self, device: torch.device) -> Iterator[float]:
        """Stand still within the block, once the device has done its work; yields the seconds so far."""
        devices.wait_for(device)
        self.seconds = self.read()
        yield self.seconds
        devices.wait_for(device)
        self._since = time.monotonic()
