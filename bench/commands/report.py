r"""Render the self-contained report: one HTML file that opens from disk and loads nothing.

    python -m bench report --config config/demo.yaml --tables results/demo/tables --figures results/demo/figures \
        --output results/demo/report/index.html

Numbers and verdicts come from the tables, figures from the figures' folder. Cards (data, judges, winners, models) and
the translated faces are read from the run's own folder, as far as they are there.
"""

import argparse
from pathlib import Path

from bench.commands import options
from bench.report.page import Run, read_tables, render
from bench.runtime.atomic_files import write_text
from bench.settings import load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config", output="the page")
    parser.add_argument("--tables", type=Path, required=True, metavar="DIR", help="folder of the run's tables")
    parser.add_argument("--figures", type=Path, required=True, metavar="DIR", help="folder of the run's figures")


def run(arguments: argparse.Namespace) -> None:
    settings = load_settings(arguments.config)
    page = render(Run(settings, read_tables(arguments.tables), arguments.figures, settings.paths))
    write_text(arguments.output, page)
