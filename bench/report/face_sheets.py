"""The page's edit grid: per model a sheet of tiles per part, so that one tile can show any part."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from bench.plots.kit import face_grids, theme, words
from bench.report.inline_figures import webp_address
from bench.settings import Settings

MOST_FACES = 6
PIXEL_BUDGET = 12_000_000
MASKED = {"mask": "masks", "segment": "segments"}


def build(files: Sequence[Path], pack: Path, settings: Settings) -> dict[str, Any]:
    """Sheets of the split's first faces, six, or as many as the page's weight allows, as the template takes them.

    `models` have a label and `parts`, a data address each; parts that a model lacks are absent. `shared` are the sheets
    of the source and, on drawn faces, of the true counterfactuals. `first` are the places of the models that stand side
    by side at first: the compared pair. `shown[face][edit]` says where the edit changes something; tiles are `side`
    pixels wide.
    """
    faces, edits = face_grids.load(files, pack, settings), settings.data.edits
    side = faces.split.images.shape[1]
    sheets = 2 + 3 * len(faces.models)
    rows = range(min(MOST_FACES, len(faces.split), max(1, PIXEL_BUDGET // (sheets * len(edits) * side**2))))

    def sheet(tile: Callable[[str, int], face_grids.Image | None]) -> str:
        tiles = [[tile(edit, row) for edit in edits] for row in rows]
        return webp_address(Image.fromarray(face_grids.joined(tiles, side)), quality=90)

    shared = {"source": sheet(lambda _, row: faces.split.images[row])}
    if faces.split.counterfactuals is not None:
        shared["true counterfactual"] = sheet(faces.counterfactual)
    models = []
    for model in faces.models:
        parts = {"translation": sheet(model.image)}
        if any(edit.masks is not None for edit in model.translations.edits.values()):
            parts |= {name: sheet(partial(model.image, part=part)) for name, part in MASKED.items()}
        models.append({"label": theme.label(model.id), "parts": parts})
    place = {model.id: at for at, model in enumerate(faces.models)}
    baseline, challenger = settings.compare.pair
    return {
        "models": models,
        "shared": shared,
        "first": (place.get(baseline, 0), place.get(challenger, len(place) - 1)),
        "edits": list(map(words.plain, edits)),
        "names": [faces.split.names[row] for row in rows],
        "shown": [[faces.models[0].image(edit, row) is not None for edit in edits] for row in rows],
        "side": side,
        "split": faces.split.name,
    }
