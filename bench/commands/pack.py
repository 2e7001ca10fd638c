r"""Pack faces as memory-mapped uint8 arrays at one resolution, so that training never decodes an image.

Every image is cropped and resized once, by all cores, with one antialiased filter. The arrays land in the folder of
the manifest's stem; the manifest itself is written last, so a pack that exists is whole.

    python -m bench pack --config config/demo.yaml --faces results/demo/data/faces.json --size 32 \
        --output results/demo/data/pack32.json
"""

import argparse
from pathlib import Path

from bench.commands import options
from bench.data.faces import read_faces
from bench.data.packer import pack
from bench.settings import load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config", "jobs", output="manifest of the packed store, .json")
    parser.add_argument("--faces", type=Path, required=True, metavar="FILE", help="manifest that 'faces' wrote")
    parser.add_argument("--size", type=int, required=True, metavar="PX", help="side of the packed images")


def run(arguments: argparse.Namespace) -> None:
    data = load_settings(arguments.config).data
    pack(data, read_faces(arguments.faces), arguments.size, arguments.output, arguments.jobs)
