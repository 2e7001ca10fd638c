"""Random shifts of what a discriminator sees: patterns that fool it at one exact place then fool it no longer.

The translation of Zhao et al., Differentiable Augmentation for Data-Efficient GAN Training, NeurIPS 2020: real and
translated images alike are shifted before the discriminator, in its own step and in the generator's, so that the
generator's images themselves are never asked to be shifted.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Shifted(nn.Module):
    """A discriminator that sees every image shifted by its own up to `most_px` pixels a side."""

    def __init__(self, discriminator: nn.Module, most_px: int, random: torch.Generator) -> None:
        """Offsets are drawn on the device of `random`."""
        super().__init__()
        self.discriminator = discriminator
        self.most_px = most_px
        self.random = random

    def forward(self, images: Tensor) -> object:
        """The discriminator's answer to the images (B, 3, H, W), shifted anew at every call."""
        size, device = (2, len(images)), self.random.device
        offsets = torch.randint(0, 2 * self.most_px + 1, size, generator=self.random, device=device)
        return self.discriminator(shift(images, offsets.to(images.device), self.most_px))


def shift(images: Tensor, offsets: Tensor, most_px: int) -> Tensor:
    """Windows of the images (B, 3, H, W), continued by their edges, at offsets (2, B) down and right from 0.

    An offset of `most_px` is the image itself, 0 shows `most_px` pixels beyond its top or left edge. Differentiable.
    """
    count, _, height, width = images.shape
    padded = functional.pad(images, (most_px,) * 4, mode="replicate").permute(0, 2, 3, 1)
    rows = offsets[0, :, None] + torch.arange(height, device=images.device)
    columns = offsets[1, :, None] + torch.arange(width, device=images.device)
    image = torch.arange(count, device=images.device)[:, None, None]
    return padded[image, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
