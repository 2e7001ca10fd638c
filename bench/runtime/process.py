"""Which process is that, and is it still there? Told apart from a later process that was given the same number."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PROC = Path("/proc")
_BOOT_ID = _PROC / "sys" / "kernel" / "random" / "boot_id"


@dataclass(frozen=True)
class Process:
    """A process: host name, process table (boot and PID namespace), number, and start in clock ticks since boot.

    Where the system has no /proc, the table is the host's name and the start is 0.
    """

    host: str
    table: str
    pid: int
    start: int

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"

    @classmethod
    def current(cls) -> Self:
        return cls(platform.node(), _table(), os.getpid(), _start(os.getpid()) or 0)

    def is_visible_here(self) -> bool:
        """Whether this machine's process table is the one that lists it."""
        return self.table == _table()

    def is_running(self) -> bool:
        """Whether it lives; only meaningful where it is visible. A zombie does not live."""
        if _BOOT_ID.exists():
            return _start(self.pid) == self.start
        try:
            os.kill(self.pid, 0)
        except OSError as error:
            return isinstance(error, PermissionError)
        return True


def _table() -> str:
    """Names this boot and PID namespace: a container sees other processes than its host, under the same boot."""
    if not _BOOT_ID.exists():
        return platform.node()
    return f"{_BOOT_ID.read_text().strip()} {(_PROC / 'self' / 'ns' / 'pid').readlink()}"


def _start(pid: int) -> int | None:
    """Field 22 of /proc/<pid>/stat; None if there is no such process, or it is a zombie."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (OSError, IndexError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])
