"""Digests of source and settings: what a result depends on, so that an edit redoes what it touches and no more."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Modules that move values but make none: a change in them cannot change a number that the settings do not show.
PLUMBING = frozenset(
    {
        "bench.cli",
        "bench.runtime.digest",
        "bench.errors",
        "bench.runtime.atomic_files",
        "bench.workflow.single_writer",
        "bench.runtime.lease",
        "bench.settings.paths",
        "bench.runtime.process",
        "bench.runtime.progress",
        "bench.registry",
        "bench.settings",
    }
)


def source_digest(*names: str) -> str:
    """16 hex digits over the named modules, and every module of this repository that they import.

    A package name (`acl`) stands for all its modules. Comments, docstrings and layout do not count.
    """
    pending = sorted({file for name in names for file in _files(name)})
    seen: set[Path] = set()
    while pending:
        file = pending.pop()
        if file not in seen:
            seen.add(file)
            pending += [found for name in _module(file).imports for found in _module_file(name)]
    hasher = hashlib.sha256()
    for file in sorted(seen):
        hasher.update(f"{file.relative_to(ROOT)}\0{_module(file).code}\0".encode())
    return hasher.hexdigest()[:16]


def value_digest(value: object) -> str:
    """16 hex digits over any JSON-like value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _files(name: str) -> list[Path]:
    folder = ROOT.joinpath(*name.split("."))
    return sorted(folder.rglob("*.py")) if folder.is_dir() else _module_file(name)


def _module_file(name: str) -> list[Path]:
    if any(name == module or name.startswith(f"{module}.") for module in PLUMBING):
        return []
    base = ROOT.joinpath(*name.split("."))
    return [file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()]


@dataclass(frozen=True)
class _Module:
    """What counts of a module: its code without docstrings, and the names that it imports."""

    code: str
    imports: tuple[str, ...]


@cache
def _module(file: Path) -> _Module:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return _Module(ast.dump(tree), tuple(_imports(file, nodes)))


def _imports(file: Path, nodes: list[ast.AST]) -> Iterator[str]:
    package = ".".join(file.relative_to(ROOT).parent.parts)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = ".".join(parents[: len(parents) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)
