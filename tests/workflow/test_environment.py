"""Every import is declared, every declaration has a use, and the pins of all environments agree."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata, util
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from bench import registry
from tests import ROOT
from tests.support.environments import PYPI_NAMES, conda_ranges, pip_ranges

NOT_IN_THE_LOCK = {"python", "pip"}
# `name==version  # reason [witness]`; where nothing imports a package, the witness tells what needs it.
DECLARATION = re.compile(r"(?P<requirement>[^#]+?) +# (?P<reason>[^\[]+?)(?: \[(?P<witness>.+)\])?")
RUN, DEV = "requirements", "requirements-dev"


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def lock(name: str) -> dict[str, tuple[Requirement, int]]:
    """Requirement and number of hashes of every package that a lock pins."""
    text = (ROOT / f"{name}.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    pinned = [(Requirement(line.split(" --hash")[0]), line.count("--hash=sha256:")) for line in lines]
    return {canonical(requirement.name): (requirement, hashes) for requirement, hashes in pinned}


def declared(name: str) -> dict[str, str]:
    """The witness, often '', of every package that is declared."""
    ranges_by_name = {}
    for line in (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines():
        if not line.startswith(("#", "-c ")):
            match = DECLARATION.fullmatch(line)
            assert match is not None, f"{name}.in: {line!r} is not `package  # reason [witness]`"
            ranges_by_name[canonical(Requirement(match["requirement"]).name)] = match["witness"] or ""
    return ranges_by_name


def ranges() -> Iterator[tuple[str, str]]:
    """(name on PyPI, range) of every package of the conda environments."""
    for name, declared_ranges in [*conda_ranges(), *pip_ranges()]:
        yield PYPI_NAMES.get(name, name), re.sub(r"^=(?!=)(.*)$", r"==\1.*", declared_ranges)


def imported(*folders: str) -> set[str]:
    """The distributions, by canonical name, that the Python and rule files of these folders import."""
    modules: set[str] = set()
    for file in (file for folder in folders for file in sorted(ROOT.joinpath(folder).rglob("*"))):
        if file.suffix == ".py":
            modules |= set(imports(ast.parse(file.read_text(encoding="utf-8"))))
        elif file.suffix == ".smk" or file.name == "Snakefile":
            imported_names = re.findall(r"^(?:from|import) ([\w.]+)", file.read_text(encoding="utf-8"), re.MULTILINE)
            modules |= {name.split(".")[0] for name in imported_names}
    providers = metadata.packages_distributions()
    names = {"bench", "tests", *registry.methods(), *(path.stem for path in ROOT.glob("workflow/*"))}
    outside = modules - names - set(sys.stdlib_module_names)
    return {canonical(providers[module][0]) for module in outside}


def imports(tree: ast.AST) -> Iterator[str]:
    """Top-level names of all that a file imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


PRODUCT = ("bench", *registry.methods())


def unused(name: str, folders: Sequence[str]) -> list[str]:
    """Declared packages that no file imports, and whose witness does not hold either."""
    used = imported(*folders)
    return [
        package for package, witness in declared(name).items() if package not in used and not holds(witness, package)
    ]


def holds(witness: str, package: str) -> bool:
    """Whether a witness tells the truth: `imported by MODULE`, `of PACKAGE` (types), or `FILE: a text in it`."""
    if witness.startswith("imported by "):
        spec = util.find_spec(witness.removeprefix("imported by "))
        assert spec is not None
        assert spec.origin is not None
        return package in set(imports(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))))
    if witness.startswith("of "):
        return canonical(metadata.packages_distributions()[witness.removeprefix("of ")][0]) in imported(*PRODUCT)
    file, _, text = witness.partition(": ")
    return bool(text) and text in (ROOT / file).read_text(encoding="utf-8")


def test_every_import_of_the_product_is_declared_to_run() -> None:
    assert imported(*PRODUCT, "workflow") - set(declared(RUN)) == set()


def test_every_import_of_the_tests_is_declared() -> None:
    assert imported("tests") - set(declared(RUN)) - set(declared(DEV)) == set()


