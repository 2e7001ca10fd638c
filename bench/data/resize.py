"""Reads an image as a packed square: centre crop, antialiased resize. One resize for every image of the benchmark.

The filter is StarGAN's own, a triangle scaled with the reduction (Pillow's BILINEAR): it antialiases, and its narrow
support lets more of the pixels that an edit leaves alone stay known to be left alone than a wider filter's would.
"""

import struct
import warnings
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from bench.errors import BenchError

FILTER = Image.Resampling.BILINEAR
LARGEST_PIXELS = 50_000_000  # what is decoded: some 200 MB
# JPEG with halved chroma codes 16x16 pixels together; decoders smooth chroma over one pixel beyond.
JPEG_BLOCK_PX = 16
CHROMA_BLEED_PX = 1
MIDDLE_GREY = 128
Box = tuple[int, int, int, int]  # left, top, right, bottom


def read_square(file: Path, crop_px: int, size_px: int, origin: str = "") -> NDArray[np.uint8]:
    """The centre `crop_px` square of an image, resized to (size_px, size_px, 3) uint8.

    `origin` says which line of which file asked for the image. BenchError if it is unreadable or smaller than the crop.
    """
    image, box = _open(file, "RGB", crop_px, origin)
    # Crop first: a resize of a box would let pixels from beyond the crop into its border.
    return np.asarray(image.crop(box).resize((size_px, size_px), FILTER))


def read_unchanged(file: Path, crop_px: int, size_px: int, origin: str = "") -> NDArray[np.bool_]:
    """A map of unchanged pixels (255 = unchanged) as packed (size_px, size_px) bool; see `shrink_unchanged`."""
    image, box = _open(file, "L", crop_px, origin)
    return shrink_unchanged(np.asarray(image) >= MIDDLE_GREY, box, size_px)


def shrink_unchanged(unchanged: NDArray[np.bool_], box: Box, size_px: int) -> NDArray[np.bool_]:
    """Which packed pixels are unchanged for certain: no changed source pixel reaches them through JPEG or resize.

    `unchanged` (H, W) is the map of the whole image before JPEG; `box` is the crop.
    """
    height, width = unchanged.shape
    changed = np.pad(~unchanged, [(0, -side % JPEG_BLOCK_PX) for side in unchanged.shape])
    by_block = changed.reshape(len(changed) // JPEG_BLOCK_PX, JPEG_BLOCK_PX, -1, JPEG_BLOCK_PX)
    blocks = by_block.any(axis=(1, 3)).astype(np.float32).repeat(JPEG_BLOCK_PX, axis=0).repeat(JPEG_BLOCK_PX, axis=1)
    reached = cv2.dilate(blocks[:height, :width], np.ones((1 + 2 * CHROMA_BLEED_PX,) * 2))
    # No weight of the filter is negative: a resized pixel is 0 where none that it is made from was reached.
    resized = np.asarray(Image.fromarray(reached).crop(box).resize((size_px, size_px), FILTER), np.float32)
    return np.asarray(resized == 0)


def open_picture(file: Path) -> Image.Image:
    """The decoded picture in a regular file of at most `LARGEST_PIXELS`, turned as its camera says.

    ValueError says why it cannot be read; a pipe is not waited for, and a huge picture not decoded.
    """
    try:
        if file.exists() and not file.is_file():
            raise ValueError("it is a folder, pipe or device, not a file")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is lower
            with Image.open(file) as image:
                if image.width * image.height > LARGEST_PIXELS:
                    raise ValueError(
                        f"it has {image.width} x {image.height} pixels, more than {LARGEST_PIXELS / 1e6:g} million"
                    )
                return ImageOps.exif_transpose(image)
    except FileNotFoundError:
        raise ValueError("it is a link to nothing" if file.is_symlink() else "there is no such file") from None
    except (OSError, SyntaxError, Image.DecompressionBombError, struct.error) as error:
        raise ValueError(str(error)) from None


def _open(file: Path, mode: str, crop_px: int, origin: str) -> tuple[Image.Image, Box]:
    """The picture, and its centre square of `crop_px`."""
    where = f"{file} ({origin})" if origin else str(file)
    try:
        image = open_picture(file).convert(mode)
    except (ValueError, OSError) as error:
        raise BenchError(
            f"{where}: the image cannot be read ({error}). Put back the original, or remove its line."
        ) from None
    width, height = image.size
    if min(width, height) < crop_px:
        raise BenchError(
            f"{where}: the image is {width}x{height}, smaller than the crop of {crop_px}. "
            f"Set data.crop_px to {min(width, height)} or less."
        )
    left, top = (width - crop_px) // 2, (height - crop_px) // 2
    return image, (left, top, left + crop_px, top + crop_px)
