"""Hair, hats and glasses. Hair hangs behind the head and frames the face; it has strands, gloss, and a shadow."""

import math

import numpy as np

from bench.data.drawn.canvas import Canvas, Floats, Mask, column, ellipse, moved, outline, scaled
from bench.data.drawn.look import EYE_Y, Look
from bench.data.drawn.textures import read, strands

_HAIR_STREAM = 5
_SHOULDERS = np.array(
    [(-24, 68), (24, 68), (58, 92), (86, 106), (100, 160), (-100, 160), (-86, 106), (-58, 92)], np.float32
)


class Hair:
    """Hair ready to paint: all of it, the part before the face, its shadow; its lit colour (3, h, w) in `all`'s box."""

    def __init__(self, canvas: Canvas, look: Look) -> None:
        outer, opening = _outer(look), _opening(look)
        self.all = canvas.mask(outer)
        self.front = canvas.mask(outer, without=(opening,), like=self.all)
        lower = moved(opening, -1.5 * look.identity.light[0], 5.0)
        shadow = canvas.mask(outer, without=(lower,), soft=5.0)
        person = canvas.mask(outer, look.head, _SHOULDERS, like=shadow)  # nothing falls on the scene behind
        self.shadow = shadow.within(person)
        self.colour = _strand_colour(canvas, look, self.all)


def _waved(look: Look, x: float, y: float) -> tuple[float, float]:
    """A point of an outline below the temples, moved by waves if hair is wavy."""
    if not look.on["Wavy_Hair"] or y < -10:
        return x, y
    return x + 4.5 * math.sin(y / 7.5 + look.identity.wave_phase + (x > 0)), y


def _outer(look: Look) -> Floats:
    """The outline of all hair."""
    who, end = look.identity, look.length
    volume = (4 if look.on["Bald"] else 7) + 9 * who.hair_volume + (3 if look.on["Wavy_Hair"] else 0)
    top, wide = 64 * who.head_length + volume, 48 * who.head_width + 0.8 * volume
    temple = [(wide, -14.0), (0.93 * wide, -38.0), (0.62 * wide, -0.86 * top)]
    crown = [*((-x, y) for x, y in temple), (0.14 * wide * who.parting, -top), *temple[::-1]]
    if not look.has_locks:
        return outline(
            *crown, (wide - 2, end), (0.8 * wide, end + 2), (0, end - 14), (-0.8 * wide, end + 2), (-wide + 2, end)
        )
    levels = np.arange(6, end, 13)
    swell = 1.02 + 0.10 * who.hair_volume
    right = [_waved(look, wide * (swell + 0.0016 * y), float(y)) for y in levels]
    left = [_waved(look, -wide * (swell + 0.0016 * y), float(y)) for y in levels[::-1]]
    tips = ((0.88, 3), (0.5, -5), (0.0, -2), (-0.5, -4), (-0.88, 3))
    return outline(*crown, *right, *((share * wide, end + drop) for share, drop in tips), *left)


def _opening(look: Look) -> Floats:
    """The outline of the face that hair leaves free: hairline or fringe above, locks at the sides."""
    who, short = look.identity, not look.has_locks
    line = -41 * who.head_length + who.hairline - (7 if look.on["Bald"] else 0) - (2 if look.on["Male"] else 0)
    part = 22 * who.parting
    side = 47.5 * who.head_width if short else 40.5 + who.hairline
    if look.on["Bangs"]:
        top = _fringe(look, side)
    elif short:
        top = [(-41, -20), (-33, line + 4), (-13, line - 1), (13, line - 2), (33, line + 4), (41, -20)]
    else:
        left, right = (part - side) / 2 - 8, (part + side) / 2 + 8
        top = [(-side, -12), (left, line + 8), (part, line - 6), (right, line + 8), (side, -12)]
    side_edge = [(47.8, -4.0), (52.0, 10.0), (56.0, 60.0)]
    if not short:
        levels = range(12, int(max(look.length, 30)) + 30, 14)
        side_edge = [(side + 1, 0.0), *((37.0 + 2.0 * math.sin(y / 8 + who.wave_phase), float(y)) for y in levels)]
    return outline(*top, *side_edge, *((-x, y) for x, y in side_edge[::-1]))


def _fringe(look: Look, side: float) -> list[tuple[float, float]]:
    """The lower edge of bangs, left to right: an arc just above the brows, frayed, longer to one side."""
    random = look.identity.stream(_HAIR_STREAM)
    places = np.linspace(-1, 1, 11)
    ragged = random.uniform(-2.2, 2.2, 11) + 2.0 * (np.arange(11) % 2)
    level = -25 + 0.6 * look.identity.hairline + 3.0 * look.identity.parting * places + 7 * np.abs(places) ** 2.5
    return [(float(0.97 * side * place), float(y)) for place, y in zip(places, level + ragged, strict=True)]


