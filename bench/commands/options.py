"""Arguments that several commands take."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.runtime.workers import available_cores

# All but --jobs are required.
SHARED: Mapping[str, tuple[str, dict[str, Any]]] = {
    "config": ("--config", {"type": Path, "help": "settings: config/demo.yaml, or a run's settings.json"}),
    "variant": ("--model", {"metavar": "ID", "help": "the variant, as <method>.<variant>"}),
    "pack": ("--pack", {"type": Path, "help": "manifest of the packed faces"}),
    "packs": ("--pack", {"type": Path, "nargs": "+", "help": "manifests of the packed faces, one a size"}),
    "judges": ("--judges", {"type": Path, "nargs": 2, "metavar": ("A", "B"), "help": "weights of both judges"}),
    "jobs": (
        "--jobs",
        {"type": int, "metavar": "N", "default": available_cores(), "help": "processes (default: all cores)"},
    ),
}


def add(parser: argparse.ArgumentParser, *names: str, output: str = "") -> None:
    """Add arguments of `SHARED`; and `--output`, where `output` says what it is."""
    for name in names:
        flag, details = SHARED[name]
        usual: dict[str, Any] = {"metavar": "FILE", "required": "default" not in details}
        parser.add_argument(flag, **usual | details)
    if output:
        parser.add_argument("--output", type=Path, required=True, metavar="FILE", help=output)
