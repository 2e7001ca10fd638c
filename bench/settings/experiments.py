"""Settings of what is measured beside searches and trainings: scores, step costs and gradients."""

from typing import Annotated, Literal

from pydantic import Field

from bench.settings.base import Count, Names, PlainPath, Section, Share, Unique

Counts = Annotated[tuple[Count, ...], Unique]
Split = Literal["valid", "test"]
NORM_SEEDS = 3  # of the gradient experiments' seeds: norms differ far less between seeds than between terms


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
