"""Neck, ears, skull and skin: shading by the light, blush, texture of age, stubble and beard."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.data.drawn.canvas import Canvas, Floats, Mask, column, ellipse, mirrored, outline
from bench.data.drawn.look import Look
from bench.data.drawn.textures import mottle, read

_SKIN_STREAM = 3


def paint_neck(canvas: Canvas, look: Look) -> None:
    """The neck, in the shade of the chin."""
    wide = 29 if look.on["Male"] else 23
    neck = canvas.mask(outline(*mirrored((0, 20), (wide, 30), (wide, 62), (wide + 4, 78), (40, 92), (0, 104))))
    x, _ = canvas.local(neck)
    bright = np.clip(0.62 + look.identity.light[0] * x / 60, 0.25, 0.95).astype(np.float32)
    canvas.paint(neck, _skin_field(look, bright))
    chin = canvas.mask(ellipse(-5 * look.identity.light[0], look.chin - 6, wide + 8, 20), soft=4, like=neck)
    canvas.shade(chin.within(neck), (0.62, 0.54, 0.52))


def paint_ears(canvas: Canvas, look: Look) -> None:
    """Both ears, the one away from the light darker."""
    x = 48 * look.identity.head_width
    for side in (-1, 1):
        bright = np.array([[0.62 + 0.3 * look.identity.light[0] * side]])
        canvas.paint(canvas.mask(ellipse(side * x, 2, 7, 13)), _skin_field(look, bright))
    folds = [outline((side * (x + 3), -6), (side * (x + 4), 2), (side * (x + 1), 9), closed=False) for side in (-1, 1)]
    canvas.shade(canvas.stroke(*folds, width=1.6, soft=0.8), (0.72, 0.6, 0.57))


def paint_head(canvas: Canvas, look: Look) -> None:
    """The bare head, lit."""
    head = canvas.mask(look.head)
    x, y = canvas.coarse(head)
    light = look.identity.light
    nx, ny = (x - look.identity.turn) / 56, (y - 2) / 78
    nz = np.sqrt(np.maximum(1 - nx * nx - ny * ny, 0.02))
    bright = 0.18 + 0.88 * np.maximum(nx * light[0] + ny * light[1] + nz * light[2], -0.1)
    canvas.paint(head, _skin_field(look, head.enlarge(bright)))
    _blush(canvas, look, head)
    _folds(canvas, look, head)
    if not look.on["Young"]:
        _age(canvas, look, head)
    if look.on["Male"] or not look.on["No_Beard"]:
        _beard(canvas, look, head)


def _skin_field(look: Look, bright: NDArray[np.floating[Any]]) -> Floats:
    """Skin colour (3, h, w) at brightness (h, w): warm in the shade, towards white in full light."""
    dark, lit = column(look.shadow), column(look.skin)
    field: Floats = (lit - dark) * np.minimum(bright, 1.0, dtype=np.float32) + dark
    field += np.maximum(bright - 0.86, 0) * np.float32(0.42)
    return field


def _blush(canvas: Canvas, look: Look, head: Mask) -> None:
    depth = 0.46 if look.on["Rosy_Cheeks"] else 0.16 if look.on["Heavy_Makeup"] else 0.06
    height = 17 - 4 * look.smile
    cheeks = [ellipse(*look.inner(side * 27, height), 12, 8, 16) for side in (-1, 1)]
    canvas.paint(canvas.mask(*cheeks, soft=4).within(head), (0.88, 0.26, 0.27), depth + 0.08 * look.smile)


def _folds(canvas: Canvas, look: Look, head: Mask) -> None:
    """Smile folds from nose to mouth, lit cheeks above them, and the dimple of the chin."""
    depth = 0.16 * (not look.on["Young"]) + 0.42 * look.smile + 0.012 * look.gap
    reach = 24 + 6 * look.smile
    points = ((13, 15), (reach - 3, 25), (reach + 1, 38))
    folds = [outline(*(look.inner(side * x, y) for x, y in points), closed=False) for side in (-1, 1)]
    fold = canvas.stroke(*folds, width=2.4, soft=1.3)
    canvas.paint(fold.within(head), look.shadow, min(1.0, depth * 1.7))
    if look.smile:
        apples = [ellipse(*look.inner(side * 27, 15), 10, 7, 16) for side in (-1, 1)]
        canvas.paint(canvas.mask(*apples, soft=3.5).within(head), (1.0, 0.93, 0.88), 0.22 * look.smile)
    dent = canvas.mask(ellipse(look.identity.turn, look.chin - 13, 9, 2.2, 12), soft=2)
    canvas.shade(dent.within(head), (0.86, 0.8, 0.78))


def _age(canvas: Canvas, look: Look, head: Mask) -> None:
    """Blotches over the whole skin, wrinkles of the forehead, crow's feet and bags under the eyes."""
    depth = 0.6 + 0.4 * look.identity.age_depth
    random = look.identity.stream(_SKIN_STREAM)
    x, y = canvas.local(head)
    across, down = random.uniform(0, 512, 2)
    grain = read(mottle(), x * 1.4 + np.float32(across), y * 1.4 + np.float32(down))
    canvas.rgb[:, head.box[0], head.box[1]] *= (
        1 - (0.075 * depth) * np.array([[[0.7]], [[1.1]], [[1.2]]], np.float32) * grain * head.alpha
    )
    lines = [
        outline((-26, level + 2 + slant), (-9, level), (8, level + 1), (26, level + 3 - slant), closed=False)
        for level, slant in zip((-38, -33, -28), random.normal(0, 1, 3), strict=True)
    ]
    for side in (-1, 1):
        gap = side * look.identity.eye_gap
        lines += [outline((gap + side * 14, -9), (gap + side * 21, -9 + 4 * i), closed=False) for i in (-1, 0, 1)]
        lines.append(outline((gap - 10, 0), (gap, 4.5), (gap + 10, 1), closed=False))
        lines.append(outline((gap - 9, 4), (gap, 8), (gap + 10, 5), closed=False))
    lines += [outline((side * 21, 42), (side * 24, 52), closed=False) for side in (-1, 1)]
    canvas.paint(canvas.stroke(*lines, width=1.4, soft=0.7).within(head), look.shadow, 0.85 * depth)


def _beard(canvas: Canvas, look: Look, head: Mask) -> None:
    """Stubble on every man's jaw; a beard, in the colour of the hair, where No_Beard is off."""
    low, mouth = look.chin + 8, look.mouth_y
    temple = ((34.0, 0.0), (60.0, 0.0), (60.0, 14.0))  # its last point keeps it still where the chin moves
    right = ((0.0, 27.0), (17.0, 28.0), (30.0, 24.0), *temple, (60.0, low), (0.0, low + 4))
    cheeks_and_chin = outline(*mirrored(*right))
    lips = ellipse(
        look.identity.turn, mouth + look.gap / 3, look.identity.mouth_width + 3 + 6 * look.smile, 8 + look.gap / 2
    )
    jaw = canvas.mask(cheeks_and_chin, soft=3.5, without=(lips,), like=head).within(head)
    canvas.shade(jaw, (0.86, 0.88, 0.91))
    if look.on["No_Beard"]:
        return
    random = look.identity.stream(_SKIN_STREAM + 1)
    x, y = canvas.local(head)
    hairs = read(mottle(), x * 2.6 + np.float32(random.uniform(0, 512)), y * 1.1)
    dense = 0.62 + 0.3 * look.identity.beard_length
    canvas.paint(jaw * np.clip(dense + 0.16 * hairs, 0, 1), look.beard)
