"""What the conda environments of the rules ask for, and what those packages are called on PyPI."""

import re
from collections.abc import Iterator

import yaml

from tests import ROOT

FILES = sorted(ROOT.glob("envs/*.yaml"))
PYPI_NAMES = {"pytorch": "torch", "py-opencv": "opencv-python-headless", "matplotlib-base": "matplotlib"}


def conda_ranges() -> Iterator[tuple[str, str]]:
    """(name, range) of every package that the channels must hold."""
    for file in FILES:
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["dependencies"]:
            if isinstance(entry, str):
                yield _parted(entry)


def pip_ranges() -> Iterator[tuple[str, str]]:
    """(name, range) of every package that pip adds."""
    for file in FILES:
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["dependencies"]:
            for line in entry["pip"] if isinstance(entry, dict) else []:
                yield _parted(line)


def _parted(line: str) -> tuple[str, str]:
    match = re.fullmatch(r"([\w.-]+)\s*(.*)", line)
    assert match is not None, line
    return match[1], match[2]
