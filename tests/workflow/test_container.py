"""`--sdm apptainer`: the image is built from the lock that the tests use, and every rule runs in it.

No image is built here: a stand-in for apptainer notes which image each rule names and runs its command.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from tests import ROOT

DEFINITION = ROOT / "envs" / "bench.def"
IMAGE = ROOT / "envs" / "bench.sif"
STAND_IN = """#!/bin/bash
if [ "$1" = --version ]; then echo "apptainer version 1.4.0"; exit; fi
while [ "$1" != exec ]; do shift; done
echo "$*" >> "$APPTAINER_WITNESS"
exec bash -c "${@: -1}"
"""


def sections() -> dict[str, str]:
    """The definition's sections by name; '' is its header."""
    parts = re.split(r"^%(\w+)$", DEFINITION.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_image_holds_the_versions_of_the_lock() -> None:
    source, target = sections()["files"].split()
    assert (ROOT / source) == ROOT / "requirements.lock"
    assert f"-r {target}" in sections()["post"]


def test_the_images_python_is_one_that_the_project_supports() -> None:
    version = re.search(r"^From: python:([\d.]+)", sections()[""], re.MULTILINE)
    needed = re.search(r'^requires-python = "(.*)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version is not None
    assert needed is not None
    assert SpecifierSet(needed[1]).contains(version[1])


def test_the_definition_says_how_to_build_the_image_that_the_rules_name() -> None:
    assert f"apptainer build {IMAGE.relative_to(ROOT)} {DEFINITION.relative_to(ROOT)}" in sections()[""]
    assert 'container: str(ROOT / "envs" / "bench.sif")' in (ROOT / "workflow" / "Snakefile").read_text(
        encoding="utf-8"
    )


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_rule_that_runs_names_the_image(tmp_path: Path) -> None:
    program, witness = tmp_path / "apptainer", tmp_path / "witness"
    program.write_text(STAND_IN, encoding="utf-8")
    program.chmod(0o755)
    path = os.pathsep.join([str(tmp_path), str(Path(sys.executable).parent), os.environ["PATH"]])
    smoke = str(ROOT / "tests" / "config" / "smoke.yaml")
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "1"]
    done = subprocess.run(
        [*command, "--sdm", "apptainer", "--configfile", smoke, "--until", "pack"], cwd=tmp_path, text=True,
        capture_output=True, check=False, env=dict(os.environ) | {"PATH": path, "APPTAINER_WITNESS": str(witness)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    ran = witness.read_text(encoding="utf-8")
    assert len(re.findall(f"exec .*{re.escape(str(IMAGE))} bash -c", ran)) == 2
    assert re.findall(r"python -m bench (\w+)", ran) == ["faces", "pack"]
    assert (tmp_path / "results" / "smoke" / "data" / "pack16.json").is_file()
