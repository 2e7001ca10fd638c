"""Figures of made tables, drawn as the workflow draws them."""

import pandas as pd
from matplotlib.figure import Figure

from bench import registry
from bench.plots.kit import render, theme
from bench.plots.kit.render import Inputs
from tests.support.made_tables import made_settings

PLOTS = registry.plots()
TABLE_PLOTS = [name for name, module in PLOTS.items() if "translations" not in module.NEEDS]
IMAGE_PLOTS = [name for name, module in PLOTS.items() if "translations" in module.NEEDS]


def inputs_of(name: str, tables: dict[str, pd.DataFrame]) -> Inputs:
    return Inputs(made_settings(), {table: tables[table] for table in PLOTS[name].NEEDS})


def figure_of(name: str, tables: dict[str, pd.DataFrame]) -> Figure:
    with theme.style(name):
        figure: Figure = PLOTS[name].draw(inputs_of(name, tables))
        figure.canvas.draw()
    return figure


def found_by(name: str, tables: dict[str, pd.DataFrame]) -> str:
    return render.title(PLOTS[name], inputs_of(name, tables))
