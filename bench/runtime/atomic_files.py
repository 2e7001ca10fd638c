"""Files and folders appear whole or not at all: written under a private name beside the target, synced, renamed.

A fault of the disk becomes the BenchError that says what was being written, how much it needs and what to do.
"""

import errno
import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.errors import BenchError

FULL = (errno.ENOSPC, errno.EDQUOT)
FAULTS = {
    errno.EROFS: "its disk is read-only. Set 'results' to a folder that you may write to",
    errno.EACCES: "you may not write there. Set 'results' to a folder that you may write to, or mend the permissions",
    errno.EPERM: "you may not write there. Set 'results' to a folder that you may write to, or mend the permissions",
    errno.ENOTDIR: "a file stands where a folder is wanted. Move that file away",
    errno.EEXIST: "a file stands where a folder is wanted. Move that file away",
    errno.EISDIR: "a folder stands where a file is wanted. Move that folder away",
    errno.ENAMETOOLONG: "its name is too long for the disk. Give the run, or the folder above it, a shorter name",
    errno.EIO: "the disk fails. Look after it, then start again",
}
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
def appearing_whole(target: Path, folder: bool = False, needed_bytes: int | None = None) -> Iterator[Path]:
    """Yield a private path beside `target`; on success sync it and rename it to `target`, on error remove it.

    A file's private name keeps the target's suffix, because many libraries choose a format by it. A `folder` is there
    already, and replaces an old one; its writer holds a lease that covers it: what a killed one left is removed first.
    """
    suffix = ".partial" if folder else target.suffix
    stem = target.name if folder else target.stem
    private = target.with_name(f".{stem}.{uuid.uuid4().hex[:8]}{suffix}")
    try:
        with explained(target, needed_bytes, private):
            target.parent.mkdir(parents=True, exist_ok=True)
            if folder:
                for leftover in target.parent.glob(f".{stem}.*{suffix}"):
                    shutil.rmtree(leftover, ignore_errors=True)
                private.mkdir()
            yield private
            if folder:
                os.sync()  # at one go: one by one takes minutes where files are many
            else:
                with private.open("rb") as stream:
                    os.fsync(stream.fileno())
            for check in tuple(_guards):
                check()
            if folder and target.is_dir():
                shutil.rmtree(target)
            private.replace(target)
            folder_above = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder_above)  # makes the rename durable
            finally:
                os.close(folder_above)
    finally:
        if folder:
            shutil.rmtree(private, ignore_errors=True)
        else:
            with suppress(OSError):
                private.unlink()


@contextmanager
def explained(target: Path, needed_bytes: int | None = None, private: Path | None = None) -> Iterator[None]:
    """Turn a fault of the disk into the BenchError about `target`, which is written as `private`."""
    try:
        yield
    except Exception as error:  # of any kind: libraries wrap the system's fault
        number = number_of(error)
        written = _size(private) if number in FULL and private is not None else 0
        fault = disk_fault(number, target, needed_bytes, written)
        if fault is None or not _concerns(error, target, private or target):
            raise
        raise fault from None


def disk_fault(
    number: int | None, target: Path, needed_bytes: int | None = None, written_bytes: int = 0
) -> BenchError | None:
    """What to tell of the system's error `number` at `target`; None where it is no fault of the disk."""
    if number in FULL:
        return _no_space(target, needed_bytes, written_bytes)
    return BenchError(f"{target} cannot be written: {FAULTS[number]}.") if number in FAULTS else None


def number_of(error: BaseException) -> int | None:
    """The system's number of an error, also where a library has wrapped it in words of its own."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    wrapped = re.search(r"\(os error (\d+)\)", str(error))
    return int(wrapped.group(1)) if wrapped else None


def require_space(target: Path, needed_bytes: int) -> None:
    """BenchError if the disk that will hold `target` has fewer than `needed_bytes` free."""
    if free_bytes(target) < needed_bytes:
        raise _no_space(target, needed_bytes)


def _no_space(target: Path, needed_bytes: int | None, written_bytes: int = 0) -> BenchError:
    needed = f"{needed_bytes / 1e6:,.1f} MB" if needed_bytes is not None else f"over {written_bytes / 1e6:,.1f} MB"
    return BenchError(
        f"No space left for {target}: it needs {needed}, and {free_bytes(target) / 1e6:,.1f} MB are free. Free some "
        "space, or set 'results' to a folder on a larger disk, and start again: what is finished is kept."
    )


def free_bytes(target: Path) -> int:
    """Bytes free on the disk that holds, or would hold, `target`."""
    existing = next(parent for parent in (target.absolute(), *target.absolute().parents) if parent.exists())
    return shutil.disk_usage(existing).free


def write_bytes(target: Path, content: bytes) -> None:
    """Write `content` to `target`, whole or not at all."""
    with appearing_whole(target, needed_bytes=len(content)) as private:
        private.write_bytes(content)


def write_text(target: Path, content: str) -> None:
    """Write UTF-8 `content` to `target`, whole or not at all."""
    write_bytes(target, content.encode())


def write_json(target: Path, content: object) -> None:
    """Write `content` as indented JSON with a final newline; NaN and infinities are errors."""
    write_text(target, json.dumps(content, indent=2, allow_nan=False) + "\n")


def _concerns(error: Exception, target: Path, private: Path) -> bool:
    """Whether the file that an error names, if it names one, is what is written, or a folder above it."""
    file_name = getattr(error, "filename", None)
    place = target if file_name is None else Path(file_name)
    return place in (target, *target.parents) or private in (place, *place.parents)


def _size(path: Path) -> int:
    """Bytes in a file, or in all files of a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
