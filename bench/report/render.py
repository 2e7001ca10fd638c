"""Renders the report of a run as one self-contained page."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from bench import registry
from bench.analysis.contract import CONTRACT_TABLES
from bench.plots.kit.render import read_table
from bench.report.page import Run, context


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The contract's tables, and all others that are there."""
    names = dict.fromkeys([*CONTRACT_TABLES, *sorted(file.stem for file in folder.glob("*.csv"))])
    return {name: read_table(folder / f"{name}.csv") for name in names}


def render(found: Run) -> str:
    """The whole page as HTML, with the figures of those plots whose tables the run has."""
    loader = PackageLoader("bench", "report")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )

    def source(name: str) -> Markup:
        return Markup(loader.get_source(environment, name)[0])

    there = {*found.tables, "translations"}
    variables = context(found, {name: plot for name, plot in registry.plots().items() if there.issuperset(plot.NEEDS)})
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
