"""Sections of the settings: data, networks, training, judges, final models, measurements, and the search."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bench.settings.base import Count, Names, PlainPath, Positive, SafePath, Section, Share, Unique
from bench.settings.edits import EditRules

Counts = Annotated[tuple[Count, ...], Unique]
Split = Literal["valid", "test"]
NORM_SEEDS = 3  # of the gradient experiments' seeds: norms differ far less between seeds than between terms
Sampler = Literal["random", "tpe", "tpe_pruned", "default"]
MAIN = "main"  # the space of a study that is no control
PILOT_SHARE = 0.1  # of the image budget: after so much of it gradients are balanced


class DrawnFaces(Section):
    """How many faces are drawn, and from which seed."""

    train: Count = Field(description="faces of the train partition (judges take their share of it)")
    valid: Count = Field(description="faces of the valid partition")
    test: Count = Field(description="faces of the test partition")
    seed: int = Field(default=1, ge=0, description="seed of the whole data set")


class DataSettings(Section):
    """Where faces come from and what is kept of them."""

    source: Literal["drawn", "celeba", "folder"] = Field(description="drawn faces, CelebA, or a CelebA-shaped folder")
    folder: PlainPath | None = Field(
        default=None, description="folder of CelebA or of a CelebA-shaped data set; null: fetch"
    )
    drawn: DrawnFaces | None = Field(default=None, description="needed where source is 'drawn'")
    image_size_px: Literal[16, 32, 64, 128, 256] = Field(description="side of the packed square images")
    crop_px: Count = Field(default=178, description="side of the centre crop before the resize")
    attributes: Names = Field(min_length=1, description="attributes that are translated, in order")
    exclusive: tuple[Names, ...] = Field(
        default=(("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair"),),
        description="groups of attributes of which at most one is on; an edit sets one and clears the rest",
    )
    combined_edits: Annotated[tuple[Names, ...], Unique] = Field(
        default=(), description="edits that set several attributes on at once (figure 4)"
    )
    judges_share: Share = Field(default=0.25, description="share of train that only the judges see, half for each")
    split_seed: int = Field(default=1, ge=0, description="seed of the split where a folder has no partition file")

    @property
    def rules(self) -> EditRules:
        return EditRules(self.attributes, self.exclusive)

    @property
    def edits(self) -> tuple[str, ...]:
        """Names of all edits: one per attribute, then the combined ones."""
        return self.attributes + tuple("+".join(names) for names in self.combined_edits)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.source == "drawn" and self.drawn is None:
            raise ValueError("source 'drawn' needs the section 'drawn'")
        if self.source == "folder" and self.folder is None:
            raise ValueError("source 'folder' needs 'folder'")
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
    batch_size: Count = Field(default=16, description="images per step")
    learning_rate: Positive = Field(default=1e-4, description="Adam's, for generator and discriminator")
    adam_betas: tuple[Share, Share] = Field(default=(0.5, 0.999), description="Adam's betas")
    decay_share: Share = Field(default=0.5, description="last share of the budget, in which the rate falls linearly")
    decay_to: Share = Field(
        default=0.0, description="share of the rate that is left at the end; StarGAN's published code: 0.999"
    )
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
    device: Literal["auto", "cpu", "cuda"] = Field(default="auto", description="auto: a free GPU, else the CPU")
    precision: Literal["float32", "bfloat16"] = Field(default="float32", description="bfloat16 autocast, GPUs only")
    compile: bool = Field(default=False, description="torch.compile the generator, GPUs only")


class JudgeSettings(Section):
    """Training of the two judges."""

    channels: Count = Field(default=32, description="channels of a judge's first convolution")
    epochs: Count = Field(default=10, description="passes over a judge's own images")
    batch_size: Count = Field(default=64, description="images per step")
    learning_rate: Positive = Field(default=2e-3, description="AdamW's peak rate")
    seed: int = Field(default=1, ge=0, description="judge A's seed; judge B takes the next")


class FinalModel(Section):
    """A variant trained on several seeds."""

    model: str = Field(
        description="<method>.<variant>, or <method>.<variant>__<label> where a run trains a variant more than once"
    )
    seeds: Annotated[tuple[int, ...], Unique] = Field(min_length=1, description="training seeds")
    weights_from: Names = Field(
        default=(), description="searched arms whose best weights are taken, first match wins; else the defaults"
    )
    weights: Literal["published"] | None = Field(
        default=None, description="published: the weights that the variant's authors published; null: see weights_from"
    )
    winners: Literal["pooled", "by_study"] = Field(
        default="pooled",
        description="pooled: all seeds take the best weights of all studies; by_study: each those of its own study",
    )
    budget_kimg: Positive | None = Field(default=None, description="image budget; null: training.budget_kimg")


class ScoringSettings(Section):
    """What is scored, on which images."""

    splits: Annotated[tuple[Split, ...], Unique] = Field(
        default=("valid", "test"), min_length=1, description="splits on which final models are scored"
    )
    images: Count | None = Field(default=None, description="first images of a split that are scored; null: all")
    extractors: Annotated[tuple[Literal["judge", "inception"], ...], Unique] = Field(
        default=("judge",), min_length=1, description="feature extractors of FID, KID, precision and recall"
    )
    inception_weights: PlainPath | None = Field(
        default=None, description="placed-by-hand InceptionV3 weights; null: fetch"
    )

    @property
    def shown_split(self) -> Split:
        """The split whose faces are shown: test where it is scored, else the first."""
        return "test" if "test" in self.splits else self.splits[0]


class SpeedSettings(Section):
    """Step costs, measured in interleaved blocks."""

    models: Names = Field(min_length=1, description="variants that are timed, as <method>.<variant>")
    processes: Count = Field(default=1, description="fresh processes that each time all blocks; 5 for a verdict")
    blocks: Count = Field(default=10, description="interleaved blocks a process")
    steps: Count = Field(default=3, description="steps a block times")
    evaluation_repeats: Count = Field(
        default=3, description="evaluations of a trial that a process times, of each searched arm among 'models'"
    )
    image_sizes_px: Counts = Field(default=(), description="sizes; empty: data.image_size_px")
    batch_sizes: Counts = Field(default=(), description="batches; empty: training.batch_size")
    attributes: Counts = Field(default=(), description="numbers of attributes; empty: data.attributes'")


class GradientSettings(Section):
    """The paper's figures 1 and 2 as experiments: the gradients that reach generated points and images."""

    models: Names = Field(min_length=1, description="variants whose losses are measured, without mask and framing")
    generator: str = Field(description="variant that trains the frozen early generator")
    seeds: Count = Field(default=8, description="independent repetitions of the experiments on images")
    point_seeds: Count = Field(
        default=64, description="independent repetitions of the experiments on points; 64 for a verdict"
    )
    distances: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Unique] = Field(
        min_length=1,
        default=(0.0, 2.0, 4.0, 8.0, 16.0),
        description="distances between clouds of points, in standard deviations; the first and the last are judged",
    )
    point_steps: Count = Field(default=100, description="steps that train a discriminator of points")
    early_share: Share = Field(default=0.05, description="share of the budget after which the generator is frozen")
    norm_share: Share = Field(
        default=0.1, description="share of the budget over which gradient norms are followed, on three seeds at most"
    )
    discriminator_steps: Count = Field(default=100, description="steps that train a discriminator of images")
    images: Count = Field(default=32, description="images that each edit is measured on")


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