@pytest.mark.parametrize(("name", "folders"), [(RUN, (*PRODUCT, "workflow")), (DEV, ("tests",))])
def test_every_declared_package_is_imported_or_its_witness_holds(name: str, folders: Sequence[str]) -> None:
    assert unused(name, folders) == []


@pytest.mark.parametrize(
    ("witness", "package"),
    [
        ("", "pooch"),
        ("imported by torch.utils.tensorboard", "pooch"),
        ("of yte", "types-yte"),
        ("Makefile: flake8", "x"),
    ],
)
def test_a_witness_that_does_not_hold_is_seen(witness: str, package: str) -> None:
    assert not holds(witness, package)


def test_every_import_is_in_the_environment_of_the_rules_and_nothing_else() -> None:
    conda = {canonical(name) for name, _ in ranges()} - NOT_IN_THE_LOCK
    assert imported(*PRODUCT) - conda == set()
    assert conda - set(declared(RUN)) == set()


@pytest.mark.parametrize("name", [RUN, DEV])
def test_every_declared_package_is_locked_with_one_version_and_hashes(name: str) -> None:
    pinned = lock(name)
    assert set(declared(name)) - set(pinned) == set()
    for requirement, hashes in pinned.values():
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert requirement.url is None, requirement
        assert hashes > 0, requirement


def test_the_lock_holds_all_that_a_run_needs_and_nothing_of_the_tests() -> None:
    pinned, needed = lock(RUN), set(declared(RUN))
    pending = sorted(needed)
    while pending:
        package = pending.pop()
        for line in metadata.requires(package) or ():
            requirement = Requirement(line)
            name = canonical(requirement.name)
            wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if wanted and name not in needed:
                needed.add(name)
                pending.append(name)
    assert needed - set(pinned) == set()
    assert set(declared(DEV)) & set(pinned) <= {"packaging", "psutil"}  # which packages of a run need too


def test_both_locks_agree() -> None:
    run, dev = lock(RUN), lock(DEV)
    assert {name for name in run.keys() & dev.keys() if run[name][0].specifier != dev[name][0].specifier} == set()


@pytest.mark.parametrize("name", [RUN, DEV])
def test_the_installed_versions_are_the_locked_ones(name: str) -> None:
    for package in declared(name):
        requirement, _ = lock(name)[package]
        assert requirement.specifier.contains(metadata.version(package), prereleases=True), package


def test_the_locked_versions_satisfy_the_ranges_of_the_environment() -> None:
    for name, package in ranges():
        if name not in NOT_IN_THE_LOCK:
            version = str(lock(RUN)[canonical(name)][0].specifier).removeprefix("==")
            assert SpecifierSet(package).contains(version), f"{name} {version} is outside {package}"


def test_torch_for_the_cpu_leaves_out_what_gpus_need_and_nothing_else(tmp_path: Path) -> None:
    make = ["make", "--dry-run", "--always-make", ".venv/ready", "TORCH=cpu"]
    said = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    command = next(line for line in said.splitlines() if line.startswith("sed ")).partition(" > ")[0]
    rest = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    pins = re.compile(r"^([\w.-]+)==", re.MULTILINE)
    left_out = set(lock(RUN)) - {canonical(name) for name in pins.findall(rest)}
    assert {"torch", "torchvision", "triton"} <= left_out
    assert all(name.startswith(("nvidia-", "cuda-")) for name in left_out - {"torch", "torchvision", "triton"})
    assert len(re.findall(r"--hash", rest)) == sum(
        hashes for name, (_, hashes) in lock(RUN).items() if name not in left_out
    )
    installed = next(line for line in said.splitlines() if "--index-url" in line)
    assert "https://download.pytorch.org/whl/cpu" in installed
    ran = subprocess.run(
        installed[installed.index("$(") + 2 : -1], shell=True, cwd=ROOT, capture_output=True, text=True
    )
    assert ran.stdout.split() == [str(lock(RUN)[name][0]) for name in ("torch", "torchvision")]
