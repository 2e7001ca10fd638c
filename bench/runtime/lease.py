"""An exclusive lease on a path: one writer at a time, across processes and across nodes of a shared file system.

One rule says where a lease is kept: the lease on `folder/name` lives in `folder/.leases/name/`, as numbered files. The
highest number is the lease; its holder made that file (O_EXCL: one process can) and touches it while it lives. Numbers
only rise and the highest file is never removed, so a holder that was taken for dead and wakes up sees a higher number,
never a lease that looks like its own.

Alive means: in the holder's own process table, the process is there; seen from anywhere else, its file was touched in
the last `EXPIRY_SECONDS` of the watcher's clock. Clocks of two machines are never compared.
"""

import json
import os
import platform
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.errors import BenchError
from bench.runtime import atomic_files

FOLDER = ".leases"
HEARTBEAT_SECONDS = 5.0
EXPIRY_SECONDS = 60.0
POLL_SECONDS = 0.2
_PROC = Path("/proc")
_BOOT_ID = _PROC / "sys" / "kernel" / "random" / "boot_id"


@dataclass(frozen=True)
class Process:
    """A process, told apart from a later one of the same number: host name, process table, number and start.

    The table is that of a boot and PID namespace, the start is in clock ticks since boot.
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


@dataclass(frozen=True)
class Held:
    """A lease that this process holds. `waited_for`: the purpose of the holder it waited for; None if it was free."""

    path: Path
    file: Path
    waited_for: str | None

    def check(self) -> None:
        """BenchError if another process has taken the lease over."""
        if _highest(self.file.parent) != self.file or not self.file.exists():
            raise BenchError(
                f"Another process has taken over {self.path}, because this one gave no sign for "
                f"{EXPIRY_SECONDS:.0f} s. Nothing more is written; let the other one finish."
            )


_held: dict[Path, Held] = {}


@contextmanager
def hold(path: Path, purpose: str = "") -> Iterator[Held]:
    """Hold the lease on `path`, waiting for a live holder first; within it, every rename checks that it still holds.

    `purpose` says what is done, so that one who waited can tell whether the result serves it too. A process that holds
    the lease already gets it again at once: leases are between processes.
    """
    path = path.resolve()
    if path in _held:
        yield _held[path]
        return
    lease = _acquire(path, purpose)
    stop = threading.Event()
    beat = threading.Thread(target=_touch_until, args=(lease.file, stop), name=f"lease {path.name}", daemon=True)
    _held[path] = lease
    beat.start()
    try:
        with atomic_files.guarded_by(lease.check):
            yield lease
    finally:
        stop.set()
        beat.join()
        del _held[path]
        _release(lease.file, purpose)


def holder(path: Path) -> Process | None:
    """Who holds the lease on `path`, for showing only: one look, which trusts the clock of a holder elsewhere."""
    path = path.resolve()
    highest = _highest(path.parent / FOLDER / path.name)
    living = highest and _living(highest, lambda file: time.time() - file.stat().st_mtime)
    return living[0] if living else None


def _acquire(path: Path, purpose: str) -> Held:
    folder = path.parent / FOLDER / path.name
    folder.mkdir(parents=True, exist_ok=True)
    waited_for: str | None = None
    first_seen: dict[tuple[Path, int], float] = {}  # each touch of a holder's file, by this process's monotonic clock

    def silent_seconds(file: Path) -> float:
        with file.open("rb") as stream:  # opening, unlike stat, makes a network file system ask its server
            touched = os.fstat(stream.fileno()).st_mtime_ns
        return time.monotonic() - first_seen.setdefault((file, touched), time.monotonic())

    while True:
        highest = _highest(folder)
        living = highest and _living(highest, silent_seconds)
        if living:
            if waited_for is None:
                print(f"Waiting for {living[0] or 'another process'}: it writes {path}.", file=sys.stderr)
            waited_for = living[1]
            time.sleep(POLL_SECONDS)
            continue
        own_file = folder / f"{1 if highest is None else int(highest.stem) + 1:08d}.json"
        if not _create(own_file, purpose):
            continue
        if _highest(folder) != own_file:  # others went on while this process slept between looking and creating
            own_file.unlink(missing_ok=True)
            continue
        for old in _generations(folder)[:-1]:
            old.unlink(missing_ok=True)
        return Held(path, own_file, waited_for)


def _living(file: Path, silent_seconds: Callable[[Path], float]) -> tuple[Process | None, str] | None:
    """Who holds the lease in `file`, and for what, if it is held by one who lives, as far as can be told from here.

    The process is None where the file is unreadable, so that only its touch tells.
    """
    process, purpose = None, ""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["released"]:
            return None
        process, purpose = Process(**content["process"]), content["purpose"]
    except (OSError, ValueError, KeyError, TypeError):  # gone, or its maker died while writing it
        pass
    if process is not None and process.is_visible_here():
        return (process, purpose) if process.is_running() else None
    try:
        return (process, purpose) if silent_seconds(file) < EXPIRY_SECONDS else None
    except FileNotFoundError:  # given on in this moment
        return None


def _generations(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*.json") if file.stem.isdecimal())


def _highest(folder: Path) -> Path | None:
    return max(_generations(folder), default=None)


def _content(purpose: str, released: bool) -> str:
    return json.dumps({"process": vars(Process.current()), "purpose": purpose, "released": released}) + "\n"


def _create(file: Path, purpose: str) -> bool:
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(_content(purpose, released=False))
            stream.flush()
            os.fsync(stream.fileno())
    except FileExistsError:
        return False
    except OSError:  # a full disk: an empty file would look like a holder's
        file.unlink(missing_ok=True)
        raise
    return True


def _touch_until(file: Path, stop: threading.Event) -> None:
    while not stop.wait(HEARTBEAT_SECONDS):
        with suppress(OSError):  # gone: taken over, which the next check tells; else a passing fault of the network
            os.utime(file)


def _release(file: Path, purpose: str) -> None:
    """Mark the lease as free, in a file of the same name, so that no number is ever used twice."""
    if file.exists():
        private = file.with_suffix(".free")
        with suppress(OSError):  # a full disk: that the holder has ended is seen without the mark too
            private.write_text(_content(purpose, released=True), encoding="utf-8")
            private.replace(file)


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