def _strand_colour(canvas: Canvas, look: Look, area: Mask) -> Floats:
    """Hair colour with strands falling from the parting, a gloss band around the crown, and shade towards the ends."""
    who = look.identity
    start, row = who.strand_place
    x, y = canvas.coarse(area)
    down = np.clip((y + 80 * who.head_length) / 72, 0.12, 1)
    spread = np.sqrt(1 - (1 - down) ** 2)  # strands leave the parting sideways and then fall
    across = (x - 20 * who.parting * (1 - down)) / spread
    if look.on["Wavy_Hair"]:
        across = across + 3.4 * np.sin(y / 6.5 + who.wave_phase) * np.clip((y + 45) / 30, 0, 1)
    strand = read(strands(), area.enlarge(across * 4.2 + start), area.enlarge(y * 2.0 + row))
    radius = np.sqrt((x / (54 * who.head_width)) ** 2 + ((y + 14) / 62) ** 2)
    gloss = np.maximum(1 - ((radius - 0.86) / 0.24) ** 2, 0) ** 2 * np.clip(0.55 - y / 60, 0, 1)
    gloss *= np.clip(0.75 + 0.9 * who.light[0] * x / 50, 0.2, 1.5)
    rounding = np.clip(1.12 - 0.30 * radius**2 + 0.22 * who.light[0] * x / 50, 0.62, 1.2)
    lift = 0.035 * strand + area.enlarge(0.13 * gloss) * (1 + 0.6 * strand)
    field: Floats = column(look.hair) * (area.enlarge(rounding) * (1 + 0.14 * strand) + lift)
    field += 0.35 * lift
    return field


def paint_hat(canvas: Canvas, look: Look) -> None:
    """A knitted hat down to the brow, with a turned-up rim and its shadow."""
    who = look.identity
    wide, top = 52 * who.head_width + 7 * who.hair_volume, 70 * who.head_length + 8 * who.hair_volume
    rim = -38 + 0.5 * who.hairline
    right = ((0.0, -top), (0.5 * wide, -0.93 * top), (0.88 * wide, -0.68 * top), (wide, rim))
    crown = outline(*right, (0, rim + 5), *[(-x, y) for x, y in right[:0:-1]])
    edge = wide + 1
    band = outline((-edge, rim - 9), (0, rim - 12), (edge, rim - 9), (edge, rim + 4), (0, rim + 7), (-edge, rim + 4))
    canvas.shade(canvas.mask(moved(band, 0, 7), soft=3), (0.66, 0.58, 0.56))
    for part, tone in ((canvas.mask(crown), 1.0), (canvas.mask(band), 0.82)):
        x, _ = canvas.local(part)
        knit = 0.86 + 0.12 * np.sin(x * 1.3) + 0.25 * who.light[0] * x / 60 - 0.1 * (x / 60) ** 2
        canvas.paint(part, column(who.hat_colour) * (knit * np.float32(tone)))
    canvas.shade(canvas.stroke(outline((-wide, rim + 3), (0, rim + 6), (wide, rim + 3), closed=False), width=1.2), 0.6)


def paint_glasses(canvas: Canvas, look: Look) -> None:
    """Round to square frames, a bridge, temples, tinted lenses with a reflection."""
    who = look.identity
    square = 1.0 + 1.8 * who.glasses_style
    wide, high = 16.5, 12.0 + 3 * (1 - who.glasses_style)
    rims = []
    for side in (-1, 1):
        x, y = look.inner(side * (who.eye_gap + 0.5), EYE_Y + 1)
        unit = ellipse(0, 0, 1, 1, 28)
        shape = np.sign(unit) * np.abs(unit) ** (1 / square)
        rim = (shape * np.array([wide, high]) + np.array([x, y])).astype(np.float32)
        rims.append(np.concatenate([rim, rim[:1]]))
        lens = canvas.mask(rim)
        canvas.paint(lens, (0.55, 0.62, 0.66), 0.16)
        streak = outline((x - 8, y + 5), (x + 3, y - 8), (x + 7, y - 8), (x - 4, y + 5))
        canvas.paint(canvas.mask(streak, soft=0.7, like=lens).within(lens), (1.0, 1.0, 1.0), 0.22)
    bridge = outline((-6 + who.turn, EYE_Y - 1), (who.turn, EYE_Y - 3.5), (6 + who.turn, EYE_Y - 1), closed=False)
    temples = [
        outline((side * 37, EYE_Y - 2), (side * 48 * who.head_width, EYE_Y - 1), closed=False) for side in (-1, 1)
    ]
    frame = [*rims, bridge, *temples]
    canvas.shade(canvas.stroke(*[moved(line, 0.5, 2.0) for line in frame], width=2.5, soft=1.2), (0.78, 0.7, 0.68))
    canvas.paint(canvas.stroke(*frame, width=2.1), who.glasses_colour)
    gloss = canvas.stroke(*[moved(line, -0.3, -0.7) for line in rims], width=0.7)
    canvas.paint(gloss, scaled(who.glasses_colour, 1.9), 0.4)
