"""Background and clothing: what no edit repaints (edits may still throw shade on clothes)."""

from __future__ import annotations

import cv2
import numpy as np

from bench.data.drawn.canvas import HEIGHT_PX, WIDTH_PX, Canvas, Colour, Floats, outline, scaled
from bench.data.drawn.identity import Identity
from bench.data.drawn.palette import HAIR_RANGES, hair_colour_between

_COLOUR_STREAM, _CLOTHES_STREAM = 1, 2


def paint_background(identity: Identity) -> Floats:
    """An out-of-focus scene (3, H, W) cluttered with shapes, many in colours of hair and skin."""
    random = identity.stream(_COLOUR_STREAM)
    width, height = WIDTH_PX // 3, HEIGHT_PX // 3  # out of focus: a third of the size holds it
    first, second = (_any_colour(identity, random) for _ in range(2))
    ramp = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    scene = np.ascontiguousarray(np.broadcast_to(first + (second - first) * ramp, (height, width, 3)), np.float32)
    for kind in random.integers(0, 3, random.integers(6, 16)):
        colour = tuple(float(value) for value in _any_colour(identity, random))
        x, y = int(random.integers(-3, width + 3)), int(random.integers(-3, height + 3))
        size = int(random.integers(3, 20))
        if kind == 0:
            cv2.circle(scene, (x, y), size // 2 + 2, colour, -1)
        elif kind == 1:
            cv2.rectangle(scene, (x, y), (x + size, y + int(random.integers(5, 46))), colour, -1)
        else:
            corners = random.integers(-size, size + 1, (4, 2)) + np.array([x, y])
            cv2.fillConvexPoly(scene, cv2.convexHull(corners.astype(np.int32)), colour)
    blurred = cv2.GaussianBlur(scene, (0, 0), float(random.uniform(0.8, 2.2)))
    full = cv2.resize(blurred, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(full.transpose(2, 0, 1), np.float32)


def paint_clothes(canvas: Canvas, identity: Identity) -> None:
    """Shoulders with a collar and folds."""
    random = identity.stream(_CLOTHES_STREAM)
    red, green, blue = _any_colour(identity, random) * random.uniform(0.5, 1.1)
    colour = (float(min(red, 1)), float(min(green, 1)), float(min(blue, 1)))
    collar, slope = random.uniform(74, 86), random.uniform(80, 92)
    vee, folds = random.random() < 0.5, random.uniform(-75, 75, (5, 2))
    right = [(20, 68), (30, 72), (58, slope), (86, slope + 14), (100, 150)]
    left = [(-x, y) for x, y in reversed(right)]
    neckline = outline(*right, *left, (-16, collar - 4), (0, collar + (14 if vee else 2)), (16, collar - 4))
    body = canvas.mask(neckline)
    canvas.paint(body, colour)
    x, _ = canvas.local(body)
    canvas.paint(body * np.clip(0.22 - x * identity.light[0] / 220, 0, 0.6), (0.0, 0.0, 0.0))
    lines = [outline((x, 90), ((x + end) / 2, 108), (end, 150), closed=False) for x, end in folds]
    canvas.shade(canvas.stroke(*lines, width=3, soft=1.5, like=body).within(body), 0.72)
    edge = outline(
        (-22, 68), (-15, collar - 3), (0, collar + (15 if vee else 3)), (15, collar - 3), (22, 68), closed=False
    )
    canvas.paint(canvas.stroke(edge, width=2.2), _trim(colour))


def _trim(colour: Colour) -> Colour:
    return scaled(colour, 0.6 if sum(colour) > 0.9 else 1.7)


def _any_colour(identity: Identity, random: np.random.Generator) -> Floats:
    """A colour (3,) of a scene: the person's skin, some hair colour, or any muted colour."""
    kind, place, light = random.random(3)
    if kind < 0.25:
        colour = np.array(identity.skin) * (0.7 + 0.5 * light)
    elif kind < 0.55:
        names = tuple(HAIR_RANGES)
        colour = np.array(hair_colour_between(names[int(place * len(names))], light))
    else:
        colour = np.clip(0.15 + 0.75 * light + random.normal(0, 0.13, 3), 0, 1)
    return np.asarray(np.clip(colour, 0, 1), np.float32)
