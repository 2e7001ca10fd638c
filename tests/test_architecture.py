"""The order of the packages: an import goes down, never up; rule = subcommand = module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from bench import cli, registry
from tests import ROOT

# Bottom up: a package may import itself and those before it. docs/design.md says what each is for.
ORDER = (
    "errors", "runtime", "method", "registry", "settings", "blocks", "data", "training", "evaluation",
    "metrics", "search", "analysis", "experiments", "plots", "workflow", "report", "commands", "cli", "__main__",
)  # fmt: skip
BLOCKS, EXPERIMENTS = ORDER.index("blocks"), ORDER.index("experiments")


def test_no_import_runs_up() -> None:
    assert [f"{file} imports {name}" for file, name in arrows() if floor(name) > floor(module_of(file))] == []


def test_no_two_modules_import_each_other() -> None:
    graph: dict[str, set[str]] = {}
    for file, name in arrows():
        graph.setdefault(module_of(file), set()).add(name)
    list(TopologicalSorter(graph).static_order())  # raises CycleError, which names the cycle


def test_a_method_stands_on_the_contract_and_the_blocks_and_its_claims_on_the_analysis() -> None:
    for file, name in arrows(*registry.methods()):
        top = name.split(".")[0]
        if top == "bench":
            claims = Path(file).stem in ("claims", "_measures", "_gradient_measures", "_refusals")
            assert floor(name) <= (EXPERIMENTS if claims else BLOCKS), f"{file} imports {name}"
        else:
            assert top == Path(file).parts[0], f"{file} imports {name}"


def test_commands_are_modules_and_only_the_command_line_imports_them() -> None:
    files = {file.stem for file in (ROOT / "bench" / "commands").glob("[a-z]*.py")} - {"options"}
    assert files == set(cli.COMMANDS)
    assert [
        (file, name) for file, name in arrows() if name.startswith("bench.commands.") and "options" not in name
    ] == []


def test_every_rule_is_a_command() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "workflow" / "rules").glob("*.smk")))
    rules = dict(re.findall(r'^rule (\w+):.*?"python -m bench (\w+)', text, re.M | re.S))
    assert len(rules) == len(re.findall(r"^rule ", text, re.M))
    assert {name: command for name, command in rules.items() if name != command} == {}


def arrows(*packages: str) -> Iterator[tuple[str, str]]:
    """Every import between modules of this repository: the file, and the module that it imports."""
    for package in packages or ("bench",):
        for file in sorted((ROOT / package).rglob("*.py")):
            for name in imported(file):
                if name != module_of(str(file.relative_to(ROOT))):
                    yield str(file.relative_to(ROOT)), name


def imported(file: Path) -> Iterator[str]:
    """The repository's modules that a file imports, under TYPE_CHECKING and inside functions too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join((*file.relative_to(ROOT).parent.parts[: 1 - node.level or None],)) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            names = [
                module_name if is_module(module_name := f"{module}.{alias.name}") else module for alias in node.names
            ]
        else:
            continue
        yield from (name for name in names if is_module(name))


def is_module(name: str) -> bool:
    """Whether a dotted name is a module of this repository."""
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def module_of(file: str) -> str:
    """The dotted name of a file."""
    return ".".join(Path(file).with_suffix("").parts).removesuffix(".__init__")


def floor(name: str) -> int:
    """The place in the order of a module of `bench`."""
    parts = name.split(".")
    return ORDER.index(parts[1]) if len(parts) > 1 else -1
