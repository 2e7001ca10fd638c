"""Paints a face: an identity under a set of attributes, layer by layer from the back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bench.data.drawn import accessories, eyes, head, mouth
from bench.data.drawn import identity as identities
from bench.data.drawn.attributes import DRAWN, Labels
from bench.data.drawn.attributes import sample as sample_labels
from bench.data.drawn.background import paint_background, paint_clothes
from bench.data.drawn.camera import Image, add_noise, expose, to_jpeg
from bench.data.drawn.canvas import Canvas
from bench.data.drawn.hair import Hair
from bench.data.drawn.identity import Identity
from bench.data.drawn.look import Look, look_of


class Sitter:
    """One identity before the camera: ask for its picture under any labels."""

    def __init__(self, identity: Identity) -> None:
        """Paints the background once; it is the same under all labels."""
        self.identity = identity
        self._background = paint_background(identity)

    def clean(self, labels: Labels) -> Image:
        """The picture (218, 178, 3) without noise and compression, under labels in the order of `DRAWN`."""
        canvas = Canvas(self._background.copy(), self.identity.frame)
        _paint(canvas, look_of(self.identity, as_mapping(labels)))
        return expose(self.identity, canvas.rgb)

    def photo(self, clean: Image) -> bytes:
        """The JPEG of a clean picture of this identity, through its own noise and quality."""
        return to_jpeg(self.identity, add_noise(self.identity, clean))


def meet(seed: int, partition: int, index: int) -> tuple[Sitter, Labels]:
    """The sitter at `index` of a partition of data set `seed`, and its labels: a pure function of the three."""
    entropy = (seed, partition, index)
    random = identities.generator(entropy)
    labels = sample_labels(random)
    return Sitter(identities.sample(entropy, random)), labels


def unchanged(first: Image, second: Image) -> NDArray[np.uint8]:
    """255 where two clean pictures are equal in every channel, 0 elsewhere (H, W)."""
    return np.where((first == second).all(axis=2), 255, 0).astype(np.uint8)


def as_mapping(labels: Labels) -> Mapping[str, bool]:
    """Labels by attribute name."""
    return dict(zip(DRAWN, labels.tolist(), strict=True))


def _paint(canvas: Canvas, look: Look) -> None:
    hair = Hair.of(canvas, look) if look.has_hair else None
    if hair and look.has_locks:
        hair.paint_behind(canvas)
    head.paint_neck(canvas, look)
    paint_clothes(canvas, look.identity)
    head.paint_ears(canvas, look)
    head.paint_head(canvas, look)
    eyes.paint_eyes(canvas, look)
    eyes.paint_nose(canvas, look)
    mouth.paint_mouth(canvas, look)
    eyes.paint_brows(canvas, look)
    if hair:
        hair.tint(canvas, look)
        hair.paint_front(canvas)
    if look.on["Wearing_Hat"]:
        accessories.paint_hat(canvas, look)
    if look.on["Eyeglasses"]:
        accessories.paint_glasses(canvas, look)
