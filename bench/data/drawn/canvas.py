"""The canvas: planar float RGB in [0, 1], painted through antialiased masks given in face coordinates.

Face coordinates are pixels of a face of scale 1: x to the right, y down, origin between the eyes and the chin.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Colour = tuple[float, float, float]
WIDTH_PX, HEIGHT_PX = 178, 218
_SHIFT = 4  # OpenCV's fixed-point bits: polygons are placed to 1/16 px
_REACH = 2.7  # standard deviations that a blur's kernel covers to each side
_COARSE = 3  # pixels in a row of the coarse grid's cells: wide blurs and slow fields lose nothing there
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Frame:
    """The similarity from face coordinates to image pixels: scale, turn clockwise, and place the origin at `centre`."""

    scale: float  # image pixels a face pixel
    roll_degrees: float
    centre: tuple[float, float]  # x, y in pixels

    @cached_property
    def affine(self) -> Floats:
        """The similarity as a matrix (2, 3)."""
        angle = np.deg2rad(self.roll_degrees)
        cosine, sine = np.cos(angle) * self.scale, np.sin(angle) * self.scale
        return np.array([[cosine, -sine, self.centre[0]], [sine, cosine, self.centre[1]]], np.float32)

    def to_face(self, box: tuple[slice, slice], first: int = 0, step: int = 1) -> tuple[Floats, Floats]:
        """Face coordinates x and y of the pixels of a box; of every `step`-th a side from number `first`."""
        cosine, sine = self.affine[:, 0] / np.float32(self.scale**2)
        rows, columns = (np.arange(side.start + first, side.stop + first, step, dtype=np.float32) for side in box)
        x, y = columns - self.affine[0, 2], rows[:, None] - self.affine[1, 2]
        return cosine * x + sine * y, cosine * y - sine * x


@dataclass(frozen=True)
class Mask:
    """Coverage `alpha` in [0, 1] inside the image rectangle `box`; 0 elsewhere."""

    box: tuple[slice, slice]
    alpha: Floats

    def __mul__(self, factor: float | Floats) -> Mask:
        """The same mask with its coverage multiplied."""
        return Mask(self.box, self.alpha * np.asarray(factor, np.float32))

    def enlarge(self, coarse: NDArray[np.floating[Any]]) -> Floats:
        """A field on the coarse grid of the mask's box (see `Canvas.coarse`) at every pixel of the box."""
        return _enlarge(coarse, self.box)

    def within(self, other: Mask) -> Mask:
        """The overlap with `other`, in the box of both."""
        if self.box == other.box:
            return Mask(self.box, self.alpha * other.alpha)
        rows, columns = (_overlap(side, other_side) for side, other_side in zip(self.box, other.box, strict=True))
        return Mask((rows, columns), self._part(rows, columns) * other._part(rows, columns))

    def _part(self, rows: slice, columns: slice) -> Floats:
        top, left = self.box[0].start, self.box[1].start
        return self.alpha[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]


