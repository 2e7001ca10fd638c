"""The paper's figure 4: source, translation, mask and generated segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import face_grids, theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Figure 4: source, translation, mask and segment"
CAPTION = (
    "As the paper's figure 4, for the combined edit and for every single attribute, with the same faces throughout: "
    "the first of the split that the combined edit changes, not picked. Beside the source its translation, the mask "
    "(white: taken from the segment; black: kept from the source), the generated segment, and the true counterfactual "
    "where there is one. A model without a mask leaves its columns empty; so does an edit that changes no label of a "
    "face. First training seed; the test split where it is scored, else valid."
)
NEEDS = ("translations",)
SUFFIX = "png"
FACES = 3
COLUMNS = ("Source", "Translation", "Mask", "Segment", "True\ncounterfactual")
PARTS = ("images", "masks", "segments")


def draw(inputs: Inputs) -> Figure:
    """Draw a row an edit, a column a model: the two that are compared, or the first where these were not translated."""
    from matplotlib.figure import Figure

    assert inputs.pack is not None
    faces = face_grids.load(inputs.translations, inputs.pack, inputs.settings)
    models = _compared(faces, inputs)
    edits = sorted(faces.edits, key=lambda edit: "+" not in edit)
    rows = faces.rows(FACES, edits[:1])
    if not rows:
        return theme.blank(f"No face of the split is changed by {face_grids.people(edits[0])}.")
    figure = Figure(figsize=(3.5 * len(models) + 0.8, (0.6 * len(rows) + 0.1) * len(edits) + 1.0))
    axes = figure.subplots(len(edits), len(models), squeeze=False)
    for line, edit in zip(axes, edits, strict=True):
        for axis, model in zip(line, models, strict=True):
            tiles = [
                [
                    faces.source(row),
                    *(model.image(edit, row, part) for part in PARTS),
                    faces.counterfactual(edit, row),
                ]
                for row in rows
            ]
            face_grids.mosaic(axis, tiles, COLUMNS if edit == edits[0] else [], [])
        line[0].set_ylabel(face_grids.wrapped(edit), fontsize=8)
    for axis, model in zip(axes[0], models, strict=True):
        axis.set_title(theme.label(model.method, model.variant))
    return figure


def _compared(faces: face_grids.Faces, inputs: Inputs) -> list[face_grids.Model]:
    wanted = (inputs.settings.compare.challenger, inputs.settings.compare.baseline)
    found = [model for name in wanted for model in faces.models if f"{model.method}.{model.variant}" == name]
    return found or list(faces.models[:1])
