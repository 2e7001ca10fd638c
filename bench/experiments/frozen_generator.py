"""Claim C1 in real training: what a discriminator's losses say to an early generator's images.

A generator is frozen early in its training; for each model a discriminator is trained against it. Then, on test images
whose true counterfactuals are known, the descent direction of every loss term at the generated image is compared with
the way to the true counterfactual, inside the region that the true edit changes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bench.data.batches import Batches
from bench.data.store import Split
from bench.data.tensors import to_device, to_model
from bench.method import Batch, Model, Translation
from bench.settings.edits import EditRules
from bench.training.loss_gradients import cosine, norm, term_gradients


class Frozen:
    """A generator that is no longer trained: its own model says how it translates."""

    def __init__(self, model: Model, generator: nn.Module) -> None:
        self.model = model
        self.generator = generator.eval().requires_grad_(False)

    def translate(self, batch: Batch) -> Translation:
        """Translations of a batch's images towards its targets, without a graph."""
        with torch.no_grad():
            return self.model.translate(self.generator, batch.images, batch.targets)


def train_discriminator(
    model: Model, frozen: Frozen, batches: Batches, steps: int, learning_rate: float, betas: tuple[float, float]
) -> nn.Module:
    """A discriminator of `model`, trained for `steps` batches against the frozen generator's translations."""
    discriminator = model.build_discriminator().to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(discriminator.parameters(), lr=learning_rate, betas=betas, fused=True)
    for step in range(steps):
        batch = batches.batch(step)
        optimiser.zero_grad()
        torch.autograd.backward(model.discriminator_loss(discriminator, batch, frozen.translate(batch)).total)
        optimiser.step()
    return discriminator


def edit_gradients(
    model: Model, discriminator: nn.Module, frozen: Frozen, split: Split, rules: EditRules, images: int
) -> Iterator[tuple[str, str, str, float]]:
    """Yield (term, attribute, measure, value) on the first `images` rows of `split` that each single edit concerns.

    Measures, means over images, inside the edit region: `cosine` of the descent direction at the generated image with
    (true counterfactual - generated image), `norm` of the gradient an image. `split` has true counterfactuals.
    """
    assert split.counterfactuals is not None
    for edit in rules.single_edits():
        truth = split.counterfactuals[edit]
        targets, applies = rules.targets(split.labels, edit)
        rows = np.flatnonzero(applies & truth.applies & (~truth.unchanged).any(axis=(1, 2)))[:images]
        if len(rows) == 0:
            continue
        batch = Batch(
            images=to_model(split.images[rows], "cpu"),
            labels=_floats(split.labels[rows]),
            targets=_floats(targets[rows]),
            partner=None,
            random=torch.Generator().manual_seed(0),
        )
        fake = frozen.translate(batch)
        way = to_model(truth.images[rows], "cpu") - fake.image
        region = _floats(~truth.unchanged[rows])[:, None]
        for term, found in term_gradients(model, frozen.generator, discriminator, batch, fake).items():
            yield term, edit, "cosine", cosine(-found.gradient, way, region)
            yield term, edit, "norm", norm(found.gradient, region)


def batch_norms(
    model: Model, generator: nn.Module, discriminator: nn.Module, batch: Batch
) -> Iterator[tuple[str, float]]:
    """Yield (term, gradient norm an image at the generator's output) for one batch of a training in progress."""
    fake = model.translate(generator, batch.images, batch.targets)
    for term, found in term_gradients(model, generator, discriminator, batch, fake.detach()).items():
        yield term, norm(found.gradient)


def _floats(array: NDArray[np.bool_]) -> Tensor:
    return to_device(array.astype(np.float32), "cpu")
