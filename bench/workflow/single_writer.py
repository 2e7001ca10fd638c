"""A command that writes is a job: it runs under the lease on what it writes, or adopts what the same job just wrote.

A command module may define `outputs(arguments) -> Sequence[Path]`, all files that its run leaves; without it they are
`--output` alone. A job that had to wait, for a job with the same arguments, input files and source, and then finds all
outputs newly written, has nothing left to do.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from bench.registry import methods
from bench.runtime import lease
from bench.runtime.digest import source_digest, value_digest

FileState = tuple[int, int, int]


def run(module: ModuleType, arguments: argparse.Namespace) -> None:
    """Run the command `module`; under the lease on `--output` or `--output-folder` where it has one."""
    target = getattr(arguments, "output", None) or getattr(arguments, "output_folder", None)
    if target is None:
        module.run(arguments)
        return
    outputs = _outputs(module, arguments)
    before = [_state(path) for path in outputs]
    purpose = _purpose(module, arguments, (target, *outputs))
    with lease.hold(target, purpose) as held:
        after = [_state(path) for path in outputs]
        renewed = all(new is not None and new != old for old, new in zip(before, after, strict=True))
        if held.waited_for == purpose and outputs and renewed:
            print(f"Adopted {target}: the process that this one waited for did the same job.", file=sys.stderr)
            return
        module.run(arguments)


def _outputs(module: ModuleType, arguments: argparse.Namespace) -> tuple[Path, ...]:
    if hasattr(module, "outputs"):
        return tuple(module.outputs(arguments))
    output = getattr(arguments, "output", None)
    return () if output is None else (output,)


def _purpose(module: ModuleType, arguments: argparse.Namespace, written: tuple[Path, ...]) -> str:
    """Digest of all that decides what the job writes: command, arguments, state of the input files, source."""
    inputs = {str(path): _state(path) for path in _paths(arguments) if path not in written and path.is_file()}
    return value_digest([module.__name__, vars(arguments), inputs, source_digest(module.__name__, *methods())])


def _paths(arguments: argparse.Namespace) -> Iterator[Path]:
    for value in vars(arguments).values():
        yield from (item for item in (value if isinstance(value, list | tuple) else [value]) if isinstance(item, Path))


def _state(path: Path) -> FileState | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
