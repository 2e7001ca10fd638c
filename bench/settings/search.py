"""Settings of the search for loss weights, of its controls and of the pairs that are compared."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bench.settings.base import Count, Names, Positive, SafePath, Section, Share, Unique

Sampler = Literal["random", "tpe", "tpe_pruned", "default"]


class StudySettings(Section):
    """The studies of one sampler."""

    studies: Count = Field(description="independent sequential studies per arm, paired by seed across arms")
    trials: Count = Field(description="trials per study")
    first: int = Field(default=0, ge=0, description="number of the first study; another machine takes later numbers")
    arms: Names = Field(default=(), description="arms of search.arms that are searched so; empty: all")

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + self.studies)


class PruningSettings(Section):
    """When studies of sampler tpe_pruned end a trial early."""

    points: Count = Field(default=3, description="looks at a trial, evenly spaced within its image budget")
    startup_trials: Count = Field(default=4, description="completed trials of a study before it prunes one")


class CompareSettings(Section):
    """The two variants that the report's first lines compare."""

    baseline: str = Field(description="<method>.<variant>")
    challenger: str = Field(description="<method>.<variant>")

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.baseline == self.challenger:
            raise ValueError(f"compares {self.baseline!r} with itself")
        return self

    @property
    def pair(self) -> tuple[str, str]:
        return self.baseline, self.challenger


class MainCompareSettings(CompareSettings):
    """The pair of the report's first lines, and the pairs by which claims are judged."""

    claim_pairs: Mapping[str, CompareSettings] = Field(
        default={}, description="by claim: the pair it is judged by, where its method offers several (C2, C5)"
    )


class ControlSettings(Section):
    """A control of the search: studies of some arms over other axes, compared by themselves in the same run."""

    frozen: Mapping[str, Names] = Field(default={}, description="per arm: weights left at their defaults")
    redundant: Mapping[str, Names] = Field(
        default={}, description="per arm: fixed weights searched too, axes that change nothing"
    )
    comparison: CompareSettings = Field(description="its two arms; one it leaves as it is takes its main trials")
    samplers: Mapping[Sampler, StudySettings] = Field(min_length=1, description="studies of each sampler")


# Keys of `search` that no trial depends on: which arms and studies there are, and what is made of their trials.
ANALYSIS_KEYS = frozenset({
    "arms", "samplers", "pools", "judged_target", "judged_widths_decades", "judged_shifts_decades", "comparisons",
    "controls",
})  # fmt: skip
# Keys of `search` that say what a hit is; trials depend on them where hits are confirmed.
HIT_KEYS = frozenset({"targets", "accuracy_target", "preservation_margin", "background_limit", "closer_target"})
# Keys of `search` that trials depend on only by the ranges they are drawn from.
RANGE_KEYS = frozenset({"centre", "pilot_seeds", "width_decades"})


class SearchSettings(Section):
    """The search for loss weights."""

    arms: Names = Field(min_length=1, description="variants searched, as <method>.<variant>")
    samplers: Mapping[Sampler, StudySettings] = Field(min_length=1, description="studies of each sampler")
    budget_kimg: Positive = Field(description="image budget of one trial")
    evaluation_images: Count = Field(default=300, description="valid images that a trial's evaluation translates")
    seed: int = Field(default=1, ge=0, description="seed of the first study")
    targets: Annotated[tuple[float, ...], Unique] = Field(
        default=(0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9), min_length=1, description="levels of quality that make a hit"
    )
    judged_target: float | None = Field(
        default=None,
        description="the level that ratios of search seconds are judged at, set before the run; null: the lowest",
    )
    accuracy_target: Share = Field(default=0.5, description="attribute accuracy that a hit needs")
    preservation_margin: Share = Field(default=0.05, description="how far below the judges' ceiling a hit may preserve")
    background_limit: Share = Field(
        default=0.1, description="background error that a hit may have; another person's face has more"
    )
    closer_target: Share = Field(
        default=0.2,
        description="drawn faces: share of a hit's edits nearer to the true counterfactual than to the source",
    )
    centre: Literal["default", "balanced"] = Field(
        default="default",
        description="where ranges are centred: at each weight's default, or where gradients balance (rule centres)",
    )
    pilot_seeds: Count = Field(default=3, description="pilot trainings that measure an arm's balanced centres")
    width_decades: Positive | None = Field(default=None, description="widest range an axis; null: the method's")
    judged_widths_decades: Annotated[tuple[Positive, ...], Unique] = Field(
        default=(1.0, 2.0, 3.0, 4.0),
        min_length=1,
        description="range widths at which the pool is judged; those wider than the pool are left out",
    )
    judged_shifts_decades: Annotated[tuple[float, ...], Unique] = Field(
        default=(-1.0, -0.5, 0.0, 0.5, 1.0),
        min_length=1,
        description="decades by which a narrower range's centre is moved; those that leave the pool are left out",
    )
    confirmations: int = Field(default=0, ge=0, description="fresh seeds on which a hit is trained again; 2 to confirm")
    startup_trials: Count = Field(
        default=4, description="trials that the tpe samplers draw at random before they model"
    )
    pruning: PruningSettings = Field(
        default=PruningSettings(), description="when studies of sampler tpe_pruned end a trial early"
    )
    pools: Annotated[tuple[SafePath, ...], Unique] = Field(
        default=(), description="trial tables of other machines or runs, of other study numbers, that are added"
    )
    comparisons: Annotated[tuple[CompareSettings, ...], Unique] = Field(
        default=(), description="pairs of arms whose search times are compared, beside the pair of 'compare'"
    )
    controls: Mapping[str, ControlSettings] = Field(
        default={}, description="by name: studies over fewer or redundant axes, compared by themselves"
    )

    @property
    def level(self) -> float:
        """The level of quality that ratios of search seconds are judged at."""
        return min(self.targets) if self.judged_target is None else self.judged_target

    def studies(self, arm: str) -> list[tuple[Sampler, int]]:
        """Sampler and number of every study of an arm."""
        plans = {sampler: plan for sampler, plan in self.samplers.items() if not plan.arms or arm in plan.arms}
        return [(sampler, number) for sampler, plan in plans.items() for number in plan.numbers]


MAIN = "main"  # the space of a study that is no control
PILOT_SHARE = 0.1  # of the image budget: after so much of it gradients are balanced
