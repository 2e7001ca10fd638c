"""The exponential moving average of a network's weights, with a half-life in images (Karras et al., EDM, 2022)."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn


class Average:
    """`module` holds the average: a copy of the network, without gradients. An update does not wait for the device.

    The half-life is at most `ramp` of the images seen (EDM's ramp), so that the first weights fade early on too.
    """

    def __init__(self, network: nn.Module, half_life_images: float, ramp: float) -> None:
        self.module = copy.deepcopy(network).eval().requires_grad_(False)
        self._half_life_images = half_life_images
        self._ramp = ramp
        self._averaged: list[Tensor] = list(self.module.parameters())
        self._current: list[Tensor] = list(network.parameters())
        self._buffers = list(zip(self.module.buffers(), network.buffers(), strict=True))

    def decay(self, images_seen: int, images: int) -> float:
        """Weight of the old average in an update `images` after the last: 0.5 ** (images / half-life)."""
        half_life = min(self._half_life_images, self._ramp * images_seen)
        return float(0.5 ** (images / half_life))

    @torch.no_grad()
    def update(self, images_seen: int, images: int) -> None:
        """Move the average towards the network's weights; `images` were seen since the last update."""
        torch._foreach_lerp_(self._averaged, self._current, 1.0 - self.decay(images_seen, images))
        for averaged, current in self._buffers:
            averaged.copy_(current)
