"""What a method is: a torch-free description (`MethodInfo`, of `bench.method_info`) and a torch side (`Model`).

A method is one folder beside `bench/`:

    <folder>/method.py   METHOD: MethodInfo   read without importing torch
    <folder>/model.py    MODEL: type[Model]   networks, losses, translation
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bench.method_info import GrowthState, SwitchValue, Variant

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn


@dataclass(frozen=True)
class Problem:
    """What a model is built for. Frequencies are shares in [0, 1], in the order of `attributes`.

    `label_frequencies` is p_c of the real training labels, `target_frequencies` is q_c of the drawn targets.
    """

    attributes: tuple[str, ...]
    image_size_px: int
    generator_channels: int
    residual_blocks: int
    discriminator_channels: int
    label_frequencies: tuple[float, ...]
    target_frequencies: tuple[float, ...]


@dataclass(frozen=True)
class Batch:
    """One training batch. Images are (B, 3, H, W) in [-1, 1]; labels and targets are (B, C) floats, 0 or 1.

    `partner` (B,) holds, where targets are permuted labels, the index of the image whose labels sample i aims at
    (`targets == labels[partner]`), else None. `random` is the step's own generator on the images' device.
    """

    images: Tensor
    labels: Tensor
    targets: Tensor
    partner: Tensor | None
    random: torch.Generator


@dataclass(frozen=True)
class Translation:
    """A translated image (B, 3, H, W) in [-1, 1]; mask (B, 1, H, W) in [0, 1] and segment where the method has them."""

    image: Tensor
    mask: Tensor | None = None
    segment: Tensor | None = None

    def detach(self) -> Translation:
        """The same translation without its graph."""
        return Translation(
            self.image.detach(),
            None if self.mask is None else self.mask.detach(),
            None if self.segment is None else self.segment.detach(),
        )


# Images (B, 3, H, W) in [-1, 1] and targets (B, C) in, their translation out.
Translator: TypeAlias = "Callable[[Tensor, Tensor], Translation]"


@dataclass(frozen=True)
class Losses:
    """Unweighted named terms (scalars) and their weighted total (a scalar with a graph)."""

    terms: Mapping[str, Tensor]
    total: Tensor


class Model(ABC):
    """The torch side of one variant: stateless but for its settings; the trainer owns the networks it builds."""

    def __init__(
        self, variant: Variant, switches: Mapping[str, SwitchValue], weights: Mapping[str, float], problem: Problem
    ) -> None:
        """`weights` has every searched and fixed loss weight of `variant` by name."""
        self.variant = variant
        self.switches = switches
        self.weights = weights
        self.problem = problem

    @abstractmethod
    def build_generator(self) -> nn.Module:
        """A new generator, initialised from torch's global RNG."""

    @abstractmethod
    def build_discriminator(self) -> nn.Module:
        """A new discriminator, initialised from torch's global RNG."""

    @abstractmethod
    def translate(self, generator: nn.Module, images: Tensor, targets: Tensor) -> Translation:
        """Translate images (B, 3, H, W) in [-1, 1] towards targets (B, C); same size out."""

    @abstractmethod
    def discriminator_loss(self, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        """Losses of one discriminator step; `fake` carries no graph."""

    @abstractmethod
    def generator_loss(self, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        """Losses of one generator step; `fake` is `translate(generator, batch.images, batch.targets)` with graph."""

    # A hook with a default: most methods do not grow.
    def grow(self, generator: nn.Module, discriminator: nn.Module, state: GrowthState) -> None:  # noqa: B027  # empty on purpose
        """Set both networks to a growth state (as built they are fully grown); methods that do not grow keep this."""
