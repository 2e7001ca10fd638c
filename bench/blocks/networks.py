"""The networks that every method shares, StarGAN's generator and discriminator; how a drawing becomes a translation."""

from itertools import pairwise
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from bench.method import Translation

Head = Literal["full_field", "patch"]
SLOPE = 0.01
MOST_LAYERS = 6  # as published: at 256 px the field is 4x4, where a seventh layer would quadruple the parameters


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


def frame_window(images: Tensor, width: float, soft: bool) -> Tensor:
    """The framing window w (1, 1, H, W) for images (B, 3, H, W): 0 on an outer border, 1 inside.

    `width` in [0, 0.5) is the border's share of the side; 0 gives ones. The soft edge rises from 0 to 1 over another
    `width`.
    """
    if width == 0:
        return torch.ones(1, 1, *images.shape[2:], device=images.device, dtype=images.dtype)
    rows, columns = (_ramp(side, width, soft, images) for side in images.shape[2:])
    return torch.minimum(rows[:, None], columns[None, :])[None, None]


def compose(source: Tensor, drawing: Drawing, window: Tensor | None = None) -> Translation:
    """(w·m)·s + (1 - w·m)·x, exactly x where w·m is 0; the segment itself where there is neither mask nor window.

    The translation's mask is w·m. Without a mask m is 1, and the translation shows no mask.
    """
    segment, mask = drawing
    if mask is not None and window is not None:
        mask = window * mask
    weight = window if mask is None else mask
    if weight is None:
        return Translation(segment)
    return Translation(torch.lerp(source, segment, weight), mask, segment)


def _ramp(side: int, width: float, soft: bool, like: Tensor) -> Tensor:
    """The window along one axis (side,), from each pixel centre's distance to the nearer border."""
    centres = (torch.arange(side, device=like.device, dtype=like.dtype) + 0.5) / side
    inside = torch.minimum(centres, 1 - centres) - width
    return (inside / width).clamp(0, 1) if soft else (inside >= 0).to(like.dtype)


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
