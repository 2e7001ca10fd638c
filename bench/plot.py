r"""Draw one figure from a run's tables.

A plot is one file in bench/plots; it names the tables it needs and draws them, and computes nothing. SVG files hold
their text as paths, so that they look alike everywhere. Image grids are PNG files and read translations and the pack.

    python -m bench plot --config config/demo.yaml --plot ladder --tables results/demo/tables --output ladder.svg
    python -m bench plot --config config/demo.yaml --plot samples --tables results/demo/tables \
        --translations results/demo/translations/*.valid.safetensors --pack results/demo/data/pack32.json \
        --output samples.png
"""

from __future__ import annotations

import argparse
from pathlib import Path
from types import ModuleType

import pandas as pd

import bench.plots
from bench import cli, registry, settings
from bench.errors import BenchError
from bench.files import appearing_whole
from bench.plots import _style, _words
from bench.plots._inputs import Inputs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The plot's name, what it reads and where it goes."""
    cli.add_config(parser)
    parser.add_argument("--plot", required=True, metavar="NAME", help=f"one of: {', '.join(all_plots())}")
    parser.add_argument("--tables", type=Path, required=True, metavar="DIR", help="folder of the run's tables")
    parser.add_argument("--translations", type=Path, nargs="*", default=[], metavar="FILE", help="for image grids")
    parser.add_argument("--pack", type=Path, metavar="FILE", help="manifest of the packed images, for image grids")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the figure")


def run(arguments: argparse.Namespace) -> None:
    """Draw the figure and write it whole."""
    plot = find(arguments.plot)
    if "translations" in plot.NEEDS and not (arguments.translations and arguments.pack):
        raise BenchError(
            f"Plot {arguments.plot!r} shows images: name them with --translations FILE... and --pack FILE."
        )
    inputs = Inputs(
        settings.load(arguments.config),
        {name: read_table(arguments.tables / f"{name}.csv") for name in plot.NEEDS if name != "translations"},
        tuple(arguments.translations),
        arguments.pack,
    )
    save(arguments.plot, plot, inputs, arguments.output)


def save(name: str, plot: ModuleType, inputs: Inputs, output: Path) -> None:
    """Draw in the house style and write `output`; the same inputs give the same bytes."""
    with _style.style(name), appearing_whole(output) as private:
        figure, svg = plot.draw(inputs), plot.SUFFIX == "svg"
        metadata = {"Title": plot.TITLE, "Description": _words.describe(figure)} | ({"Date": None} if svg else {})
        figure.savefig(private, format=plot.SUFFIX, metadata=metadata, transparent=svg)


def all_plots() -> dict[str, ModuleType]:
    """Every plot by name."""
    return dict(registry.plugins(bench.plots))


def find(name: str) -> ModuleType:
    """The plot of that name; BenchError with the nearest valid name otherwise."""
    if name not in all_plots():
        raise BenchError(f"No plot is called {name!r}.{registry.nearest(name, all_plots())}")
    return all_plots()[name]


def read_table(path: Path) -> pd.DataFrame:
    """A tidy table; BenchError if there is none."""
    try:
        return pd.read_csv(path)
    except FileNotFoundError:
        raise BenchError(f"No table {path}. Make the run's tables with `python -m bench tables`.") from None
