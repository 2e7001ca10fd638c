"""What a method says of itself: its switches, variants and loss weights. No torch.

The Snakefile, tables, statistics, plots and the report read this and nothing else of a method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

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

    def variant(self, slug: str) -> Variant:
        """Return the variant of that slug; KeyError if there is none."""
        return {variant.slug: variant for variant in self.variants}[slug]

    def resolve_switches(self, variant: Variant, readings: Mapping[str, SwitchValue]) -> dict[str, SwitchValue]:
        """Defaults, overridden by the user's `readings`, overridden by what defines `variant`."""
        return {switch.name: switch.default for switch in self.switches} | dict(readings) | dict(variant.switches)
