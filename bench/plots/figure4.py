"""The paper's figure 4: source, translation, mask and generated segment."""

from __future__ import annotations

from itertools import product

from bench.plots.kit import face_grids, theme, words
from bench.plots.kit.render import Inputs

TITLE = "Figure 4: source, translation, mask and segment"
CAPTION = (
    "First faces that the combined edit changes, not picked. White in a mask is taken from the segment. An empty "
    "column: no mask, or no label changes."
)
NEEDS = ("translations",)
FACES = 3
COLUMNS = ("Source", "Translation", "Mask", "Segment", "True\ncounterfactual")
PARTS = ("images", "masks", "segments")


def draw(inputs: Inputs) -> theme.Figure:
    """Draw a row per edit, a column per model: the compared two, or the first where these were not translated."""
    faces = face_grids.load(inputs.translations, inputs.pack, inputs.settings)
    models = faces.of(inputs.settings.compare.pair[::-1])
    edits = sorted(inputs.settings.data.edits, key=lambda edit: "+" not in edit)
    rows = [row for row in range(len(faces.split)) if models[0].image(edits[0], row) is not None][:FACES]
    if not rows:
        return theme.blank(f"No face of the split is changed by {words.plain(edits[0])}.")
    width, height = 3.5 + 0.8 / len(models), 0.6 * len(rows) + 0.1 + 1.0 / len(edits)
    figure, axes = theme.grid(len(edits) * len(models), len(models), width, height)
    for axis, (edit, model) in zip(axes, product(edits, models), strict=True):
        parts = {row: [model.image(edit, row, part) for part in PARTS] for row in rows}
        tiles = [[faces.split.images[row], *parts[row], faces.counterfactual(edit, row)] for row in rows]
        face_grids.mosaic(axis, tiles, COLUMNS if edit == edits[0] else [], [])
        if model == models[0]:
            axis.set_ylabel(face_grids.wrapped(edit), fontsize=8)
        if edit == edits[0]:
            axis.set_title(theme.label(model.id))
    return figure
