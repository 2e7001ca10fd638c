"""Arguments that several commands take."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Cores that this process may use.
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
# All but --jobs are required.
SHARED: Mapping[str, tuple[str, dict[str, Any]]] = {
    "config": ("--config", {"type": Path, "help": "settings: config/demo.yaml, or a run's settings.json"}),
    "variant": ("--model", {"metavar": "ID", "help": "the variant, as <method>.<variant>"}),
    "pack": ("--pack", {"type": Path, "help": "manifest of the packed faces"}),
    "packs": ("--pack", {"type": Path, "nargs": "+", "help": "manifests of the packed faces, one a size"}),
    "judges": ("--judges", {"type": Path, "nargs": 2, "metavar": ("A", "B"), "help": "weights of both judges"}),
    "jobs": ("--jobs", {"type": int, "metavar": "N", "default": CORES, "help": "processes (default: all cores)"}),
}


def add(parser: argparse.ArgumentParser, *names: str, output: str = "") -> None:
    """Add arguments of `SHARED`; and `--output`, where `output` says what it is."""
    for name in names:
        flag, details = SHARED[name]
        usual: dict[str, Any] = {"metavar": "FILE", "required": "default" not in details}
        parser.add_argument(flag, **usual | details)
    if output:
        parser.add_argument("--output", type=Path, required=True, metavar="FILE", help=output)
