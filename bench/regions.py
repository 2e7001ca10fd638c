"""Parts of an image that background errors are measured on."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

FRAME_WIDTH = 0.0625
FACE_CENTRE = (0.5, 0.55)
FACE_RADII = (0.33, 0.45)


@cache
def inside_window(height: int, width: int) -> NDArray[np.bool_]:
    """(H, W): pixels at least `FRAME_WIDTH` of the side away from the image's border."""
    return (_border_distance(height)[:, None] >= FRAME_WIDTH) & (_border_distance(width)[None, :] >= FRAME_WIDTH)


@cache
def photo_background(height: int, width: int) -> NDArray[np.bool_]:
    """(H, W): the image's border, and all that lies outside a central ellipse, where an aligned face is not."""
    across = (_centres(width)[None, :] - FACE_CENTRE[0]) / FACE_RADII[0]
    down = (_centres(height)[:, None] - FACE_CENTRE[1]) / FACE_RADII[1]
    return (across**2 + down**2 > 1) | ~inside_window(height, width)


def _centres(side: int) -> NDArray[np.float64]:
    return (np.arange(side) + 0.5) / side


def _border_distance(side: int) -> NDArray[np.float64]:
    return np.minimum(_centres(side), 1 - _centres(side))
