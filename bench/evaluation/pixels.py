"""Parts of an image that background errors are measured on."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

FRAME_WIDTH = 0.0625
FACE_CENTRE = (0.5, 0.55)
FACE_RADII = (0.33, 0.45)


@cache
def inside_window(height: int, width: int, frame: float = FRAME_WIDTH) -> NDArray[np.bool_]:
    """(H, W): pixels at least `frame` of the side away from the image's border."""
    return (_border_distance(height)[:, None] >= frame) & (_border_distance(width)[None, :] >= frame)


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


def absolute_difference(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Absolute difference (n, H, W) of images (n, H, W, 3), of the [0, 1] range, mean over channels."""
    difference = np.maximum(first, second) - np.minimum(first, second)
    mean: NDArray[np.float32] = difference.sum(axis=-1, dtype=np.uint16).astype(np.float32) / np.float32(255 * 3)
    return mean


def masked_mean(values: NDArray[np.float32], mask: NDArray[np.bool_]) -> tuple[float, int]:
    """Mean of `values` (n, H, W) where `mask` is true, and the number of images with such a pixel; (0, 0) for none."""
    images = int(mask.any(axis=(1, 2)).sum())
    return (float(values[mask].mean(dtype=np.float64)), images) if images else (0.0, 0)
