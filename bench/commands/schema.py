"""Print the JSON schema of the settings; editors use it to complete and check configuration files."""

from __future__ import annotations

import argparse

from bench.settings import settings_schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This command takes no arguments."""


def run(arguments: argparse.Namespace) -> None:
    """Print the schema."""
    print(settings_schema())
