"""A made method and made faces, small enough that a training takes a second."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from bench import method
from bench.data.store import Split, Store
from bench.method import Batch, GrowthState, Losses, Model, Problem, Translation, Variant
from bench.settings import TrainingSettings
from bench.training import trainer
from bench.training.identity import TrainingIdentity, lasting, resolved

SIZE_PX = 16
PROBLEM = Problem(("a", "b"), SIZE_PX, 4, 0, 4, (0.5, 0.5), (0.5, 0.5))
VARIANT = Variant("made", "made", "lsgan", 1, "made", searched=(), fixed={"lambda_made": 2.0})
SETTINGS = TrainingSettings(budget_kimg=0.48, batch_size=4, learning_rate=1e-3, evaluations=0, device="cpu")

CPU = torch.device("cpu")


@dataclass(frozen=True)
class MadeStore:
    """Random faces in memory, shaped as a packed store."""

    image_size_px: int
    digest: str = "made"

    def split(self, name: str) -> Split:
        random = np.random.default_rng(0)
        images = random.integers(0, 256, (50, self.image_size_px, self.image_size_px, 3), dtype=np.uint8)
        return Split(name, images, random.random((50, 2)) < 0.5, tuple(map(str, range(50))), None)


class MadeModel(Model):
    """One convolution against one linear layer with dropout; notes what it was asked to do."""

    def __init__(self, variant: Variant = VARIANT, problem: Problem = PROBLEM) -> None:
        super().__init__(variant, {}, dict(variant.fixed), problem)
        self.events: list[str] = []
        self.states: list[GrowthState] = []

    def build_generator(self) -> nn.Module:
        return nn.Conv2d(5, 3, 3, padding=1)

    def build_discriminator(self) -> nn.Module:
        return nn.Sequential(nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Dropout(0.1), nn.Linear(48, 2))

    def translate(self, generator: nn.Module, images: Tensor, targets: Tensor) -> Translation:
        self.events.append("translate with graph" if torch.is_grad_enabled() else "translate")
        planes = targets[:, :, None, None].expand(-1, -1, *images.shape[2:])
        return Translation(images + torch.tanh(generator(torch.cat([images, planes], dim=1))))

    def discriminator_loss(self, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        self.events.append("discriminator")
        assert not fake.image.requires_grad
        real = ((discriminator(batch.images) - batch.labels) ** 2).mean()
        generated = (discriminator(fake.image) ** 2).mean()
        return Losses({"real": real, "fake": generated}, real + generated)

    def generator_loss(self, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        self.events.append("generator")
        assert not any(parameter.requires_grad for parameter in discriminator.parameters())
        fooled = ((discriminator(fake.image) - batch.targets) ** 2).mean()
        noise = torch.rand((), generator=batch.random)
        return Losses({"fooled": fooled}, self.weights["lambda_made"] * fooled * (1 + noise))

    def grow(self, generator: nn.Module, discriminator: nn.Module, state: GrowthState) -> None:
        self.states.append(state)


def stores(*sizes: int) -> Mapping[int, Store]:
    """Made stores by size; the trainer asks no more of a store than they have."""
    return {size: cast(Store, MadeStore(size)) for size in sizes or (SIZE_PX,)}


def evaluate(translator: method.Translator, images_seen: int) -> Mapping[str, float]:
    """A made measure that draws from torch's global stream, as a metric may."""
    torch.rand(3)
    return {"brightness": float(translator(torch.zeros(1, 3, SIZE_PX, SIZE_PX), torch.ones(1, 2)).image.mean())}


def digest(network: nn.Module) -> str:
    """The bits of a network's weights."""
    return hashlib.sha256(b"".join(value.numpy().tobytes() for value in network.state_dict().values())).hexdigest()


def train_made(work: Path, model: Model | None = None, **changes: object) -> trainer.Trained:
    """Train the made model, with `changes` to the made settings."""
    settings = SETTINGS.model_copy(update=changes)
    images = round(1000 * settings.budget_kimg)
    trained_model = MadeModel() if model is None else model
    identity = made_identity(trained_model, settings, images, 3)
    return trainer.train(trained_model, settings, identity, stores(16, 32, 64), work, "made", CPU, evaluate)


def made_identity(model: Model, settings: TrainingSettings, images: int, seed: int) -> TrainingIdentity:
    """The identity of a training of a made model on made faces."""
    plan = TrainingIdentity(
        variant=resolved(model.variant, model.switches), training=lasting(settings), budget_images=images, source="",
        evaluation="", problem=asdict(model.problem),
    )  # fmt: skip
    return plan.of_run(model.weights, seed, stores(), (), CPU)


def variant(n_critic: int) -> Variant:
    """The made variant with another n_critic."""
    return replace(VARIANT, n_critic=n_critic)


def long_training(work: Path, result: Path) -> None:
    """A training of some seconds with many checkpoints; writes what it ended with to `result`."""
    model = MadeModel(variant(2))
    finished = train_made(
        work, model, budget_kimg=1.6, checkpoint_seconds=0.05, evaluations=4, discriminator_shift_px=2
    )
    values = [row["value"] for row in finished.curve]
    result.write_text(json.dumps([digest(finished.generator), finished.steps, values]))
