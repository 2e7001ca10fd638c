"""A strip of faces: what the compared models make of the same faces, and the true counterfactuals."""

from __future__ import annotations

from bench.plots.kit import face_grids, order, theme
from bench.plots.kit.render import Inputs

TITLE = "The compared models and the truth on the same faces"
CAPTION = (
    "The first faces of the split, not picked; first training seed. One row per model, the true counterfactual last. A "
    "gap: the edit would change no label."
)
NEEDS = ("translations",)
FACES = 2


def draw(inputs: Inputs) -> theme.Figure:
    """Draw a block per face, side by side: a column per edit, a row per model."""
    faces, edits = face_grids.load(inputs.translations, inputs.pack, inputs.settings), inputs.settings.data.edits
    short = dict(zip(inputs.settings.compare.pair, order.pair_names(inputs.settings), strict=True))
    models = faces.of(list(short))
    labels = [short.get(model.id, theme.label(model.id)) for model in models]
    rows = list(range(min(FACES, len(faces.split))))
    truth = faces.split.counterfactuals is not None
    width, height = 0.55 * (len(edits) + 1) + 0.5, 0.55 * (len(models) + truth) + 0.6
    figure, axes = theme.grid(len(rows), FACES, width, height)
    for place, (axis, row) in enumerate(zip(axes, rows, strict=True)):
        makers = [*(model.image for model in models), *([faces.counterfactual] if truth else [])]
        tiles = [[faces.split.images[row], *(make(edit, row) for edit in edits)] for make in makers]
        columns = ["Source", *map(face_grids.wrapped, edits)]
        face_grids.mosaic(axis, tiles, columns, [*labels, "Truth"][: len(tiles)] if place == 0 else [])
    return figure
