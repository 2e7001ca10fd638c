"""Paints a face, an identity under a set of attributes, layer by layer from the back; and takes its picture.

Every picture of an identity takes the same camera: light colour, lens blur, sensor noise, JPEG.
"""

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.data.drawn import attributes, features, head
from bench.data.drawn.attributes import DRAWN
from bench.data.drawn.background import paint_background, paint_clothes
from bench.data.drawn.canvas import Canvas, Floats, mix
from bench.data.drawn.hair import Hair, paint_glasses, paint_hat
from bench.data.drawn.identity import Identity
from bench.data.drawn.look import Look
from bench.data.drawn.textures import sensor_noise
from bench.settings.edits import Labels

Image = NDArray[np.uint8]


class Sitter:
    """One identity before the camera: ask for its picture under any labels."""

    def __init__(self, identity: Identity) -> None:
        """Paints the background once; it is the same under all labels."""
        self.identity = identity
        self._background = paint_background(identity)

    def clean(self, labels: Labels) -> Image:
        """The picture (218, 178, 3) without noise and compression, under labels in the order of `DRAWN`."""
        canvas = Canvas(self._background.copy(), self.identity.frame)
        _paint(canvas, Look(self.identity, as_mapping(labels)))
        return _expose(self.identity, canvas.rgb)

    def photo(self, clean: Image) -> bytes:
        """The JPEG of a clean picture of this identity, through its own noise and quality."""
        window = sensor_noise(self.identity.noise_place)  # where clean pixels are equal, noisy ones are
        noisy = np.asarray(cv2.addWeighted(clean, 1, window, self.identity.noise, 0, dtype=cv2.CV_8U), np.uint8)
        options = [cv2.IMWRITE_JPEG_QUALITY, self.identity.jpeg_quality]  # chroma is halved: 4:2:0
        _, encoded = cv2.imencode(".jpg", cv2.cvtColor(noisy, cv2.COLOR_RGB2BGR), options)
        return encoded.tobytes()


def meet(seed: int, partition: int, index: int) -> tuple[Sitter, Labels]:
    """The sitter at `index` of a partition of data set `seed`, and its labels: a pure function of the three."""
    entropy = (seed, partition, index)
    random = np.random.default_rng(entropy)
    labels = attributes.sample(random)
    return Sitter(Identity(entropy, random)), labels


def _expose(identity: Identity, rgb: Floats) -> Image:
    """A painted canvas (3, H, W) as a clean picture (H, W, 3) uint8 RGB: lit, blurred by the lens, no noise."""
    lens = cv2.getGaussianKernel(5, identity.sharpness, cv2.CV_32F)
    gains = (255 * gain for gain in identity.light_colour)
    planes = [  # the filter also rounds and saturates
        cv2.sepFilter2D(plane, cv2.CV_8U, lens * gain, lens) for plane, gain in zip(rgb, gains, strict=True)
    ]
    return np.asarray(cv2.merge(planes), np.uint8)


def unchanged(first: Image, second: Image) -> NDArray[np.uint8]:
    """255 where two clean pictures are equal in every channel, 0 elsewhere (H, W)."""
    return np.where((first == second).all(axis=2), 255, 0).astype(np.uint8)


def as_mapping(labels: Labels) -> Mapping[str, bool]:
    """Labels by attribute name."""
    return dict(zip(DRAWN, labels.tolist(), strict=True))


def _paint(canvas: Canvas, look: Look) -> None:
    hair = Hair(canvas, look) if look.has_hair else None
    if hair and look.has_locks:
        canvas.paint(hair.all, hair.colour * np.float32(0.62))  # behind head and neck, in their shade
    head.paint_neck(canvas, look)
    paint_clothes(canvas, look.identity)
    head.paint_ears(canvas, look)
    head.paint_head(canvas, look)
    features.paint_eyes(canvas, look)
    features.paint_nose(canvas, look)
    features.paint_mouth(canvas, look)
    features.paint_brows(canvas, look)
    if hair:
        shade = mix((0.16, 0.09, 0.07), look.hair, 0.4)  # and reflected colour, on forehead, cheeks, neck and shoulders
        canvas.paint(hair.shadow, shade, 0.45)
        canvas.paint(hair.front, hair.colour)
    if look.on["Wearing_Hat"]:
        paint_hat(canvas, look)
    if look.on["Eyeglasses"]:
        paint_glasses(canvas, look)
