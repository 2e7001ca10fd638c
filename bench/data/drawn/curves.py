"""Curves in face coordinates: what the canvas covers and strokes."""

from __future__ import annotations

from functools import cache

import numpy as np

from bench.data.drawn.canvas import Floats

Points = tuple[tuple[float, float], ...]


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
