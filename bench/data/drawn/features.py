"""Eyes, brows, nose and mouth."""

from bench.data.drawn.canvas import Canvas, Colour, Floats, Mask, Points, ellipse, mix, moved, outline, scaled
from bench.data.drawn.look import EYE_Y, NOSE_Y, Look

_LASHES: Colour = (0.09, 0.06, 0.05)


class _Lids:
    """One eye: its centre, size and the points of its lids, from the inner corner to the outer and back."""

    def __init__(self, look: Look, side: int) -> None:
        """The left (-1) or the right (1) eye."""
        who = look.identity
        x, y = look.inner(side * who.eye_gap, EYE_Y)
        wide = 11.5 * who.eye_size
        high = 5.4 * who.eye_size * (0.94 if look.on["Male"] else 1.06)
        low = high * (0.66 - 0.30 * look.smile)  # smiling cheeks push the lower lid up
        outer, tilt = side * wide, who.eye_tilt
        inner_lid = (x - outer, y + tilt), (x - outer * 0.45, y - high * 0.82)
        self.side, self.x, self.y, self.wide, self.high = side, x, y, wide, high
        self.upper: Points = (*inner_lid, (x + outer * 0.25, y - high), (x + outer, y - tilt))
        self.lower: Points = ((x + outer * 0.4, y + low), (x - outer * 0.4, y + low))


def paint_eyes(canvas: Canvas, look: Look) -> None:
    """Sockets, then both eyes: white, iris, pupil, glint, lids, lashes."""
    eyes = [_Lids(look, side) for side in (-1, 1)]
    makeup = look.on["Heavy_Makeup"]
    sockets = canvas.mask(*(ellipse(eye.x, eye.y - 1.5, eye.wide + 4, eye.high + 5, 16) for eye in eyes), soft=3)
    canvas.shade(sockets, (0.80, 0.72, 0.70))
    if makeup:
        shadow = [ellipse(eye.x + eye.side, eye.y - 4.5, eye.wide + 1.5, eye.high + 0.5, 16) for eye in eyes]
        canvas.paint(canvas.mask(*shadow, soft=1.6), (0.36, 0.22, 0.27), 0.62)
    whites = canvas.mask(*(outline(*eye.upper, *eye.lower) for eye in eyes))
    canvas.paint(whites, (0.93, 0.91, 0.90))
    _paint_irises(canvas, look, eyes, whites)
    lids = [outline(*eye.upper, closed=False) for eye in eyes]
    under = canvas.stroke(*(moved(lid, 0, 1.8) for lid in lids), width=2.0, soft=0.8)
    canvas.shade(under.within(whites), 0.62)
    lashes = canvas.stroke(*lids, width=2.3 if makeup else 1.5)
    canvas.paint(lashes, _LASHES, 0.95 if makeup else 0.8)
    if makeup:
        canvas.paint(canvas.stroke(*(_wing(eye, look.identity.eye_tilt) for eye in eyes), width=1.6), _LASHES, 0.9)
    canvas.paint(canvas.stroke(*(moved(lid, 0, -3.4) for lid in lids), width=1.2, soft=0.6), look.shadow, 0.65)
    rims = [outline(eye.upper[3], *eye.lower, eye.upper[0], closed=False) for eye in eyes]
    canvas.paint(canvas.stroke(*rims, width=1.0, soft=0.3), look.shadow, 0.55 + 0.25 * makeup)


def _wing(eye: _Lids, tilt: float) -> Floats:
    outer = eye.side * eye.wide
    return outline((eye.x + outer * 0.8, eye.y - tilt - 1), (eye.x + outer * 1.25, eye.y - tilt - 3.5), closed=False)


