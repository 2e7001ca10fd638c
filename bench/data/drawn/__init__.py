"""Drawn faces: a parametric portrait painter whose every edit has a known true result (docs/design.md).

A face is a pure function of an identity (pose, shape, light, background, noise) and of its attributes:

    attributes -> identity -> look -> painter (background, hair, head, eyes, mouth, accessories) -> camera -> dataset
"""

from bench.data.drawn.attributes import CELEBA_ATTRIBUTES, CELEBA_FREQUENCIES, DRAWN
from bench.data.drawn.dataset import TEST, TRAIN, VALID, draw_dataset
from bench.data.drawn.edits import Editor
from bench.data.drawn.painter import Sitter, meet, unchanged

__all__ = [
    "CELEBA_ATTRIBUTES",
    "CELEBA_FREQUENCIES",
    "DRAWN",
    "TEST",
    "TRAIN",
    "VALID",
    "Editor",
    "Sitter",
    "draw_dataset",
    "meet",
    "unchanged",
]
