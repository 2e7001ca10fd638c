"""The discriminator trunk that every method shares, and the heads that methods put on it."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

Head = Literal["full_field", "patch"]
SLOPE = 0.01
MOST_LAYERS = 6  # as published: at 256 px the field is 4x4, where a seventh layer would quadruple the parameters


class Critique(NamedTuple):
    """What a discriminator says of images: a real/fake patch map (B, 1, h, w) and attribute outputs (B, K, h', w')."""

    patches: Tensor | None
    attributes: Tensor


def critic_layer(inputs: int, outputs: int) -> nn.Sequential:
    """A 4x4 convolution of stride 2 and a LeakyReLU: halves the image side."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, 4, 2, 1), nn.LeakyReLU(SLOPE, inplace=True))


class Discriminator(nn.Module):
    """StarGAN's discriminator: stride-2 layers down to a field of 2x2, at most `MOST_LAYERS`, then the heads.

    `patch`: a 3x3 head to one real/fake map. `outputs` attribute outputs come from a head over the full field (one
    value an image) or, as `head` says, from a 3x3 patch head (a map).
    """

    def __init__(
        self, image_size_px: int, channels: int, outputs: int, patch: bool = True, head: Head = "full_field"
    ) -> None:
        super().__init__()
        layers = min(image_size_px.bit_length() - 2, MOST_LAYERS)
        widths = [3] + [channels * 2**i for i in range(layers)]
        self.layers = nn.ModuleList([critic_layer(inputs, outputs) for inputs, outputs in pairwise(widths)])
        self.patch_head = nn.Conv2d(widths[-1], 1, 3, padding=1, bias=False) if patch else None
        kernel, padding = (image_size_px >> layers, 0) if head == "full_field" else (3, 1)
        self.attribute_head = nn.Conv2d(widths[-1], outputs, kernel, padding=padding, bias=False)

    def forward(self, images: Tensor) -> Critique:
        """Images (B, 3, side, side) in [-1, 1] to their critique, in float32."""
        features = images
        for layer in self.layers:
            features = layer(features)
        return self.judge(features)

    def judge(self, features: Tensor) -> Critique:
        """The heads' answers to the trunk's last features (B, channels, 2, 2), or 4x4 at 256 px."""
        patches = None if self.patch_head is None else self.patch_head(features).float()
        return Critique(patches, self.attribute_head(features).float())


def critique_pair(discriminator: nn.Module, real: Tensor, fake: Tensor) -> tuple[Critique, Critique]:
    """Critiques of real and of generated images (B, 3, side, side) from one pass over both.

    No layer mixes the images of a batch, so this is the same as two passes.
    """
    critique: Critique = discriminator(torch.cat([real, fake]))
    count = len(real)
    patches, attributes = critique
    return (
        Critique(None if patches is None else patches[:count], attributes[:count]),
        Critique(None if patches is None else patches[count:], attributes[count:]),
    )
