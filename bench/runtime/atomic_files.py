"""Files appear whole or not at all: write to a private name beside the target, fsync, rename."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_guards: list[Callable[[], None]] = []


@contextmanager
def guarded_by(check: Callable[[], None]) -> Iterator[None]:
    """Within the block, `check` runs before every rename of this process; if it raises, the file does not appear."""
    _guards.append(check)
    try:
        yield
    finally:
        _guards.remove(check)


@contextmanager
def appearing_whole(target: Path) -> Iterator[Path]:
    """Yield a private path beside `target`; on success sync it and rename it to `target`, on error remove it.

    The private name keeps the target's suffix, because many libraries choose a format by it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    private = target.with_name(f".{target.stem}.{uuid.uuid4().hex[:8]}{target.suffix}")
    try:
        yield private
        with private.open("rb") as stream:
            os.fsync(stream.fileno())
        for check in tuple(_guards):
            check()
        private.replace(target)
        sync_folder(target.parent)
    finally:
        private.unlink(missing_ok=True)


def write_bytes(target: Path, content: bytes) -> None:
    """Write `content` to `target`, whole or not at all."""
    with appearing_whole(target) as private:
        private.write_bytes(content)


def write_text(target: Path, content: str) -> None:
    """Write UTF-8 `content` to `target`, whole or not at all."""
    write_bytes(target, content.encode())


def write_json(target: Path, content: object) -> None:
    """Write `content` as indented JSON with a final newline; NaN and infinities are errors."""
    write_text(target, json.dumps(content, indent=2, allow_nan=False) + "\n")


def sync_folder(folder: Path) -> None:
    """Make a rename inside `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
