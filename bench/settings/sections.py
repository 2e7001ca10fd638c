"""The sections of the settings: typed, frozen, with a description for every key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bench.edits import EditRules, combined_name

Count = Annotated[int, Field(gt=0)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Split = Literal["valid", "test"]
Sampler = Literal["random", "tpe", "tpe_pruned", "default"]


class Section(BaseModel):
    """A part of the settings: frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DrawnFaces(Section):
    """How many faces are drawn, and from which seed."""

    train: Count = Field(description="faces of the train partition (judges take their share of it)")
    valid: Count = Field(description="faces of the valid partition")
    test: Count = Field(description="faces of the test partition")
    seed: int = Field(default=1, ge=0, description="seed of the whole data set")


class DataSettings(Section):
    """Where faces come from and what is kept of them."""

    source: Literal["drawn", "celeba", "folder"] = Field(description="drawn faces, CelebA, or a CelebA-shaped folder")
    folder: Path | None = Field(
        default=None, description="folder of CelebA or of a CelebA-shaped data set; null: fetch"
    )
    drawn: DrawnFaces | None = Field(default=None, description="needed where source is 'drawn'")
    image_size_px: Literal[16, 32, 64, 128, 256] = Field(description="side of the packed square images")
    crop_px: Count = Field(default=178, description="side of the centre crop before the resize")
    attributes: tuple[str, ...] = Field(min_length=1, description="attributes that are translated, in order")
    exclusive: tuple[tuple[str, ...], ...] = Field(
        default=(("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair"),),
        description="groups of attributes of which at most one is on; an edit sets one and clears the rest",
    )
    combined_edits: tuple[tuple[str, ...], ...] = Field(
        default=(), description="edits that set several attributes on at once (figure 4)"
    )
    judges_share: Share = Field(default=0.25, description="share of train that only the judges see, half for each")
    split_seed: int = Field(default=1, ge=0, description="seed of the split where a folder has no partition file")

    @property
    def rules(self) -> EditRules:
        """What an edit of each attribute means."""
        return EditRules(self.attributes, self.exclusive)

    @property
    def edits(self) -> tuple[str, ...]:
        """Names of all edits: one an attribute, then the combined ones."""
        return self.attributes + tuple(combined_name(names) for names in self.combined_edits)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.source == "drawn" and self.drawn is None:
            raise ValueError("source 'drawn' needs the section 'drawn'")
        if self.source == "folder" and self.folder is None:
            raise ValueError("source 'folder' needs 'folder'")
        if len(set(self.attributes)) != len(self.attributes):
            raise ValueError("'attributes' names one twice")
        for names in self.combined_edits:
            if unknown := [name for name in names if name not in self.attributes]:
                raise ValueError(f"combined edit uses {unknown[0]!r}, which is not among 'attributes'")
        return self


class NetworkSettings(Section):
    """Sizes that every method shares."""

    generator_channels: Count = Field(default=64, description="channels of the generator's first convolution")
    residual_blocks: int = Field(default=6, ge=0, description="residual blocks in the generator's middle")
    discriminator_channels: Count = Field(default=64, description="channels of the discriminator's first convolution")


class TrainingSettings(Section):
    """The one training protocol, equal for every method."""

    budget_kimg: Positive = Field(description="thousands of real images shown to the discriminator")
    batch_size: Count = Field(default=16, description="images a step")
    learning_rate: Positive = Field(default=1e-4, description="Adam's, for generator and discriminator")
    adam_betas: tuple[Share, Share] = Field(default=(0.5, 0.999), description="Adam's betas")
    decay_share: Share = Field(default=0.5, description="last share of the budget in which the rate falls to 0")
    ema_half_life_kimg: Positive = Field(default=1.0, description="half-life of the generator's weight average")
    ema_ramp: float = Field(
        default=0.05, gt=0, le=1, description="that half-life is at most this share of the images seen so far"
    )
    scored_weights: Literal["ema", "raw"] = Field(default="ema", description="the generator weights that are scored")
    targets: Literal["permuted", "bernoulli"] = Field(
        default="permuted", description="targets: the batch's labels permuted, or independent fair coins"
    )
    flip: bool = Field(default=True, description="random horizontal flips")
    discriminator_shift_px: int = Field(
        default=0, ge=0, le=16, description="the discriminator sees images shifted at random by up to so many pixels"
    )
    evaluations: int = Field(
        default=8, ge=0, description="evaluation points, evenly spaced, outside the training clock"
    )
    evaluation_images: Count = Field(default=200, description="valid images an evaluation point translates")
    checkpoint_seconds: Positive = Field(default=60.0, description="seconds between checkpoints")
    device: Literal["auto", "cpu", "cuda"] = Field(default="auto", description="auto: a free card, else the CPU")
    precision: Literal["float32", "bfloat16"] = Field(default="float32", description="bfloat16 autocast, cards only")
    compile: bool = Field(default=False, description="torch.compile the generator, cards only")


class JudgeSettings(Section):
    """Training of the two judges."""

    channels: Count = Field(default=32, description="channels of a judge's first convolution")
    epochs: Count = Field(default=10, description="passes over a judge's own images")
    batch_size: Count = Field(default=64, description="images a step")
    learning_rate: Positive = Field(default=2e-3, description="AdamW's peak rate")
    seed: int = Field(default=1, ge=0, description="judge A's seed; judge B takes the next")


