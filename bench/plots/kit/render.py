"""Draws one plot from its tables into a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pandas as pd

from bench import registry
from bench.analysis.contract import CONTRACT
from bench.errors import BenchError
from bench.plots.kit import alt_text, theme
from bench.runtime.atomic_files import appearing_whole
from bench.runtime.result_files import read_csv
from bench.settings import Settings


def save(name: str, plot: ModuleType, inputs: Inputs, output: Path) -> None:
    """Draw in the house style and write `output`; the same inputs give the same bytes."""
    with theme.style(name), appearing_whole(output) as private:
        figure, svg = plot.draw(inputs), plot.SUFFIX == "svg"
        metadata = {"Title": title(plot, inputs), "Description": alt_text.describe(figure)}
        figure.savefig(private, format=plot.SUFFIX, metadata=metadata | ({"Date": None} if svg else {}))


def title(plot: ModuleType, inputs: Inputs) -> str:
    """What the plot's tables show, in one sentence of its `finding(inputs)`; its TITLE where it has none to tell."""
    finding = getattr(plot, "finding", None)
    return (finding(inputs) if finding else "") or str(plot.TITLE)


def find(name: str) -> ModuleType:
    """The plot of that name; BenchError with the nearest valid name otherwise."""
    if name not in registry.plots():
        raise BenchError(f"No plot is called {name!r}.{registry.nearest(name, registry.plots())}")
    return registry.plots()[name]


def read_table(path: Path) -> pd.DataFrame:
    """A tidy table; BenchError if there is none."""
    return read_csv(path, "tables", CONTRACT.get(path.stem, ())[:2])


@dataclass(frozen=True)
class Inputs:
    """The settings, the tables that the plot's NEEDS names, and, where it needs them, translations and the pack."""

    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    translations: tuple[Path, ...] = ()
    pack: Path | None = None
