"""Arguments that several commands take."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_config(parser: argparse.ArgumentParser) -> None:
    """The argument that every command of a run takes."""
    parser.add_argument(
        "--config",
        type=Path,
        required=True,
        metavar="FILE",
        help="settings: config/demo.yaml, or a run's settings.json",
    )


def add_evaluation(parser: argparse.ArgumentParser) -> None:
    """What every command that scores final models takes."""
    parser.add_argument("--pack", type=Path, required=True, metavar="FILE", help="manifest of the packed faces")
    parser.add_argument(
        "--judges", type=Path, nargs=2, required=True, metavar=("A", "B"), help="weights of both judges"
    )
