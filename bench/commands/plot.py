r"""Draw one figure from a run's tables.

A plot is one file in bench/plots; it names the tables it needs and draws them, and computes nothing. SVG files hold
their text as paths, so that they look alike everywhere. Image grids are PNG files and read translations and the pack.

    python -m bench plot --config config/demo.yaml --plot ablation --tables results/demo/tables --output ablation.svg
    python -m bench plot --config config/demo.yaml --plot faces --tables results/demo/tables \
        --translations results/demo/translations/*.safetensors --pack results/demo/data/pack32.json \
        --output faces.png
"""

import argparse
from pathlib import Path

from bench import registry
from bench.commands import options
from bench.errors import BenchError
from bench.plots.kit.render import Inputs, find, read_table, save
from bench.settings import load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config", output="the figure")
    parser.add_argument("--plot", required=True, metavar="NAME", help=f"one of: {', '.join(registry.plots())}")
    parser.add_argument("--tables", type=Path, required=True, metavar="DIR", help="folder of the run's tables")
    parser.add_argument("--translations", type=Path, nargs="*", default=[], metavar="FILE", help="for image grids")
    parser.add_argument(
        "--pack", type=Path, nargs="?", metavar="FILE", help="manifest of the packed images, for image grids"
    )


def run(arguments: argparse.Namespace) -> None:
    plot = find(arguments.plot)
    if "translations" in plot.NEEDS and not (arguments.translations and arguments.pack):
        raise BenchError(
            f"Plot {arguments.plot!r} shows images: name them with --translations FILE... and --pack FILE."
        )
    inputs = Inputs(
        load_settings(arguments.config),
        {name: read_table(arguments.tables / f"{name}.csv") for name in plot.NEEDS if name != "translations"},
        tuple(arguments.translations),
        arguments.pack,
    )
    save(arguments.plot, plot, inputs, arguments.output)
