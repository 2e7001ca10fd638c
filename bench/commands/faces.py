"""Draw faces, or find, verify and fetch CelebA, as one CelebA-shaped folder; then say where it lies.

The settings choose the source: `data.source: drawn` draws faces beside the manifest; `celeba` takes CelebA from
`data.folder`, else from files placed by hand in data/celeba, else downloads it there; `folder` takes any CelebA-shaped
folder. The manifest is written last, so faces that have one are whole.

    python -m bench faces --config config/demo.yaml --output results/demo/data/faces.json
"""

import argparse

from bench.commands import options
from bench.data.faces import prepare
from bench.settings import load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config", "jobs", output="manifest of the faces, .json")


def run(arguments: argparse.Namespace) -> None:
    prepare(load_settings(arguments.config).data, arguments.output, arguments.jobs)
