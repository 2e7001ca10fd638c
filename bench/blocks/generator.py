"""The generator that every method shares: StarGAN's, with an optional mask."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Drawing(NamedTuple):
    """What a generator draws: segment (B, 3, H, W) in [-1, 1] and, where it has one, mask (B, 1, H, W) in [0, 1]."""

    segment: Tensor
    mask: Tensor | None


def instance_norm(channels: int) -> nn.GroupNorm:
    """Instance normalisation with learned scale and shift.

    As one group a channel: the same numbers as `nn.InstanceNorm2d(affine=True)`, three times as fast on a CPU.
    """
    return nn.GroupNorm(channels, channels)


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Convolution without bias, instance norm, ReLU; divides the image side by `stride`."""
    padding = (kernel - stride + 1) // 2
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False), instance_norm(outputs), nn.ReLU(inplace=True)
    )


def upsampling(inputs: int, outputs: int) -> nn.Sequential:
    """Transposed 4x4 convolution that doubles the image side, instance norm, ReLU."""
    return nn.Sequential(
        nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False), instance_norm(outputs), nn.ReLU(inplace=True)
    )


class ResidualBlock(nn.Module):
    """x + norm(conv(relu(norm(conv(x))))), both convolutions 3x3."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = convolution(channels, channels, 3)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = instance_norm(channels)

    def forward(self, features: Tensor) -> Tensor:
        """Features (B, channels, H, W) in, the same shape out."""
        residual: Tensor = self.norm(self.second(self.first(features)))
        return features + residual


class Generator(nn.Module):
    """StarGAN's generator: 7x7 convolution, two stride-2 steps down, residual blocks, two steps up, 7x7 convolution.

    The targets (B, C) enter as C constant channels beside the image.
    """

    def __init__(self, channels: int, residual_blocks: int, attributes: int, masked: bool) -> None:
        super().__init__()
        self.entry = convolution(3 + attributes, channels, 7)
        self.down = nn.ModuleList([convolution(channels * 2**i, channels * 2 ** (i + 1), 4, 2) for i in range(2)])
        self.middle = nn.Sequential(*[ResidualBlock(channels * 4) for _ in range(residual_blocks)])
        self.up = nn.ModuleList([upsampling(channels * 2 ** (i + 1), channels * 2**i) for i in (1, 0)])
        self.exit = exit_convolution(channels, masked)

    def forward(self, images: Tensor, targets: Tensor) -> Drawing:
        """Images (B, 3, H, W) in [-1, 1], H and W multiples of 4, and targets (B, C) to a drawing of the same size."""
        features = self.entry(with_targets(images, targets))
        for down in self.down:
            features = down(features)
        features = self.middle(features)
        for up in self.up:
            features = up(features)
        return as_drawing(self.exit(features))


def exit_convolution(channels: int, masked: bool) -> nn.Conv2d:
    """The 7x7 convolution to 3 channels of segment and, if `masked`, one of mask logits."""
    return nn.Conv2d(channels, 3 + masked, 7, padding=3, bias=False)


def with_targets(images: Tensor, targets: Tensor) -> Tensor:
    """Images (B, 3, H, W) and targets (B, C) as (B, 3 + C, H, W)."""
    planes = targets[:, :, None, None].expand(-1, -1, *images.shape[2:])
    return torch.cat([images, planes], dim=1)


def as_drawing(channels: Tensor) -> Drawing:
    """Split 3 or 4 channels (B, 3 or 4, H, W) into tanh segment and sigmoid mask, in float32."""
    segment = torch.tanh(channels[:, :3].float())
    return Drawing(segment, torch.sigmoid(channels[:, 3:].float()) if channels.shape[1] > 3 else None)
