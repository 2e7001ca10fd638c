"""Digests of source, values and files: what a result depends on, so that an edit redoes what it touches and no more.

Standard library only, and one value on every Python from 3.11 on.
"""

import ast
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Modules and packages that move values but make none: an edit of them cannot change a number that the settings do not
# show. The downloads are the exception among the files of `bench.runtime`: faces come through them.
PLUMBING = (
    "bench.cli", "bench.errors", "bench.registry", "bench.runtime", "bench.settings", "bench.training.identity",
)  # fmt: skip
NO_PLUMBING = ("bench.runtime.download",)


@cache  # most of hundreds of jobs depend on the same modules, and Snakemake asks for each
def source_digest(*names: str) -> str:
    """16 hex digits over the named modules, and every module of this repository that they import.

    A package name (`acl`) stands for all its modules. Comments, docstrings, layout and imports for type checkers only
    do not count.
    """
    hasher = hashlib.sha256()
    for file in source_files(*names):
        hasher.update(f"{file.relative_to(ROOT)}\0{_module(file)[0]}\0".encode())
    return hasher.hexdigest()[:16]


def source_files(*names: str) -> list[Path]:
    """The files that `source_digest` of the same arguments covers, sorted."""
    pending = [file for name in names for file in _files(name)]
    covered: set[Path] = set()
    while pending:
        file = pending.pop()
        if file not in covered:
            covered.add(file)
            pending += _module(file)[1]
    return sorted(covered)


def value_digest(value: object) -> str:
    """16 hex digits over any JSON-like value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


def file_digest(file: Path, algorithm: str = "sha256") -> str:
    """The digest (`md5`, `sha256`) of a file's content, as hex digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest()


def _files(name: str) -> list[Path]:
    folder = ROOT.joinpath(*name.split("."))
    return sorted(folder.rglob("*.py")) if folder.is_dir() else _module_file(name)


def _module_file(name: str) -> list[Path]:
    if name not in NO_PLUMBING and any(name == module or name.startswith(f"{module}.") for module in PLUMBING):
        return []
    base = ROOT.joinpath(*name.split("."))
    return [file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()]


@cache
def _module(file: Path) -> tuple[str, set[Path]]:
    return parsed(file, file.read_text(encoding="utf-8"))


def parsed(file: Path, text: str) -> tuple[str, set[Path]]:
    """What counts of a module that lies in `file` and reads `text`.

    That is its code without docstrings, and the files of this repository that it imports.
    """
    tree = _Running().visit(ast.parse(text))
    return _text(tree), {path for name in _imports(file, tree) for path in _module_file(name)}


class _Running(ast.NodeTransformer):
    """Leaves out what does nothing when a program runs: docstrings, and what stands under TYPE_CHECKING."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        return super().generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.AST]:
        if ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            return [self.visit(statement) for statement in node.orelse]
        return self.generic_visit(node)


def _text(value: object) -> str:
    """A tree as text. Fields that are empty or None are left out: `ast.dump` prints them on some Pythons only."""
    if isinstance(value, ast.AST):
        fields = ((name, field) for name, field in ast.iter_fields(value) if field not in (None, [], ""))
        content = ", ".join(
            f"{name}={_text(field)}" for name, field in fields if not isinstance(field, ast.expr_context)
        )
        constant = f": {value.value!r}" if isinstance(value, ast.Constant) else ""  # also where it is None or ""
        return f"{type(value).__name__}({content}{constant})"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return repr(value)


def _imports(file: Path, tree: ast.AST) -> Iterator[str]:
    package = ".".join(file.relative_to(ROOT).parent.parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)
