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
