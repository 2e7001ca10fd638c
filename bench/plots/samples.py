"""What every model makes of the same faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import face_grids, theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "The same faces under every edit and model"
CAPTION = (
    "The first faces of the split, not picked. A block is one face: source, then one column an edit; one row a model "
    "(first training seed), the true counterfactual last where there is one. A gap: the edit would change no label of "
    "this face."
)
NEEDS = ("translations",)
SUFFIX = "png"
FACES = 4


def draw(inputs: Inputs) -> Figure:
    """Draw a block a face, two side by side."""
    assert inputs.pack is not None
    faces = face_grids.load(inputs.translations, inputs.pack, inputs.settings)
    rows = list(range(min(FACES, len(faces.split))))
    names = [theme.label(model.method, model.variant) for model in faces.models]
    truth = faces.split.counterfactuals is not None
    width, height = 0.62 * (len(faces.edits) + 1) + 1.0, 0.62 * (len(names) + truth) + 0.6
    figure, axes = theme.grid(len(rows), 2, width, height)
    for place, (axis, row) in enumerate(zip(axes, rows, strict=True)):
        tiles = [[faces.source(row), *(model.image(edit, row) for edit in faces.edits)] for model in faces.models]
        if truth:
            tiles.append([faces.source(row), *(faces.counterfactual(edit, row) for edit in faces.edits)])
        labels = [*names, "True counterfactual"][: len(tiles)]
        columns = ["Source", *(face_grids.wrapped(edit) for edit in faces.edits)]
        face_grids.mosaic(axis, tiles, columns if place < 2 else [], labels if place % 2 == 0 else [])
    return figure
