"""Hats and glasses."""

from __future__ import annotations

import numpy as np

from bench.data.drawn.canvas import Canvas, column, scaled
from bench.data.drawn.curves import ellipse, moved, outline
from bench.data.drawn.look import EYE_Y, Look


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
