"""Reads what a run has written, and tells what of it is damaged: the file, why, and the command that makes it anew."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bench.errors import BenchError
from bench.runtime.digest import file_digest, value_digest

if TYPE_CHECKING:
    import pandas as pd

Value = TypeVar("Value")
# Columns that hold numbers, in whatever table they stand.
NUMBERS = frozenset({
    "seed", "value", "n", "images_seen", "train_seconds", "eval_seconds", "steps", "study", "trial", "objective",
    "fid", "attribute_accuracy", "preservation_accuracy", "resolution", "batch", "threads", "attributes",
    "milliseconds", "repeats", "gflop", "images_per_second", "estimate", "ci_low", "ci_high", "bar",
})  # fmt: skip


def read_json(file: Path, rule: str, make: Callable[[dict[str, Any]], Value]) -> Value:
    """What `make` makes of the mapping in a JSON file that `rule` wrote; BenchError where it cannot."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ValueError(f"it holds a {type(content).__name__}, not a mapping")
        return make(content)
    except KeyError as error:
        raise damaged(file, f"it lacks {error}", rule) from None
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(file, reason(error), rule) from None


def read_csv(file: Path, rule: str, columns: Sequence[str] = ()) -> pd.DataFrame:
    """The table that `rule` wrote to `file`; BenchError where it is none, lacks a column, or has text for a number."""
    import pandas as pd

    try:
        table = pd.read_csv(file)
    except (OSError, ValueError) as error:  # pandas' own errors are ValueErrors
        raise damaged(file, reason(error), rule) from None
    if len(table.columns) < 2:
        raise damaged(file, "it is no table", rule)
    if missing := [column for column in columns if column not in table]:
        raise damaged(file, f"it lacks column {missing[0]!r}", rule)
    for column in NUMBERS.intersection(table.columns):
        text = pd.to_numeric(table[column], errors="coerce").isna() & table[column].notna()
        if text.any():
            row = int(text.to_numpy().argmax())
            raise damaged(file, f"line {row + 2}: {column} is {table[column].iloc[row]!r}, not a number", rule)
    return table


def require_content(file: Path, expected: str, rule: str) -> None:
    """BenchError if the SHA-256 of `file`, which `rule` wrote, is not the one recorded when it was made.

    A file found right is remembered on this machine until its place, inode, size or times change, or the machine starts
    anew: reading takes about a second per GB, and hundreds of jobs open the same packed faces.
    """
    status = file.stat()
    state = [status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]
    stamp = machine_folder() / "checked" / value_digest([str(file.resolve()), expected, *state])
    if stamp.exists():
        return
    if file_digest(file) != expected:
        raise damaged(file, "its content is not what was written (another SHA-256)", rule)
    with suppress(OSError):  # without a stamp it is read again
        stamp.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        stamp.touch()


def machine_folder() -> Path:
    """Where this user keeps what concerns this machine alone: on the machine itself."""
    return Path(tempfile.gettempdir()) / f"acl-gan-benchmark-{os.getuid()}"


def damaged(file: Path, why: str, rule: str) -> BenchError:
    """The error about a file that `rule` makes."""
    return BenchError(
        f"{file} cannot be used: {why}. Delete it, and start the run again or make it with: python -m bench {rule}"
    )


def reason(error: Exception) -> str:
    """An error in words that fit into a sentence."""
    if isinstance(error, FileNotFoundError):
        return "it is not there"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, UnicodeDecodeError):
        return f"it is no text ({error.reason} at byte {error.start})"
    return " ".join(str(error).split()).rstrip(".")
