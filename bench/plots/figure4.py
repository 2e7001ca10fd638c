"""The paper's figure 4: source, translation, mask and generated segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots import _faces, _style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots._inputs import Inputs

TITLE = "Figure 4: source, translation, mask and segment"
CAPTION = (
    "As the paper's figure 4: the first faces of the split that the edit changes, not picked; their translation, the "
    "mask (white: taken from the segment; black: kept from the source) and the generated segment, and beside them the "
    "true counterfactual where there is one. Models without a mask leave its columns empty."
)
NEEDS = ("translations",)
SUFFIX = "png"
FACES = 5
COLUMNS = ("Source", "Translation", "Mask", "Segment", "True\ncounterfactual")


def draw(inputs: Inputs) -> Figure:
    """Draw a block a model: the two that are compared, or the first where these were not translated."""
    assert inputs.pack is not None
    faces = _faces.load(inputs.translations, inputs.pack, inputs.settings.data.edits)
    compared = (inputs.settings.compare.challenger, inputs.settings.compare.baseline)
    models = [model for name in compared for model in faces.models if f"{model.method}.{model.variant}" == name]
    models = models or list(faces.models[:1])
    edit = faces.edits[-1]
    rows = faces.rows(FACES, [edit])
    if not rows:
        return _style.blank(f"No face of the split is changed by {edit}.")
    figure, axes = _style.grid(len(models), 2, 4.3, 0.72 * len(rows) + 0.9)
    for axis, model in zip(axes, models, strict=True):
        parts = ("images", "masks", "segments")
        tiles = [
            [faces.source(row), *(model.image(edit, row, part) for part in parts), faces.counterfactual(edit, row)]
            for row in rows
        ]
        _faces.mosaic(axis, tiles, COLUMNS, [])
        axis.set_title(f"{_style.label(model.method, model.variant)}\n{_faces.people(edit)}")
    return figure