def _paint_irises(canvas: Canvas, look: Look, eyes: list[_Lids], whites: Mask) -> None:
    who = look.identity
    radius = 5.0 * who.eye_size
    layers: tuple[tuple[float, float, Colour], ...] = (
        (1.0, 0.0, scaled(who.iris, 0.45)),
        (0.76, 0.5, who.iris),
        (0.44, 0.0, (0.02, 0.02, 0.02)),
    )
    for share, drop, colour in layers:
        discs = [ellipse(eye.x + who.gaze, eye.y - 0.4 + drop, share * radius, share * radius, 18) for eye in eyes]
        canvas.paint(canvas.mask(*discs, like=whites).within(whites), colour)
    glints = [ellipse(eye.x + who.gaze + 2.0 * who.light[0], eye.y - 2.3, 1.3, 1.3, 10) for eye in eyes]
    canvas.paint(canvas.mask(*glints, like=whites).within(whites), (1.0, 1.0, 1.0), 0.95)


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
        brows.append(outline(*top, *bottom))
    canvas.paint(canvas.mask(*brows, soft=0.7), look.brow, 0.9 if male or look.on["Bushy_Eyebrows"] else 0.8)


def paint_nose(canvas: Canvas, look: Look) -> None:
    """A shaded side away from the light, a lit ridge, wings and nostrils."""
    who = look.identity
    x, _ = look.inner(0, 0)
    wide = 8.2 * who.nose_width * (1.12 if look.on["Male"] else 1.0)
    tip = NOSE_Y + who.nose_length
    away = -1 if who.light[0] > 0 else 1
    x += 0.35 * who.turn
    points = ((4, -14), (3.5, 0), (wide, tip - 6), (wide + 2, tip + 1), (2, tip - 2), (1, -4))
    side = outline(*((x + away * across, y) for across, y in points))
    canvas.paint(canvas.mask(side, soft=1.8), look.shadow, 0.25 + 0.4 * abs(who.light[0]))
    under = canvas.mask(ellipse(x + away * 1.5, tip + 3.5, wide + 1, 3.4, 16), soft=1.8)
    canvas.paint(under, look.shadow, 0.55)
    ridge = outline((x - away * 0.5, -10), (x - away, 4), (x - away, tip - 5), closed=False)
    canvas.paint(canvas.stroke(ridge, width=3, soft=1.6), (1.0, 0.96, 0.92), 0.34)
    canvas.paint(canvas.mask(ellipse(x - away, tip - 4, 2.8, 2.2, 12), soft=1.1), (1.0, 0.97, 0.94), 0.42)
    wing = ((wide - 1, tip - 6), (wide + 1.4, tip - 1.5), (wide - 2, tip + 2))
    wings = [outline(*((x + s * across, y) for across, y in wing), closed=False) for s in (-1, 1)]
    canvas.paint(canvas.stroke(*wings, width=1.3, soft=0.6), look.shadow, 0.75)
    nostrils = [ellipse(x + s * wide * 0.52, tip + 1.6, 2.3, 1.3, 12) for s in (-1, 1)]
    canvas.paint(canvas.mask(*nostrils, soft=0.5), (0.18, 0.08, 0.07), 0.8)


class _Lips:
    """The four curves of a mouth, each from the left corner to the right one, corners left out.

    A smile widens the mouth and lifts its corners, opening parts the inner curves.
    """

    def __init__(self, look: Look) -> None:
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

        self.left, self.right = (x - wide, y - lift), (x + wide, y - lift)
        middle = (x - near, bow), (x, y + above - thick * 0.72), (x + near, bow)
        self.top: Points = ((x - half, outer_top), *middle, (x + half, outer_top))
        self.upper_inner = arc(y + side + above * 0.7, y + above + 0.5)
        self.lower_inner = arc(y + side + below * 0.75, y + below + 0.5)
        self.bottom = arc(y + side + below * 0.85 + pout * 0.72, y + below + pout)

    def between(self, first: Points, second: Points) -> Floats:
        """The closed outline between two of the curves."""
        return outline(self.left, *first, self.right, *second[::-1])


def paint_mouth(canvas: Canvas, look: Look) -> None:
    """Shade below, lips with light and line, and what an open mouth shows."""
    lips = _Lips(look)
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


def _paint_inside(canvas: Canvas, look: Look, lips: _Lips) -> None:
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
