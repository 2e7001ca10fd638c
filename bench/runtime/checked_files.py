"""Files whose SHA-256 was recorded when they were made, checked when a machine first opens them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from bench.runtime.digest import value_digest
from bench.runtime.result_files import damaged


def sha256(file: Path) -> str:
    """The SHA-256 of a file's content, as 64 hex digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def require(file: Path, expected: str, rule: str) -> None:
    """BenchError if the content of `file`, which `rule` wrote, is not the recorded one.

    A file found right is remembered on this machine until its place, inode, size or times change, or the machine starts
    anew: reading takes about a second per GB, and hundreds of jobs open the same packed faces.
    """
    status = file.stat()
    state = [status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]
    stamp = stamp_folder() / value_digest([str(file.resolve()), expected, *state])
    if stamp.exists():
        return
    if sha256(file) != expected:
        raise damaged(file, "its content is not what was written (another SHA-256)", rule)
    with suppress(OSError):  # without a stamp it is read again
        stamp.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        stamp.touch()


def stamp_folder() -> Path:
    """Where this user's stamps lie: on the machine itself."""
    return Path(tempfile.gettempdir()) / f"acl-gan-benchmark-{os.getuid()}" / "checked"
