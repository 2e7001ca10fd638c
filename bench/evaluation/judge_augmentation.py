"""What judges must see through: flips, shifts, blur, JPEG-like blocks, noise; on uint8 batches (N, 3, H, W)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torchvision.transforms import v2

BLOCK = 8


def augmentation(image_size_px: int) -> v2.Compose:
    """One draw of each kind and strength a batch, from torch's global RNG; flips and shifts too."""
    shift = max(1, image_size_px // 32)
    return v2.Compose(
        [
            v2.RandomHorizontalFlip(),
            v2.RandomApply([v2.RandomCrop(image_size_px, padding=shift, padding_mode="edge")], p=0.7),
            v2.RandomApply([v2.GaussianBlur(3, sigma=(0.1, 0.6))], p=0.4),
            v2.RandomApply([BlockQuantisation(0.1, 0.6)], p=0.4),
            v2.RandomApply([Noise(0.03)], p=0.5),
        ]
    )


class Noise(nn.Module):
    """Adds Gaussian noise; its deviation, of the 0..255 range, is uniform up to `most`."""

    def __init__(self, most: float) -> None:
        super().__init__()
        self.most = most

    def forward(self, images: Tensor) -> Tensor:
        deviation = 255.0 * self.most * torch.rand(())
        return _to_uint8(images + deviation * torch.randn(images.shape))


class BlockQuantisation(nn.Module):
    """JPEG's loss: each colour's 8x8 blocks are rounded in the cosine basis, coarser for higher frequencies.

    At strength 1 the step is 10 levels for the mean and 6 more a step of frequency (about JPEG's quality 50); the
    strength is uniform between `least` and `most`. The image's sides are multiples of 8. (torchvision's own JPEG is
    deprecated, and works image by image.)
    """

    def __init__(self, least: float, most: float) -> None:
        super().__init__()
        self.range = (least, most)
        frequency = torch.arange(BLOCK)
        angles = frequency[:, None] * (2 * torch.arange(BLOCK)[None, :] + 1) * math.pi / (2 * BLOCK)
        self.basis = angles.cos() * math.sqrt(2 / BLOCK)
        self.basis[0] /= math.sqrt(2)
        self.steps = 10.0 + 6.0 * (frequency[:, None] + frequency[None, :])

    def forward(self, images: Tensor) -> Tensor:
        count, colours, height, width = images.shape
        steps = self.steps * float(torch.empty(()).uniform_(*self.range))
        blocks = images.float().reshape(count, colours, height // BLOCK, BLOCK, width // BLOCK, BLOCK).transpose(3, 4)
        cosines = self.basis @ (blocks - 128) @ self.basis.T
        rounded = self.basis.T @ (torch.round(cosines / steps) * steps) @ self.basis + 128
        return _to_uint8(rounded.transpose(3, 4).reshape(images.shape))


def _to_uint8(levels: Tensor) -> Tensor:
    return levels.round().clamp(0, 255).to(torch.uint8)