class Canvas:
    """An image being painted."""

    def __init__(self, rgb: Floats, frame: Frame) -> None:
        """`rgb` (3, H, W) in [0, 1] is painted in place."""
        self.rgb = rgb
        self.frame = frame
        self._to_fixed = frame.affine * np.float32(1 << _SHIFT)

    def mask(
        self, *outlines: Floats, soft: float = 0.0, without: tuple[Floats, ...] = (), like: Mask | None = None
    ) -> Mask:
        """Coverage of the union of closed outlines minus `without`, softened by `soft` face pixels; box of `like`."""
        sigma = soft * self.frame.scale
        shapes = (*outlines, *without)
        points = self._fixed(shapes)
        box = like.box if like else _box(points[: sum(map(len, outlines))], _REACH * sigma + 1)
        cell = _COARSE if sigma > 2.5 else 1
        patch = _blank(box, cell)
        for number, polygon in enumerate(_split(points, shapes, box)):
            cv2.fillPoly(patch, [polygon], 255 if number < len(outlines) else 0, cv2.LINE_AA, _SHIFT)
        if cell == 1:
            return Mask(box, _soften(patch, sigma))
        small = cv2.resize(patch, None, fx=1 / cell, fy=1 / cell, interpolation=cv2.INTER_AREA)
        return Mask(box, _enlarge(_soften(np.asarray(small, np.uint8), sigma / cell), box))

    def stroke(self, *lines: Floats, width: float, soft: float = 0.0, like: Mask | None = None) -> Mask:
        """Coverage of open lines of `width` face pixels (at least one image pixel, thinner ones paler)."""
        sigma, wide = soft * self.frame.scale, width * self.frame.scale
        points = self._fixed(lines)
        box = like.box if like else _box(points, _REACH * sigma + wide / 2 + 1)
        patch = _blank(box)
        cv2.polylines(patch, list(_split(points, lines, box)), False, 255, max(1, round(wide)), cv2.LINE_AA, _SHIFT)
        alpha = _soften(patch, sigma)
        return Mask(box, alpha if wide >= 1 else alpha * np.float32(wide))

    def paint(self, mask: Mask, colour: Colour | Floats, opacity: float = 1.0) -> None:
        """Cover with a colour, or with a field (3, h, w) over the mask's box."""
        area = self.rgb[:, mask.box[0], mask.box[1]]
        change = (colour if isinstance(colour, np.ndarray) else column(colour)) - area
        _add(area, change, mask.alpha if opacity == 1 else mask.alpha * np.float32(opacity))

    def shade(self, mask: Mask, factor: float | Colour) -> None:
        """Multiply by `factor` (a number, or one a channel) where the mask covers."""
        area = self.rgb[:, mask.box[0], mask.box[1]]
        excess = column(factor) - 1 if isinstance(factor, tuple) else np.float32(factor - 1)
        _add(area, area * excess, mask.alpha)

    def local(self, mask: Mask) -> tuple[Floats, Floats]:
        """Face coordinates of the pixels of the mask's box."""
        return self.frame.to_face(mask.box)

    def coarse(self, mask: Mask) -> tuple[Floats, Floats]:
        """Face coordinates of the coarse grid over the mask's box: the middle of every 3 x 3 pixels."""
        return self.frame.to_face(mask.box, _COARSE // 2, _COARSE)

    def _fixed(self, shapes: Sequence[Floats]) -> NDArray[np.int32]:
        """The points of all shapes (N, 1, 2) in fixed-point pixels."""
        return cv2.transform(np.concatenate(shapes)[:, None], self._to_fixed).astype(np.int32)


def _add(area: Floats, change: Floats, alpha: Floats) -> None:
    """Add a change (3, h, w) to `area`, in place, as far as `alpha` (h, w) covers."""
    for plane, plane_change in zip(area, change, strict=True):
        cv2.accumulateProduct(plane_change, alpha, plane)


def column(colour: Colour) -> Floats:
    """A colour as an array (3, 1, 1)."""
    return np.array(colour, np.float32).reshape(3, 1, 1)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour `share` of the way from `first` to `second`."""
    red, green, blue = (start + (end - start) * share for start, end in zip(first, second, strict=True))
    return red, green, blue


def scaled(colour: Colour, factor: float) -> Colour:
    """A colour made darker or lighter, clipped to [0, 1]."""
    return min(1.0, colour[0] * factor), min(1.0, colour[1] * factor), min(1.0, colour[2] * factor)


def _box(points: NDArray[np.int32], margin: float) -> tuple[slice, slice]:
    """The pixels that fixed-point points span, with a margin; inside the image and at least one pixel wide and high."""
    x, y, width, height = cv2.boundingRect(points)
    reach = math.ceil(margin)
    return _within(y, height, reach, HEIGHT_PX), _within(x, width, reach, WIDTH_PX)


def _within(start: int, length: int, reach: int, side: int) -> slice:
    first = min(max((start >> _SHIFT) - reach, 0), side - 1)
    first -= first % _COARSE  # one coarse grid for all boxes: an edit that moves a box moves nothing else
    return slice(first, max(min((start + length >> _SHIFT) + 1 + reach, side), first + 1))


def _overlap(first: slice, second: slice) -> slice:
    start = max(first.start, second.start)
    return slice(start, max(start, min(first.stop, second.stop)))


def _split(
    points: NDArray[np.int32], shapes: Sequence[Floats], box: tuple[slice, slice]
) -> Iterator[NDArray[np.int32]]:
    """The fixed-point points of each shape, seen from the corner of `box`."""
    points = points - np.array([box[1].start << _SHIFT, box[0].start << _SHIFT], np.int32)
    end = 0
    for shape in shapes:
        start, end = end, end + len(shape)
        yield points[start:end]


def _blank(box: tuple[slice, slice], cell: int = 1) -> NDArray[np.uint8]:
    """Nothing drawn yet over `box`, which is made up to whole cells of `cell` x `cell` pixels."""
    height, width = box[0].stop - box[0].start, box[1].stop - box[1].start
    return np.zeros((height + -height % cell, width + -width % cell), np.uint8)


def _enlarge(coarse: NDArray[np.floating[Any]], box: tuple[slice, slice]) -> Floats:
    """A field on the coarse grid of `box` at every pixel of it."""
    height, width = coarse.shape
    fine = np.asarray(cv2.resize(coarse, (width * _COARSE, height * _COARSE)), np.float32)
    return fine[: box[0].stop - box[0].start, : box[1].stop - box[1].start]


def _soften(patch: NDArray[np.uint8], sigma: float) -> Floats:
    """Drawn bytes as coverage in [0, 1], blurred by `sigma` pixels."""
    if sigma < 0.3:
        return np.multiply(patch, 1 / 255, dtype=np.float32)
    kernel = cv2.getGaussianKernel(2 * round(_REACH * sigma) + 1, sigma, cv2.CV_32F)
    filtered = cv2.sepFilter2D(patch, cv2.CV_32F, kernel / 255, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(filtered, np.float32)


def outline(*points: tuple[float, float], closed: bool = True) -> Floats:
    """A smooth (Catmull-Rom) curve through points, with fewer samples where each costs a piece of a stroke."""
    curve: Floats = _spline(len(points), closed, 4 if closed else 3) @ np.array(points, np.float32)
    return curve


def mirrored(*right: tuple[float, float]) -> Points:
    """Points of a symmetric closed outline from its right half, top to bottom; points on the axis appear once."""
    left = [(-x, y) for x, y in reversed(right) if x != 0]
    return (*right, *left)


def ellipse(x: float, y: float, width: float, height: float, steps: int = 24) -> Floats:
    """An ellipse with half axes `width`, `height` as an outline (steps, 2)."""
    circle: Floats = _unit_circle(steps) @ np.array([(width, 0), (0, height), (x, y)], np.float32)
    return circle


def moved(points: Floats, x: float, y: float) -> Floats:
    """Points (N, 2) shifted by (x, y)."""
    return points + np.array([x, y], np.float32)


@cache
def _unit_circle(steps: int) -> Floats:
    """Points (steps, 3) of the unit circle: x, y and 1."""
    angles = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    return np.stack([np.cos(angles), np.sin(angles), np.ones(steps)], axis=1).astype(np.float32)


@cache
def _spline(knots: int, closed: bool, steps: int) -> Floats:
    """The weights (samples, knots) of the knots in each sample of a Catmull-Rom curve."""
    segments = np.arange(knots if closed else knots - 1)[:, None] + np.arange(-1, 3)
    nearby = np.eye(knots)[segments % knots if closed else segments.clip(0, knots - 1)]  # (segments, 4, knots)
    t = np.arange(steps)[:, None] / steps
    powers = np.concatenate([np.ones_like(t), t, t**2, t**3], axis=1)
    matrix = 0.5 * np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]])
    weights = (powers @ matrix @ nearby).reshape(-1, knots)
    return np.concatenate([weights, np.eye(knots)[knots:] if closed else np.eye(knots)[-1:]]).astype(np.float32)
