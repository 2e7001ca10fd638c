"""The mouth: lips, the dark between them, teeth and tongue."""

from __future__ import annotations

from dataclasses import dataclass

from bench.data.drawn.canvas import Canvas, Colour, Floats, mix
from bench.data.drawn.curves import Points, outline
from bench.data.drawn.look import Look


@dataclass(frozen=True)
class Lips:
    """The four curves of a mouth, each from the left corner to the right one, corners left out."""

    left: tuple[float, float]
    right: tuple[float, float]
    top: Points
    upper_inner: Points
    lower_inner: Points
    bottom: Points

    def between(self, first: Points, second: Points) -> Floats:
        """The closed outline between two of the curves."""
        return outline(self.left, *first, self.right, *second[::-1])


def lips_of(look: Look) -> Lips:
    """Curves of the mouth: a smile widens it and lifts its corners, opening parts the inner curves."""
    who = look.identity
    wide = who.mouth_width + 5.5 * look.smile - 0.12 * look.gap
    lift = 8.6 * look.smile + who.rest_curve * (1 - look.smile)
    x, y = look.inner(0, look.mouth_y + 2.0 * look.smile)
    full = who.lip_fullness * (0.8 if look.on["Male"] else 1.05)
    thick, pout = 4.6 * full * (1 - 0.2 * look.smile), 6.2 * full * (1 - 0.15 * look.smile)
    above, below = -0.3 * look.gap, 0.7 * look.gap
    half, near = 0.55 * wide, 0.16 * wide
    side = -0.32 * lift  # the curves sag between lifted corners
    outer_top, bow = y + side - thick * 0.8 + above * 0.8, y + above - thick

    def arc(sides: float, middle: float) -> Points:
        return (x - half, sides), (x, middle), (x + half, sides)

    return Lips(
        left=(x - wide, y - lift),
        right=(x + wide, y - lift),
        top=(
            (x - half, outer_top),
            (x - near, bow),
            (x, y + above - thick * 0.72),
            (x + near, bow),
            (x + half, outer_top),
        ),
        upper_inner=arc(y + side + above * 0.7, y + above + 0.5),
        lower_inner=arc(y + side + below * 0.75, y + below + 0.5),
        bottom=arc(y + side + below * 0.85 + pout * 0.72, y + below + pout),
    )


def paint_mouth(canvas: Canvas, look: Look) -> None:
    """Shade below, lips with light and line, and what an open mouth shows."""
    lips = lips_of(look)
    x, low = lips.bottom[1]
    shade = outline((x - 11, low + 2.5), (x, low + 5), (x + 11, low + 2.5), closed=False)
    canvas.paint(canvas.stroke(shade, width=3.5, soft=2), look.shadow, 0.55)
    upper_colour, lower_colour = _lip_colours(look)
    lips_mask = canvas.mask(lips.between(lips.top, lips.bottom))
    canvas.paint(lips_mask, lower_colour)
    canvas.paint(canvas.mask(lips.between(lips.top, lips.lower_inner), like=lips_mask), upper_colour)
    if look.gap:
        _paint_inside(canvas, look, lips)
    line = outline(lips.left, *lips.upper_inner, lips.right, closed=False)
    canvas.paint(canvas.stroke(line, width=2.0 if not look.gap else 0.9), (0.20, 0.06, 0.06), 0.85)
    corners = [outline((x - 1.5, y - 0.6), (x + 1.5, y + 0.6), closed=False) for x, y in (lips.left, lips.right)]
    canvas.paint(canvas.stroke(*corners, width=2.4, soft=0.9), look.shadow, 0.9)
    shine = outline((x - 6, low - 3.6), (x, low - 3.0), (x + 6, low - 3.6), closed=False)
    canvas.paint(
        canvas.stroke(shine, width=1.8, soft=0.9), (1.0, 0.9, 0.88), 0.5 if look.on["Wearing_Lipstick"] else 0.28
    )


def _paint_inside(canvas: Canvas, look: Look, lips: Lips) -> None:
    hole = canvas.mask(lips.between(lips.upper_inner, lips.lower_inner))
    canvas.paint(hole, (0.17, 0.03, 0.04))
    (left_x, left_y), (x, top), (right_x, _) = lips.upper_inner
    floor = lips.lower_inner[1][1]
    tongue = outline((x - 9, floor + 2), (x, floor - 0.38 * look.gap), (x + 9, floor + 2), (x, floor + 6))
    canvas.paint(canvas.mask(tongue, soft=0.9, like=hole).within(hole), (0.66, 0.26, 0.26), 0.9)
    bite = 0.34 * look.gap + 2.4 * look.smile  # a smile shows more of the upper teeth
    reach = 0.72 + 0.2 * look.smile
    spread = (right_x - left_x) / 2 * 1.55 * reach
    teeth = outline(
        (x - spread, left_y - 3), (x, top - 5), (x + spread, left_y - 3),
        (x + spread * 0.9, left_y + bite * 0.5), (x, top + bite), (x - spread * 0.9, left_y + bite * 0.5),
    )  # fmt: skip
    row = canvas.mask(teeth, like=hole).within(hole)
    canvas.paint(row, (0.95, 0.93, 0.89))
    gaps = [outline((x + step, top - 4), (x + step, top + bite + 1), closed=False) for step in (-9.5, -5, 0, 5, 9.5)]
    canvas.shade(canvas.stroke(*gaps, width=0.7, like=hole).within(row), 0.8)
    lip_shadow = outline(lips.left, *lips.upper_inner, lips.right, closed=False)
    canvas.shade(canvas.stroke(lip_shadow, width=1.6, soft=0.8, like=hole).within(hole), 0.6)


def _lip_colours(look: Look) -> tuple[Colour, Colour]:
    """Upper lip (turned from the light) and lower lip."""
    if look.on["Wearing_Lipstick"]:
        lip = mix((0.76, 0.10, 0.18), (0.80, 0.34, 0.40), look.identity.beard_length)
    else:
        lip = mix(look.skin, (0.66, 0.26, 0.26), 0.66 if look.on["Male"] else 0.74)
    return (lip[0] * 0.78, lip[1] * 0.70, lip[2] * 0.72), lip
