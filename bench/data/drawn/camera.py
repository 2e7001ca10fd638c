"""The camera: light colour, lens blur, sensor noise, JPEG. Every picture of an identity takes the same one."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.data.drawn.canvas import Floats
from bench.data.drawn.identity import Identity
from bench.data.drawn.textures import sensor_noise

Image = NDArray[np.uint8]


def expose(identity: Identity, rgb: Floats) -> Image:
    """A clean picture (H, W, 3) uint8 RGB of a painted canvas (3, H, W): lit, blurred by the lens, no noise."""
    lens = cv2.getGaussianKernel(5, identity.sharpness, cv2.CV_32F)
    gains = (255 * gain for gain in identity.light_colour)
    planes = [  # the filter also rounds and saturates
        cv2.sepFilter2D(plane, cv2.CV_8U, lens * gain, lens) for plane, gain in zip(rgb, gains, strict=True)
    ]
    return np.asarray(cv2.merge(planes), np.uint8)


def add_noise(identity: Identity, clean: Image) -> Image:
    """The picture with the identity's sensor noise: equal clean pixels stay equal."""
    window = sensor_noise(identity.noise_place)
    return np.asarray(cv2.addWeighted(clean, 1, window, identity.noise, 0, dtype=cv2.CV_8U), np.uint8)


def to_jpeg(identity: Identity, image: Image) -> bytes:
    """The picture as JPEG bytes at the identity's quality (4:2:0 chroma)."""
    options = [cv2.IMWRITE_JPEG_QUALITY, identity.jpeg_quality]
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    return encoded.tobytes()
