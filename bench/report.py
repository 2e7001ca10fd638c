r"""Render the self-contained report: one HTML file that opens from disk and loads nothing.

    python -m bench report --config config/demo.yaml --tables results/demo/tables --figures results/demo/figures \
        --output results/demo/report/index.html

Numbers and verdicts come from the tables, figures from the figures' folder. Cards (data, judges, winners, models) and
the translated faces are read from the run's own folder, as far as they are there.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from bench import cli, settings
from bench.files import write_text
from bench.paths import RunPaths
from bench.plot import all_plots, read_table
from bench.reporting.page import Run, context

TABLES = ("scores", "speed", "search", "time_to_target", "claims", "curves")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is read and where the page goes."""
    cli.add_config(parser)
    parser.add_argument("--tables", type=Path, required=True, metavar="DIR", help="folder of the run's tables")
    parser.add_argument("--figures", type=Path, required=True, metavar="DIR", help="folder of the run's figures")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the page")


def run(arguments: argparse.Namespace) -> None:
    """Render the page and write it whole."""
    chosen = settings.load(arguments.config)
    page = render(Run(chosen, read_tables(arguments.tables), arguments.figures, RunPaths(chosen.folder)))
    write_text(arguments.output, page)


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The contract's tables, and all others that are there."""
    names = dict.fromkeys([*TABLES, *sorted(file.stem for file in folder.glob("*.csv"))])
    return {name: read_table(folder / f"{name}.csv") for name in names}


def render(found: Run) -> str:
    """The whole page as HTML, with the figures of those plots whose tables the run has."""
    loader = PackageLoader("bench", "reporting")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )

    def source(name: str) -> Markup:
        return Markup(loader.get_source(environment, name)[0])

    there = {*found.tables, "translations"}
    variables = context(found, {name: plot for name, plot in all_plots().items() if there.issuperset(plot.NEEDS)})
    return environment.get_template("template.html.j2").render(
        variables,
        style=source("style.css"),
        script=source("script.js"),
        plotly=Markup(get_plotlyjs()) if variables["charts"] else "",
        chart_data=_embedded_json(variables["charts"]),
    )


def _embedded_json(content: object) -> Markup:
    """JSON that cannot close the script element it stands in."""
    return Markup(json.dumps(content, allow_nan=False, separators=(",", ":")).replace("</", "<\\/"))
