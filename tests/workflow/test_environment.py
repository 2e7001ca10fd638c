"""One machine or another: every import is declared, and the pins of the environments agree."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from bench import registry
from tests import ROOT
from tests.support.environments import PYPI_NAMES, conda_ranges, pip_ranges

NOT_IN_THE_LOCK = {"python", "pip"}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def lock() -> dict[str, Requirement]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pinned = [Requirement(line) for line in lines if not line.startswith("#")]
    return {canonical(requirement.name): requirement for requirement in pinned}


def direct() -> set[str]:
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    return {canonical(Requirement(line.split("#")[0]).name) for line in lines if line.split("#")[0].strip()}


def ranges() -> Iterator[tuple[str, str]]:
    """(name on PyPI, range) of every package of the conda environments."""
    for name, found in [*conda_ranges(), *pip_ranges()]:
        yield PYPI_NAMES.get(name, name), re.sub(r"^=(?!=)(.*)$", r"==\1.*", found)


def imported_distributions() -> set[str]:
    """The distributions, by canonical name, that the packages import."""
    modules: set[str] = set()
    packages = ["bench", *registry.methods()]
    for file in (file for package in packages for file in ROOT.joinpath(package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.split(".")[0])
    providers = metadata.packages_distributions()
    outside = modules - set(packages) - set(sys.stdlib_module_names)
    return {canonical(providers[module][0]) for module in outside}


def test_every_import_is_declared_with_its_reason() -> None:
    assert imported_distributions() - direct() == set()


def test_every_import_is_in_the_environment_of_the_rules() -> None:
    assert imported_distributions() - {canonical(name) for name, _ in ranges()} == set()


def test_every_direct_dependency_is_locked() -> None:
    assert direct() - set(lock()) == set()


def test_every_locked_package_has_one_exact_version_and_no_address() -> None:
    for name, requirement in lock().items():
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), name
        assert requirement.url is None, name


def test_the_installed_versions_are_the_locked_ones() -> None:
    for name in direct():
        requirement = lock()[name]
        assert requirement.specifier.contains(metadata.version(name), prereleases=True), name


def test_the_locked_versions_satisfy_the_ranges_of_the_environment() -> None:
    for name, found in ranges():
        if name not in NOT_IN_THE_LOCK:
            version = str(lock()[canonical(name)].specifier).removeprefix("==")
            assert SpecifierSet(found).contains(version), f"{name} {version} is outside {found}"
