"""The canvas: planar float RGB in [0, 1], painted through antialiased masks given in face coordinates.

Face coordinates are pixels of a face of scale 1: x to the right, y down, origin between the eyes and the chin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Colour = tuple[float, float, float]

WIDTH_PX, HEIGHT_PX = 178, 218
_SHIFT = 4  # OpenCV's fixed-point bits: polygons are placed to 1/16 px


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

    def to_pixels(self, points: Floats) -> Floats:
        """Points (N, 2) in face coordinates as image pixels."""
        return np.asarray(cv2.transform(points[:, None], self.affine)[:, 0], np.float32)

    def grid(self) -> tuple[Floats, Floats]:
        """Face coordinates x and y (H, W) of every pixel."""
        inverse = np.linalg.inv(self.affine[:, :2]).astype(np.float32)
        columns = np.arange(WIDTH_PX, dtype=np.float32) - self.affine[0, 2]
        rows = np.arange(HEIGHT_PX, dtype=np.float32)[:, None] - self.affine[1, 2]
        return (
            inverse[0, 0] * columns + inverse[0, 1] * rows,
            inverse[1, 0] * columns + inverse[1, 1] * rows,
        )


@dataclass(frozen=True)
class Mask:
    """Coverage `alpha` in [0, 1] inside the image rectangle `box`; 0 elsewhere."""

    box: tuple[slice, slice]
    alpha: Floats

    def __mul__(self, factor: float | Floats) -> Mask:
        """The same mask with its coverage multiplied."""
        return Mask(self.box, self.alpha * np.asarray(factor, np.float32))

    def within(self, other: Mask) -> Mask:
        """The overlap with `other`, in the box of both."""
        if self.box == other.box:
            return Mask(self.box, self.alpha * other.alpha)
        rows, columns = (_overlap(mine, its) for mine, its in zip(self.box, other.box, strict=True))
        return Mask((rows, columns), self._part(rows, columns) * other._part(rows, columns))

    def _part(self, rows: slice, columns: slice) -> Floats:
        top, left = self.box[0].start, self.box[1].start
        return self.alpha[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]


class Canvas:
    """An image being painted; `x`, `y` (H, W) are the face coordinates of its pixels."""

    def __init__(self, rgb: Floats, frame: Frame) -> None:
        """`rgb` (3, H, W) in [0, 1] is painted in place."""
        self.rgb = rgb
        self.frame = frame
        self.x, self.y = frame.grid()

    def mask(
        self, *outlines: Floats, soft: float = 0.0, without: tuple[Floats, ...] = (), like: Mask | None = None
    ) -> Mask:
        """Coverage of the union of closed outlines minus `without`, softened by `soft` face pixels; box of `like`."""
        pixels = self.frame.to_pixels(np.concatenate([*outlines, *without]))
        inside = sum(map(len, outlines))
        box = like.box if like else _box(pixels[:inside], 3 * soft * self.frame.scale + 2)
        polygons = _split(_fixed(pixels, box), [*outlines, *without])
        patch = _blank(box)
        for number, polygon in enumerate(polygons):
            cv2.fillPoly(patch, [polygon], 255 if number < len(outlines) else 0, cv2.LINE_AA, _SHIFT)
        return Mask(box, _soften(patch, soft * self.frame.scale))

    def stroke(self, *lines: Floats, width: float, soft: float = 0.0, like: Mask | None = None) -> Mask:
        """Coverage of open lines of `width` face pixels (at least one image pixel, thinner ones paler)."""
        pixels = self.frame.to_pixels(np.concatenate(lines))
        wide = width * self.frame.scale
        box = like.box if like else _box(pixels, 3 * soft * self.frame.scale + wide + 2)
        patch = _blank(box)
        paths = _split(_fixed(pixels, box), lines)
        cv2.polylines(patch, paths, False, 255, max(1, round(wide)), cv2.LINE_AA, _SHIFT)
        alpha = _soften(patch, soft * self.frame.scale)
        return Mask(box, alpha if wide >= 1 else alpha * np.float32(wide))

    def paint(self, mask: Mask, colour: Colour | Floats, opacity: float = 1.0) -> None:
        """Cover with a colour, or with a field (3, h, w) over the mask's box."""
        area = self.rgb[:, mask.box[0], mask.box[1]]
        change = (colour if isinstance(colour, np.ndarray) else column(colour)) - area
        change *= mask.alpha if opacity == 1 else mask.alpha * np.float32(opacity)
        area += change

    def shade(self, mask: Mask, factor: float | Colour) -> None:
        """Multiply by `factor` (a number, or one a channel) where the mask covers."""
        area = self.rgb[:, mask.box[0], mask.box[1]]
        excess = column(factor) - 1 if isinstance(factor, tuple) else np.float32(factor - 1)
        area *= 1 + excess * mask.alpha

    def local(self, mask: Mask) -> tuple[Floats, Floats]:
        """Face coordinates of the pixels of the mask's box."""
        return self.x[mask.box], self.y[mask.box]


