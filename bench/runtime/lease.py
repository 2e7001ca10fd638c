"""An exclusive lease on a path: one writer at a time, across processes and across nodes of a shared file system.

One rule says where a lease is kept: the lease on `folder/name` lives in `folder/.leases/name/`, as numbered files. The
highest number is the lease; its holder made that file (O_EXCL: one process can) and touches it while it lives. Numbers
only rise and the highest file is never removed, so a holder that was taken for dead and wakes up sees a higher number,
never a lease that looks like its own.

Alive means: in the holder's own process table, the process is there; seen from anywhere else, its file was touched in
the last `EXPIRY_SECONDS` of the watcher's clock. Clocks of two machines are never compared.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError
from bench.runtime import atomic_files
from bench.runtime.process import Process

FOLDER = ".leases"
HEARTBEAT_SECONDS = 5.0
EXPIRY_SECONDS = 60.0
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Owner:
    """Who holds, or last held, a lease, and for what. `process` None: unreadable, so only its touch tells."""

    process: Process | None
    purpose: str
    released: bool


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
    if highest is None:
        return None
    owner = _owner(highest)
    if owner.released or owner.process is None:
        return None
    if owner.process.is_visible_here():
        return owner.process if owner.process.is_running() else None
    with suppress(FileNotFoundError):  # given on in this moment
        return owner.process if time.time() - highest.stat().st_mtime < EXPIRY_SECONDS else None
    return None


def _acquire(path: Path, purpose: str) -> Held:
    folder = path.parent / FOLDER / path.name
    folder.mkdir(parents=True, exist_ok=True)
    watch = _Watch()
    waited_for: str | None = None
    while True:
        highest = _highest(folder)
        if highest is not None and watch.is_live(highest):
            if waited_for is None:
                print(f"Waiting for {_owner(highest).process or 'another process'}: it writes {path}.", file=sys.stderr)
            waited_for = _owner(highest).purpose
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


class _Watch:
    """Watches the holder's file through this process's monotonic clock."""

    def __init__(self) -> None:
        self._seen: tuple[Path, int] | None = None
        self._since = 0.0

    def is_live(self, file: Path) -> bool:
        """Whether the lease in `file` is held by a process that lives, as far as can be told from here."""
        owner = _owner(file)
        if owner.released:
            return False
        if owner.process is not None and owner.process.is_visible_here():
            return owner.process.is_running()
        try:
            with file.open("rb") as stream:  # opening, unlike stat, makes a network file system ask its server
                touched = os.fstat(stream.fileno()).st_mtime_ns
        except FileNotFoundError:
            return False
        if self._seen != (file, touched):
            self._seen, self._since = (file, touched), time.monotonic()
        return time.monotonic() - self._since < EXPIRY_SECONDS


def _generations(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*.json") if file.stem.isdecimal())


def _highest(folder: Path) -> Path | None:
    return max(_generations(folder), default=None)


def _owner(file: Path) -> Owner:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return Owner(Process(**content["process"]), content["purpose"], content["released"])
    except (OSError, ValueError, KeyError, TypeError):  # gone, or its maker died while writing it
        return Owner(None, "", released=False)


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
