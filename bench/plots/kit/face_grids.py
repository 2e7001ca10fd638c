"""Source faces, their translations and their true counterfactuals, as image grids and the report show them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.data.store import Split, Store
from bench.evaluation.translations import Translations
from bench.plots.kit import order, theme, words
from bench.settings import Settings

Image = NDArray[np.uint8]
GAP_PX = 2


@dataclass(frozen=True)
class Model:
    """A trained model `<method>.<variant>` and its translations of one split."""

    id: str
    translations: Translations

    def image(self, edit: str, row: int, part: str = "images") -> Image | None:
        """`images`, `masks` or `segments` of one face; None where there is none. Grey masks come as (H, W, 3)."""
        edited = self.translations.edits.get(edit)
        array = None if edited is None else getattr(edited, part)
        if edited is None or array is None or row not in edited.rows[: len(array)]:
            return None
        image: Image = array[np.searchsorted(edited.rows, row)]
        return np.stack([image] * 3, axis=-1) if part == "masks" else image


@dataclass(frozen=True)
class Faces:
    """One split and what the models made of it."""

    split: Split
    models: tuple[Model, ...]

    def counterfactual(self, edit: str, row: int) -> Image | None:
        """The true counterfactual; None on photos, and where the edit changes no label."""
        truth = (self.split.counterfactuals or {}).get(edit)
        return None if truth is None or not truth.applies[row] else truth.images[row]

    def of(self, model_ids: Sequence[str]) -> list[Model]:
        """The first seed of the named models that were translated, in that order; the first model where none was."""
        by_id = {model.id: model for model in reversed(self.models)}
        return [by_id[model_id] for model_id in model_ids if model_id in by_id] or list(self.models[:1])


def load(files: Sequence[Path], pack: Path | None, settings: Settings) -> Faces:
    """The faces behind translation files `<method>.<variant>.seed<k>.safetensors`, all of the split that is shown.

    Models come in showing order.
    """
    assert pack is not None
    models = [Model(file.name.partition(".seed")[0], Translations.load(file)) for file in files]
    models.sort(key=lambda model: order.place(model.id, settings))
    return Faces(Store.open(pack).split(settings.scoring.shown_split), tuple(models))


def wrapped(edit: str) -> str:
    """An edit's name over a narrow column."""
    return "\n".join(textwrap.wrap(words.plain(edit), 9, break_long_words=False))


def joined(tiles: Sequence[Sequence[Image | None]], side: int, gap_px: int = 0, grey: int = 0) -> Image:
    """A table of images of `side` pixels as one image (H, W, 3); gaps, and tiles that are None, are grey, 0 to 255."""
    step = side + gap_px
    canvas = np.full((step * len(tiles) - gap_px, step * len(tiles[0]) - gap_px, 3), grey, np.uint8)
    for y, line in enumerate(tiles):
        for x, tile in enumerate(line):
            if tile is not None:
                canvas[y * step : y * step + side, x * step : x * step + side] = tile
    return canvas


def mosaic(
    axis: theme.Axes, tiles: Sequence[Sequence[Image | None]], columns: Sequence[str], rows: Sequence[str]
) -> None:
    """Show a table of equally large images; None leaves a gap. Labels stand above columns and left of rows."""
    side = next(tile.shape[0] for line in tiles for tile in line if tile is not None)
    step = side + GAP_PX
    axis.imshow(joined(tiles, side, GAP_PX, 255), interpolation="nearest")
    axis.set_xticks(step * np.arange(len(columns)) + side / 2, columns, fontsize=7)
    axis.set_yticks(step * np.arange(len(rows)) + side / 2, rows, fontsize=7)
    axis.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False)
    axis.grid(visible=False)
    axis.spines[:].set_visible(False)
