"""The page's edit grid: per model a sheet of tiles per part, so that one tile can show any part."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from bench.analysis.models import compared
from bench.plots.kit import face_grids, theme

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bench.settings import Settings

    Tile = NDArray[np.uint8] | None


MOST_FACES = 6
PIXEL_BUDGET = 12_000_000
MASKED = {"mask": "masks", "segment": "segments"}
PARTS = ("translation", "source", "true counterfactual", "mask", "segment")


@dataclass(frozen=True)
class Sheets:
    """One model's tiles: a data address per part; parts that it lacks are absent."""

    label: str
    parts: dict[str, str]


@dataclass(frozen=True)
class Grids:
    """All models' tiles. `shown[face][edit]` says where the edit changes something; tiles are `side` pixels wide.

    `shared` are the sheets of the source and, on drawn faces, of the true counterfactuals; `first` are the places of
    the models that stand side by side at first: the compared pair.
    """

    models: tuple[Sheets, ...]
    shared: dict[str, str]
    first: tuple[int, int]
    edits: tuple[str, ...]
    names: tuple[str, ...]
    shown: tuple[tuple[bool, ...], ...]
    side: int
    split: str


def build(files: Sequence[Path], pack: Path, settings: Settings) -> Grids:
    """Sheets of the split's first faces: six, or as many as the page's weight allows."""
    faces, edits = face_grids.load(files, pack, settings), settings.data.edits
    side = faces.split.images.shape[1]
    sheets = 2 + 3 * len(faces.models)
    rows = range(min(MOST_FACES, len(faces.split), max(1, PIXEL_BUDGET // (sheets * len(edits) * side**2))))

    def sheet(tile: Callable[[str, int], Tile]) -> str:
        return _sheet([[tile(edit, row) for edit in edits] for row in rows], side)

    shared = {"source": sheet(lambda _, row: faces.source(row))}
    if faces.split.counterfactuals is not None:
        shared["true counterfactual"] = sheet(faces.counterfactual)
    models = []
    for model in faces.models:
        parts = {"translation": sheet(model.image)}
        if model.has_masks:
            parts |= {name: sheet(partial(model.image, part=part)) for name, part in MASKED.items()}
        models.append(Sheets(theme.label(model.id), parts))
    ids = [model.id for model in faces.models]
    baseline, challenger = compared(settings)
    first = (
        ids.index(baseline) if baseline in ids else 0,
        ids.index(challenger) if challenger in ids else len(ids) - 1,
    )
    shown = tuple(tuple(faces.models[0].image(edit, row) is not None for edit in edits) for row in rows)
    names = tuple(faces.split.names[row] for row in rows)
    return Grids(
        tuple(models), shared, first, tuple(map(face_grids.people, edits)), names, shown, side, faces.split.name
    )


def _sheet(tiles: Sequence[Sequence[Tile]], side: int) -> str:
    """The tiles side by side as one WebP image."""
    empty = np.zeros((side, side, 3), np.uint8)
    canvas = np.concatenate([np.concatenate([empty if tile is None else tile for tile in row], 1) for row in tiles])
    stream = io.BytesIO()
    Image.fromarray(canvas).save(stream, "webp", quality=90, method=6)
    return f"data:image/webp;base64,{base64.b64encode(stream.getvalue()).decode()}"
