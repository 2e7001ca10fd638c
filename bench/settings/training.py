"""Settings of networks, training, judges and final models."""

from typing import Annotated, Literal

from pydantic import Field

from bench.settings.base import Count, Names, Positive, Section, Share, Unique


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
