"""Draws one plot from its tables into a file, with its title and what it shows in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pandas as pd

from bench import registry
from bench.analysis.contract import CONTRACT
from bench.errors import BenchError
from bench.plots.kit import theme
from bench.runtime.atomic_files import appearing_whole
from bench.runtime.result_files import read_csv
from bench.settings import Settings


def save(name: str, plot: ModuleType, inputs: Inputs, output: Path) -> None:
    """Draw in the house style and write `output`; the same inputs give the same bytes."""
    with theme.style(name), appearing_whole(output) as private:
        figure = plot.draw(inputs)
        metadata = {"Title": title(plot, inputs), "Description": describe(figure)}
        undated = {"Date": None} if suffix(plot) == "svg" else {}
        figure.savefig(private, format=suffix(plot), metadata=metadata | undated)


def suffix(plot: ModuleType) -> str:
    """The ending of a figure's file: `png` of image grids, `svg` of all others."""
    return "png" if "translations" in plot.NEEDS else "svg"


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


def describe(figure: theme.Figure) -> str:
    """What a figure shows, for those who do not see it: titles, axes and rows of panels, the legend; or a reason."""
    if not figure.axes:
        return " ".join(map(_text, figure.texts))
    panels = [words for axis in figure.axes if (words := _panel(axis))]
    legends = [_text(label) for legend in figure.legends for label in legend.get_texts()]
    count = f"{len(panels)} panels: " if len(panels) > 1 else ""
    return count + "; ".join(dict.fromkeys(panels)) + (f". Shown: {', '.join(legends)}" if legends else "") + "."


def _panel(axis: theme.Axes) -> str:
    across, upright = axis.get_xlabel(), axis.get_ylabel()
    axes = f"{upright} against {across}" if across and upright else across or upright
    rows, columns = _names(axis.get_yticklabels()), _names(axis.get_xticklabels())
    parts = [axis.get_title(loc="left"), axes, f"rows {rows}" if rows else "", f"columns {columns}" if columns else ""]
    return ", ".join(" ".join(words.split()) for words in parts if words)


def _names(labels: list[theme.Text]) -> str:
    """The labels in one line where they are words; '' where they are numbers."""
    words = [_text(label) for label in labels]
    return ", ".join(words) if any(word[:1].isalpha() for word in words) else ""


def _text(artist: theme.Text) -> str:
    return " ".join(artist.get_text().split())
