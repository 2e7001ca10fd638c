"""What a method is: a description without torch (`MethodInfo`) and a torch side (`Model`).

A method is one folder beside `bench/`:

    <folder>/method.py   METHOD: MethodInfo   read without importing torch
    <folder>/model.py    MODEL: type[Model]   networks, losses, translation
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

Family = Literal["lsgan", "wgan_gp"]
SwitchValue = bool | int | float | str


@dataclass(frozen=True)
class LossWeight:
    """A loss weight that the search tunes on a log scale between `low` and `high`."""

    name: str
    default: float
    low: float
    high: float


@dataclass(frozen=True)
class Switch:
    """A part or a reading of the method that can be chosen: its default, its allowed values and what it means.

    `choices` empty means any number >= 0.
    """

    name: str
    default: SwitchValue
    choices: tuple[SwitchValue, ...]
    summary: str


@dataclass(frozen=True)
class GrowthStage:
    """One stage of a growing network; fractions are of the image budget.

    The stage works at `image_size_px / divisor`, begins at `start` and fades its new blocks in until `start + fade`.
    """

    divisor: int
    start: float
    fade: float


@dataclass(frozen=True)
class GrowthState:
    """Where the growth stands: index of the stage, weight of its new blocks in [0, 1], and its image size."""

    stage: int
    alpha: float
    image_size_px: int


@dataclass(frozen=True)
class Variant:
    """A named variant (a rung of the ladder). `slug` matches [a-z0-9_]+, without `__`; `label` is for people.

    `published_weights`: the defaults of its weights are those that its authors published.
    """

    slug: str
    label: str
    family: Family
    n_critic: int
    summary: str
    searched: tuple[LossWeight, ...]
    fixed: Mapping[str, float] = field(default_factory=dict)
    switches: Mapping[str, SwitchValue] = field(default_factory=dict)
    growth: tuple[GrowthStage, ...] = ()
    published_weights: bool = False

    def stages(self, image_size_px: int) -> tuple[GrowthStage, ...]:
        """The growth stages of a model of that size: those of at least 16 px, the first from the start; () for none."""
        stages = [stage for stage in self.growth if stage.divisor == 1 or image_size_px // stage.divisor >= 16]
        return (replace(stages[0], start=0.0, fade=0.0), *stages[1:]) if len(stages) > 1 else ()


@dataclass(frozen=True)
class MethodInfo:
    """All that the Snakefile, tables, statistics, plots and report need to know of a method; no torch."""

    name: str
    label: str
    colour: str
    source: str
    switches: tuple[Switch, ...]
    variants: tuple[Variant, ...]

    def resolve_switches(self, variant: Variant, readings: Mapping[str, SwitchValue]) -> dict[str, SwitchValue]:
        """Defaults, overridden by the user's `readings`, overridden by what defines `variant`."""
        return {switch.name: switch.default for switch in self.switches} | dict(readings) | dict(variant.switches)


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
