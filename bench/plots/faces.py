"""A strip of faces: the source, what the compared models make of it, and the true counterfactual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import face_grids, pair, theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "The compared models and the truth, side by side"
CAPTION = (
    "First faces of the split that each edit changes, not picked; first training seed. Columns: source, each compared "
    "model, and the true counterfactual where there is one."
)
NEEDS = ("translations",)
SUFFIX = "png"
FACES = 2


def draw(inputs: Inputs) -> Figure:
    """Draw a block per edit, two faces each."""
    from matplotlib.figure import Figure

    assert inputs.pack is not None
    faces = face_grids.load(inputs.translations, inputs.pack, inputs.settings)
    wanted, names = (inputs.settings.compare.baseline, inputs.settings.compare.challenger), pair.names(inputs.settings)
    short = dict(zip(wanted, (names.baseline, names.challenger), strict=True))
    models = [model for model in faces.models if f"{model.method}.{model.variant}" in wanted] or list(faces.models[:1])
    labels = [short.get(f"{m.method}.{m.variant}", theme.label(m.method, m.variant)) for m in models]
    truth = faces.split.counterfactuals is not None
    edits = [edit for edit in faces.edits if faces.rows(1, [edit])]
    if not edits:
        return theme.blank("No face of the split is changed by an edit.")
    columns = ["Source", *labels, *(["Truth"] if truth else [])]
    figure = Figure(figsize=(0.3 + 0.42 * len(columns) * len(edits), 0.5 + 0.42 * FACES))
    axes = figure.subplots(1, len(edits), squeeze=False)[0]
    for axis, edit in zip(axes, edits, strict=True):
        tiles = [
            [faces.source(row), *(model.image(edit, row) for model in models)]
            + ([faces.counterfactual(edit, row)] if truth else [])
            for row in faces.rows(FACES, [edit])
        ]
        face_grids.mosaic(axis, tiles, columns, [])
        axis.tick_params(axis="x", labelsize=5)
        axis.set_title(face_grids.people(edit), fontsize=7, loc="left")
    return figure
