"""Eyes, brows and nose."""

from __future__ import annotations

from bench.data.drawn.canvas import Canvas, Mask, ellipse, outline
from bench.data.drawn.look import EYE_Y, NOSE_Y, Look


def paint_eyes(canvas: Canvas, look: Look) -> None:
    """Sockets, then both eyes: white, iris, pupil, glint, lids, lashes."""
    for side in (-1, 1):
        _paint_eye(canvas, look, side)


def _paint_eye(canvas: Canvas, look: Look, side: int) -> None:
    who, makeup = look.identity, look.on["Heavy_Makeup"]
    x, y = look.inner(side * who.eye_gap, EYE_Y)
    wide, high = 11.5 * who.eye_size, 5.4 * who.eye_size * (0.94 if look.on["Male"] else 1.06)
    low = high * (0.66 - 0.30 * look.smile)  # smiling cheeks push the lower lid up
    outer, tilt = side * wide, who.eye_tilt
    upper = (
        (x - outer, y + tilt),
        (x - outer * 0.45, y - high * 0.82),
        (x + outer * 0.25, y - high),
        (x + outer, y - tilt),
    )
    lower = ((x + outer * 0.4, y + low), (x - outer * 0.4, y + low))
    socket = canvas.mask(ellipse(x, y - 1.5, wide + 4, high + 5, 16), soft=3)
    canvas.shade(socket, (0.80, 0.72, 0.70))
    if makeup:
        shadow = canvas.mask(ellipse(x + side, y - 4.5, wide + 1.5, high + 0.5, 16), soft=1.6, like=socket)
        canvas.paint(shadow, (0.36, 0.22, 0.27), 0.62)
    eye = canvas.mask(outline(*upper, *lower), like=socket)
    canvas.paint(eye, (0.93, 0.91, 0.90))
    _paint_iris(canvas, look, eye, x + who.gaze, y - 0.4)
    lid = outline(*upper, closed=False)
    canvas.shade(canvas.stroke(lid + (0.0, 1.8), width=2.0, soft=0.8, like=socket).within(eye), 0.62)
    canvas.paint(
        canvas.stroke(lid, width=2.3 if makeup else 1.5, like=socket), (0.09, 0.06, 0.05), 0.95 if makeup else 0.8
    )
    if makeup:
        wing = outline((x + outer * 0.8, y - tilt - 1), (x + outer * 1.25, y - tilt - 3.5), closed=False)
        canvas.paint(canvas.stroke(wing, width=1.6), (0.09, 0.06, 0.05), 0.9)
    crease = canvas.stroke(lid - (0.0, 3.4), width=1.2, soft=0.6)
    canvas.paint(crease, look.shadow, 0.65)
    rim = outline((x + outer, y - tilt), *lower, (x - outer, y + tilt), closed=False)
    canvas.paint(canvas.stroke(rim, width=1.0, soft=0.3, like=socket), look.shadow, 0.55 + 0.25 * makeup)


def _paint_iris(canvas: Canvas, look: Look, eye: Mask, x: float, y: float) -> None:
    radius = 5.0 * look.identity.eye_size
    colour = look.identity.iris
    canvas.paint(
        canvas.mask(ellipse(x, y, radius, radius, 20), like=eye).within(eye),
        (colour[0] * 0.45, colour[1] * 0.45, colour[2] * 0.45),
    )
    canvas.paint(
        canvas.mask(ellipse(x, y + 0.5, radius * 0.78, radius * 0.74, 16), soft=0.4, like=eye).within(eye), colour
    )
    canvas.paint(canvas.mask(ellipse(x, y, radius * 0.44, radius * 0.44, 12), like=eye).within(eye), (0.02, 0.02, 0.02))
    glint = ellipse(x + 2.0 * look.identity.light[0], y - 1.9, 1.3, 1.3, 10)
    canvas.paint(canvas.mask(glint, like=eye).within(eye), (1.0, 1.0, 1.0), 0.95)


def paint_brows(canvas: Canvas, look: Look) -> None:
    """Two brows: a man's lower and thicker, bushy ones thicker still."""
    who, male = look.identity, look.on["Male"]
    thick = 2.5 + 1.3 * male + 1.9 * look.on["Bushy_Eyebrows"]
    base = -21.5 + who.brow_height + 2.6 * male - 1.0 * look.smile
    arch = who.brow_arch * (0.6 if male else 1.0)
    brows = []
    for side in (-1, 1):
        gap = side * who.eye_gap
        points = [(-12, 0.2, 1.0), (-4, -arch * 0.75, 1.0), (5, -arch, 0.85), (14, 1.6, 0.15)]
        top = [look.inner(gap + side * dx, base + dy - thick * share / 2) for dx, dy, share in points]
        bottom = [look.inner(gap + side * dx, base + dy + thick * share / 2) for dx, dy, share in points[::-1]]
        brows.append(outline(*top, *bottom, steps=4))
    canvas.paint(canvas.mask(*brows, soft=0.7), look.brow, 0.9 if male or look.on["Bushy_Eyebrows"] else 0.8)


def paint_nose(canvas: Canvas, look: Look) -> None:
    """A shaded side away from the light, a lit ridge, wings and nostrils."""
    who = look.identity
    x, _ = look.inner(0, 0)
    wide = 8.2 * who.nose_width * (1.12 if look.on["Male"] else 1.0)
    tip = NOSE_Y + who.nose_length
    away = -1 if who.light[0] > 0 else 1
    x += 0.35 * who.turn
    side = outline(
        (x + away * 4, -14),
        (x + away * 3.5, 0),
        (x + away * wide, tip - 6),
        (x + away * (wide + 2), tip + 1),
        (x + away * 2, tip - 2),
        (x + away, -4),
    )
    canvas.paint(canvas.mask(side, soft=1.8), look.shadow, 0.25 + 0.4 * abs(who.light[0]))
    under = canvas.mask(ellipse(x + away * 1.5, tip + 3.5, wide + 1, 3.4, 16), soft=1.8)
    canvas.paint(under, look.shadow, 0.55)
    ridge = outline((x - away * 0.5, -10), (x - away, 4), (x - away, tip - 5), closed=False)
    canvas.paint(canvas.stroke(ridge, width=3, soft=1.6), (1.0, 0.96, 0.92), 0.34)
    canvas.paint(canvas.mask(ellipse(x - away, tip - 4, 2.8, 2.2, 12), soft=1.1), (1.0, 0.97, 0.94), 0.42)
    wings = [
        outline(
            (x + s * (wide - 1), tip - 6),
            (x + s * (wide + 1.4), tip - 1.5),
            (x + s * (wide - 2), tip + 2),
            closed=False,
        )
        for s in (-1, 1)
    ]
    canvas.paint(canvas.stroke(*wings, width=1.3, soft=0.6), look.shadow, 0.75)
    nostrils = [ellipse(x + s * wide * 0.52, tip + 1.6, 2.3, 1.3, 12) for s in (-1, 1)]
    canvas.paint(canvas.mask(*nostrils, soft=0.5), (0.18, 0.08, 0.07), 0.8)
