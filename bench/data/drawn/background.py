"""Background and clothing: what no edit repaints (edits may still throw shade on clothes)."""

import cv2
import numpy as np

from bench.data.drawn.canvas import HEIGHT_PX, WIDTH_PX, Canvas, Floats, column, outline, scaled
from bench.data.drawn.identity import Identity
from bench.data.drawn.look import HAIR_RANGES

_HAIR_RANGES = np.array(list(HAIR_RANGES.values()))
_SCENE_STREAM, _CLOTHES_STREAM = 1, 2


def paint_background(identity: Identity) -> Floats:
    """An out-of-focus scene (3, H, W) cluttered with shapes, many in colours of hair and skin."""
    random = identity.stream(_SCENE_STREAM)
    width, height = WIDTH_PX // 3, HEIGHT_PX // 3  # out of focus: a third of the size holds it
    shapes = int(random.integers(6, 16))
    first, second, *colours = _any_colours(identity, random, shapes + 2)
    ramp = np.arange(height, dtype=np.float32)[:, None, None] / (height - 1)
    scene = np.empty((height, width, 3), np.float32)
    scene[:] = first + (second - first) * ramp
    numbers = random.random((shapes, 5)).tolist()
    for colour, (kind, *place, size, shape) in zip(colours, numbers, strict=True):
        x, y = int(place[0] * (width + 6)) - 3, int(place[1] * (height + 6)) - 3
        _draw_shape(scene, colour.tolist(), kind, (x, y), 3 + int(17 * size), shape)
    blurred = cv2.GaussianBlur(scene, (0, 0), float(random.uniform(0.8, 2.2)))
    planes = np.empty((3, HEIGHT_PX, WIDTH_PX), np.float32)
    for plane, blurred_plane in zip(planes, cv2.split(blurred), strict=True):
        cv2.resize(blurred_plane, (WIDTH_PX, HEIGHT_PX), dst=plane)
    return planes


def _draw_shape(
    scene: Floats, colour: list[float], kind: float, place: tuple[int, int], size: int, shape: float
) -> None:
    """A disc, a post or a leaning quadrilateral."""
    x, y = place
    if kind < 0.33:
        cv2.circle(scene, place, size // 2 + 2, colour, -1)
    elif kind < 0.66:
        cv2.rectangle(scene, place, (x + size, y + 5 + int(41 * shape)), colour, -1)
    else:
        lean = int(size * (2 * shape - 1))
        corners = [(x - size, y - lean), (x + lean, y - size), (x + size, y + lean), (x - lean, y + size)]
        cv2.fillConvexPoly(scene, np.array(corners, np.int32), colour)


def paint_clothes(canvas: Canvas, identity: Identity) -> None:
    """Shoulders with a collar and folds."""
    random = identity.stream(_CLOTHES_STREAM)
    red, green, blue = np.minimum(_any_colours(identity, random, 1)[0] * random.uniform(0.5, 1.1), 1).tolist()
    colour = (red, green, blue)
    collar, slope = random.uniform(74, 86), random.uniform(80, 92)
    vee, folds = random.random() < 0.5, random.uniform(-75, 75, (5, 2)).tolist()
    right = [(20, 68), (30, 72), (58, slope), (86, slope + 14), (100, 150)]
    left = [(-x, y) for x, y in reversed(right)]
    neckline = outline(*right, *left, (-16, collar - 4), (0, collar + (14 if vee else 2)), (16, collar - 4))
    body = canvas.mask(neckline)
    x, _ = canvas.local(body)
    canvas.paint(body, column(colour) * np.clip(0.78 + x * (identity.light[0] / 220), 0.4, 1))
    lines = [outline((x, 90), ((x + end) / 2, 108), (end, 150), closed=False) for x, end in folds]
    canvas.shade(canvas.stroke(*lines, width=3, soft=1.5, like=body).within(body), 0.72)
    edge = outline(
        (-22, 68), (-15, collar - 3), (0, collar + (15 if vee else 3)), (15, collar - 3), (22, 68), closed=False
    )
    canvas.paint(canvas.stroke(edge, width=2.2), scaled(colour, 0.6 if sum(colour) > 0.9 else 1.7))


def _any_colours(identity: Identity, random: np.random.Generator, count: int) -> Floats:
    """Colours (count, 3) of a scene: the person's skin, some hair colour, or any muted colour."""
    kind, place, light = random.random((3, count, 1))
    muted = 0.15 + 0.75 * light + random.normal(0, 0.13, (count, 3))
    skin = np.array(identity.skin) * (0.7 + 0.5 * light)
    ends = _HAIR_RANGES[(place[:, 0] * len(_HAIR_RANGES)).astype(int)]
    hair = ends[:, 0] + (ends[:, 1] - ends[:, 0]) * light
    colours = np.where(kind < 0.25, skin, np.where(kind < 0.55, hair, muted))
    return np.asarray(np.clip(colours, 0, 1), np.float32)