def column(colour: Colour) -> Floats:
    """A colour as an array (3, 1, 1)."""
    return np.array(colour, np.float32).reshape(3, 1, 1)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour `share` of the way from `first` to `second`."""
    return (
        first[0] + (second[0] - first[0]) * share,
        first[1] + (second[1] - first[1]) * share,
        first[2] + (second[2] - first[2]) * share,
    )


def scaled(colour: Colour, factor: float) -> Colour:
    """A colour made darker or lighter, clipped to [0, 1]."""
    return min(1.0, colour[0] * factor), min(1.0, colour[1] * factor), min(1.0, colour[2] * factor)


def outline(*points: tuple[float, float], closed: bool = True, steps: int = 6) -> Floats:
    """A smooth (Catmull-Rom) curve through points, `steps` samples a segment."""
    knots = np.array(points, np.float32)
    curve: Floats = np.matmul(_basis(steps), knots[_windows(len(points), closed)]).reshape(-1, 2)
    return curve if closed else np.concatenate([curve, knots[-1:]])


def mirrored(*right: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """Points of a symmetric closed outline from its right half, top to bottom; points on the axis appear once."""
    left = [(-x, y) for x, y in reversed(right) if x != 0]
    return (*right, *left)


def ellipse(x: float, y: float, width: float, height: float, steps: int = 24) -> Floats:
    """An ellipse with half axes `width`, `height` as an outline (steps, 2)."""
    return _unit_circle(steps) * np.array([width, height], np.float32) + np.array([x, y], np.float32)


def moved(points: Floats, x: float, y: float) -> Floats:
    """Points (N, 2) shifted by (x, y)."""
    return points + np.array([x, y], np.float32)


@cache
def _unit_circle(steps: int) -> Floats:
    angles = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@cache
def _windows(knots: int, closed: bool) -> NDArray[np.intp]:
    """The four knots (segments, 4) that shape each segment of a curve."""
    windows = np.arange(knots if closed else knots - 1)[:, None] + np.arange(-1, 3)
    return windows % knots if closed else windows.clip(0, knots - 1)


@cache
def _basis(steps: int) -> Floats:
    t = np.arange(steps)[:, None] / steps
    powers = np.concatenate([np.ones_like(t), t, t**2, t**3], axis=1)
    matrix = 0.5 * np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]])
    return (powers @ matrix).astype(np.float32)


def _box(points: Floats, margin: float) -> tuple[slice, slice]:
    x, y, width, height = cv2.boundingRect(points)
    reach = int(margin) + 1
    left, top = min(max(x - reach, 0), WIDTH_PX - 1), min(max(y - reach, 0), HEIGHT_PX - 1)
    right, bottom = max(min(x + width + reach, WIDTH_PX), left + 1), max(min(y + height + reach, HEIGHT_PX), top + 1)
    return slice(top, bottom), slice(left, right)


def _overlap(first: slice, second: slice) -> slice:
    start = max(first.start, second.start)
    return slice(start, max(start, min(first.stop, second.stop)))


def _fixed(points: Floats, box: tuple[slice, slice]) -> NDArray[np.int32]:
    offset = np.array([box[1].start, box[0].start], np.float32)
    return ((points - offset) * (1 << _SHIFT)).astype(np.int32)


def _split(points: NDArray[np.int32], parts: Sequence[Floats]) -> list[NDArray[np.int32]]:
    """`points` cut into the lengths of `parts`."""
    ends = list(accumulate(map(len, parts)))
    return [points[end - len(part) : end] for end, part in zip(ends, parts, strict=True)]


def _blank(box: tuple[slice, slice]) -> NDArray[np.uint8]:
    return np.zeros((box[0].stop - box[0].start, box[1].stop - box[1].start), np.uint8)


def _soften(patch: NDArray[np.uint8], sigma: float) -> Floats:
    alpha = np.multiply(patch, 1 / 255, dtype=np.float32)
    if sigma < 0.3:
        return alpha
    if sigma < 2.5:
        return _blur(alpha, sigma)
    height, width = alpha.shape  # a wide blur loses nothing at a third of the size
    small = cv2.resize(alpha, (-(-width // 3), -(-height // 3)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(_blur(small, sigma / 3), (width, height)), np.float32)


def _blur(alpha: NDArray[np.integer[Any] | np.floating[Any]], sigma: float) -> Floats:
    side = 2 * round(2.7 * sigma) + 1
    return np.asarray(cv2.GaussianBlur(alpha, (side, side), sigma, borderType=cv2.BORDER_REPLICATE), np.float32)
