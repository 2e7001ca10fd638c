"""Bidirectional growing: the generator grows at its input and its output together, the discriminator at its input.

At depth n a network works on images of side / 2^n and skips n of its layers at each growing end; adapters stand in
for them. While depth n fades in, its path is blended with the path of the depth before it, `lower`, by alpha: 0 is
the lower stage alone, 1 the new one. Fully grown (depth 0, as built), the networks are those that do not grow.
"""

from collections.abc import Callable, Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench.blocks.networks import (
    SLOPE,
    Critique,
    Discriminator,
    Drawing,
    Generator,
    Head,
    as_drawing,
    convolution,
    exit_convolution,
    with_targets,
)
from bench.method import GrowthStage, GrowthState


class Fade(nn.Module):
    """Where growth stands: the current depth, the depth that it fades from (None: no fade), alpha."""

    alpha: Tensor

    def __init__(self, stages: Sequence[GrowthStage]) -> None:
        super().__init__()
        self.depths = [stage.divisor.bit_length() - 1 for stage in stages]
        self.depth = 0
        self.lower: int | None = None
        self.register_buffer("alpha", torch.ones(()), persistent=False)

    def set(self, state: GrowthState) -> None:
        self.depth = self.depths[state.stage]
        fading = state.stage > 0 and state.alpha < 1
        self.lower = self.depths[state.stage - 1] if fading else None
        self.alpha.fill_(state.alpha)

    def blend(self, old: Tensor, new: Tensor) -> Tensor:
        """(1 - alpha)·old + alpha·new."""
        return old + self.alpha * (new - old)

    def encode(self, images: Tensor, enter: Callable[[int, Tensor], Tensor], layers: nn.ModuleList) -> Tensor:
        """The features of `images` after `layers`, of which the depth's first are skipped.

        `enter` gives what the layer after those takes, from the depth and images of its side.
        """
        features, rest = enter(self.depth, images), self.depth
        if self.lower is not None:
            for layer in layers[self.depth : self.lower]:
                features = layer(features)
            old, rest = enter(self.lower, shrink(images, 2 ** (self.lower - self.depth))), self.lower
            features = self.blend(old, features)
        for layer in layers[rest:]:
            features = layer(features)
        return features


class GrowingGenerator(Generator):
    """The generator with adapters at both ends for each depth."""

    def __init__(
        self, channels: int, residual_blocks: int, attributes: int, masked: bool, stages: Sequence[GrowthStage]
    ) -> None:
        super().__init__(channels, residual_blocks, attributes, masked)
        self.fade = Fade(stages)
        adapted = [depth for depth in self.fade.depths if depth > 0]
        self.entries = nn.ModuleDict({str(n): convolution(3 + attributes, channels * 2**n, 7) for n in adapted})
        self.exits = nn.ModuleDict({str(n): exit_convolution(channels * 2**n, masked) for n in adapted})
        self.side_px = 0

    def grow(self, state: GrowthState) -> None:
        self.fade.set(state)
        self.side_px = state.image_size_px

    def forward(self, images: Tensor, targets: Tensor) -> Drawing:
        """Images (B, 3, H, W) of the stage's side or of a multiple of it, targets (B, C), to a drawing of that size."""
        factor = images.shape[-1] // self.side_px if self.fade.depth > 0 else 1

        def enter(depth: int, images: Tensor) -> Tensor:
            entry = self.entries[str(depth)] if depth else self.entry
            return cast(Tensor, entry(with_targets(images, targets)))

        segment, mask = self._decode(self.middle(self.fade.encode(shrink(images, factor), enter, self.down)))
        return Drawing(enlarge(segment, factor), None if mask is None else enlarge(mask, factor))

    def _decode(self, features: Tensor) -> Drawing:
        depth, lower = self.fade.depth, self.fade.lower
        steps = len(self.up)
        old: Drawing | None = None
        for step, up in enumerate(self.up[: steps - depth]):
            if lower is not None and step == steps - lower:
                old = as_drawing(self._exit(lower)(features))
            features = up(features)
        new = as_drawing(self._exit(depth)(features))
        if lower is None or old is None:
            return new
        factor = 2 ** (lower - depth)
        segment = self.fade.blend(enlarge(old.segment, factor), new.segment)
        if old.mask is None or new.mask is None:
            return Drawing(segment, None)
        return Drawing(segment, self.fade.blend(enlarge(old.mask, factor), new.mask))

    def _exit(self, depth: int) -> nn.Module:
        return self.exits[str(depth)] if depth else self.exit


class GrowingDiscriminator(Discriminator):
    """The discriminator with an adapter at its input for each depth."""

    def __init__(
        self, image_size_px: int, channels: int, outputs: int, patch: bool, head: Head, stages: Sequence[GrowthStage]
    ) -> None:
        super().__init__(image_size_px, channels, outputs, patch, head)
        self.fade = Fade(stages)
        self.entries = nn.ModuleDict(
            {
                str(n): nn.Sequential(nn.Conv2d(3, channels * 2 ** (n - 1), 3, padding=1), nn.LeakyReLU(SLOPE, True))
                for n in self.fade.depths
                if n > 0
            }
        )

    def grow(self, state: GrowthState) -> None:
        self.fade.set(state)

    def forward(self, images: Tensor) -> Critique:
        """Images (B, 3, side, side) of the stage's side to their critique."""
        return self.judge(self.fade.encode(images, self._enter, self.layers))

    def _enter(self, depth: int, images: Tensor) -> Tensor:
        return self.entries[str(depth)](images) if depth else images


def shrink(images: Tensor, factor: int) -> Tensor:
    """Images (B, C, H, W) averaged over squares of side `factor`."""
    return images if factor == 1 else F.avg_pool2d(images, factor)


def enlarge(images: Tensor, factor: int) -> Tensor:
    """Images (B, C, H, W) enlarged `factor` times, bilinearly."""
    return images if factor == 1 else F.interpolate(images, scale_factor=factor, mode="bilinear")
