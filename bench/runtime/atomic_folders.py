"""Folders appear whole or not at all, and a full disk says so."""

from __future__ import annotations

import errno
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.errors import BenchError
from bench.runtime import atomic_files, lease


@contextmanager
def appearing_whole(target: Path) -> Iterator[Path]:
    """Yield a new private folder beside `target`; on success it replaces `target`, on error it is removed.

    One process at a time: a second one waits. What a killed one left behind is removed first. The caller makes the
    files durable (fsync) before the block ends.
    """
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    with lease.hold(target, f"folder {target.name}") as held:
        for leftover in target.parent.glob(f".{target.name}.*.partial"):
            shutil.rmtree(leftover, ignore_errors=True)
        private = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.partial")
        private.mkdir()
        try:
            with saying_disk_full(target):
                yield private
            held.check()
            shutil.rmtree(target, ignore_errors=True)
            private.rename(target)
            atomic_files.sync_folder(target.parent)
        finally:
            shutil.rmtree(private, ignore_errors=True)


@contextmanager
def saying_disk_full(target: Path) -> Iterator[None]:
    """Turn "no space left on device" into the BenchError that says what to do about `target`."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise BenchError(
            f"No space left for {target}. Free some space, or work in a folder on a larger disk."
        ) from None


def require_space(target: Path, needed_bytes: int) -> None:
    """BenchError if the disk that will hold `target` has fewer than `needed_bytes` free."""
    existing = next(parent for parent in (target.absolute(), *target.absolute().parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    if free < needed_bytes:
        raise BenchError(
            f"No space left for {target}: it needs {needed_bytes / 1e9:.2f} GB, and {free / 1e9:.2f} GB are free. "
            "Free some space, or work in a folder on a larger disk."
        )