class ScoringSettings(Section):
    """What is scored, on which images."""

    splits: tuple[Split, ...] = Field(default=("valid", "test"), description="splits on which final models are scored")
    images: Count | None = Field(default=None, description="first images of a split that are scored; null: all")
    extractors: tuple[Literal["judge", "inception"], ...] = Field(
        default=("judge",), description="feature extractors of FID, KID, precision and recall"
    )
    kid_subsets: Count = Field(default=100, description="random subsets that a KID is the mean over")
    inception_weights: Path | None = Field(default=None, description="placed-by-hand InceptionV3 weights; null: fetch")

    @property
    def shown_split(self) -> Split:
        """The split whose faces are shown: test where it is scored, else the first."""
        return "test" if "test" in self.splits else self.splits[0]


class StudySettings(Section):
    """The studies of one sampler."""

    studies: Count = Field(description="independent sequential studies an arm, paired by seed across arms")
    trials: Count = Field(description="trials a study")
    first: int = Field(default=0, ge=0, description="number of the first study; another machine takes later numbers")
    arms: tuple[str, ...] = Field(default=(), description="arms of search.arms that are searched so; empty: all")

    @property
    def numbers(self) -> range:
        """The numbers of the studies."""
        return range(self.first, self.first + self.studies)


class PruningSettings(Section):
    """When studies of sampler tpe_pruned end a trial early."""

    points: Count = Field(default=3, description="looks at a trial, evenly spaced within its image budget")
    startup_trials: Count = Field(default=4, description="completed trials of a study before it prunes one")


class CompareSettings(Section):
    """The two variants that the report's first lines compare."""

    baseline: str = Field(description="<method>.<variant>")
    challenger: str = Field(description="<method>.<variant>")


class ControlSettings(Section):
    """A control of the search: studies of some arms over other axes, compared by themselves in the same run."""

    frozen: Mapping[str, tuple[str, ...]] = Field(default={}, description="per arm: weights left at their defaults")
    redundant: Mapping[str, tuple[str, ...]] = Field(
        default={}, description="per arm: fixed weights searched too, axes that change nothing"
    )
    comparison: CompareSettings = Field(description="its two arms; one it leaves as it is takes its main trials")
    samplers: Mapping[Sampler, StudySettings] = Field(description="studies of each sampler")


# Keys of `search` that no trial depends on: which arms and studies there are, and what is made of their trials.
JUDGING = frozenset(
    {"arms", "samplers", "pools", "judged_widths_decades", "judged_shifts_decades", "comparisons", "controls"}
)
# Keys of `search` that trials depend on only by the ranges they are drawn from.
RANGES = frozenset({"centre", "pilot_seeds", "width_decades"})


class SearchSettings(Section):
    """The search for loss weights."""

    arms: tuple[str, ...] = Field(description="variants searched, as <method>.<variant>")
    samplers: Mapping[Sampler, StudySettings] = Field(description="studies of each sampler")
    budget_kimg: Positive = Field(description="image budget of one trial")
    evaluation_images: Count = Field(default=300, description="valid images that a trial's evaluation translates")
    seed: int = Field(default=1, ge=0, description="seed of the first study")
    targets: tuple[float, ...] = Field(
        default=(0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9), description="levels of quality that make a hit"
    )
    accuracy_target: Share = Field(default=0.5, description="attribute accuracy that a hit needs")
    preservation_margin: Share = Field(default=0.05, description="how far below the judges' ceiling a hit may preserve")
    centre: Literal["default", "balanced"] = Field(
        default="default",
        description="where ranges are centred: at each weight's default, or where gradients balance (rule centres)",
    )
    pilot_seeds: Count = Field(default=3, description="pilot trainings that measure an arm's balanced centres")
    width_decades: Positive | None = Field(default=None, description="widest range an axis; null: the method's")
    judged_widths_decades: tuple[Positive, ...] = Field(
        default=(1.0, 2.0, 3.0, 4.0),
        description="range widths at which the pool is judged; those wider than the pool are left out",
    )
    judged_shifts_decades: tuple[float, ...] = Field(
        default=(-1.0, -0.5, 0.0, 0.5, 1.0),
        description="decades by which a narrower range's centre is moved; those that leave the pool are left out",
    )
    confirmations: int = Field(default=0, ge=0, description="fresh seeds on which a hit is trained again; 2 to confirm")
    startup_trials: Count = Field(
        default=4, description="trials that the tpe samplers draw at random before they model"
    )
    pruning: PruningSettings = Field(
        default=PruningSettings(), description="when studies of sampler tpe_pruned end a trial early"
    )
    pools: tuple[Path, ...] = Field(
        default=(), description="trial tables of other machines or runs, of other study numbers, that are added"
    )
    comparisons: tuple[CompareSettings, ...] = Field(
        default=(), description="pairs of arms whose search times are compared, beside the pair of 'compare'"
    )
    controls: Mapping[str, ControlSettings] = Field(
        default={}, description="by name: studies over fewer or redundant axes, compared by themselves"
    )

    def studies(self, arm: str) -> list[tuple[Sampler, int]]:
        """Sampler and number of every study of an arm."""
        plans = {sampler: plan for sampler, plan in self.samplers.items() if not plan.arms or arm in plan.arms}
        return [(sampler, number) for sampler, plan in plans.items() for number in plan.numbers]


class FinalModel(Section):
    """A variant trained at the full budget on several seeds."""

    model: str = Field(description="<method>.<variant>")
    seeds: tuple[int, ...] = Field(min_length=1, description="training seeds")
    weights_from: tuple[str, ...] = Field(
        default=(), description="searched arms whose best weights are taken, first match wins; else the defaults"
    )
    budget_kimg: Positive | None = Field(default=None, description="image budget; null: training.budget_kimg")
