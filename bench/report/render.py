"""Renders the report of a run as one self-contained page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bench import registry
from bench.analysis.contract import CONTRACT_TABLES
from bench.plots.kit.render import read_table
from bench.report.page import Run, context

NEEDED = (*CONTRACT_TABLES, "headline", "ablation")


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables that the page cannot do without, and all others that are there."""
    names = dict.fromkeys([*NEEDED, *sorted(file.stem for file in folder.glob("*.csv"))])
    return {name: read_table(folder / f"{name}.csv") for name in names}


def render(run: Run) -> str:
    """The whole page as HTML, with the figures of those plots whose tables the run has."""
    loader = PackageLoader("bench", "report")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    there = {*run.tables, "translations"}
    plots = {name: plot for name, plot in registry.plots().items() if there.issuperset(plot.NEEDS)}
    style, script = (Markup(loader.get_source(environment, name)[0]) for name in ("style.css", "script.js"))
    template = environment.get_template("template.html.j2")
    return template.render(context(run, plots), style=style, script=script)
