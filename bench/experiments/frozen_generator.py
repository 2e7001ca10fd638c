"""What a discriminator's losses say of an attribute to an early generator's images (docs/measures/c1.md).

A generator is frozen early in its training; for each model a discriminator is trained against it. Then, on faces whose
true counterfactuals are known, each loss term is asked twice at the generated image: with the targets of an edit, and
with the source's own labels as targets. The difference of both descent directions is what the term says of the
attribute; it is compared with the way from the source to its true counterfactual.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bench.data.batches import Batches
from bench.data.store import Split
from bench.data.tensors import to_device, to_model
from bench.experiments.loss_gradients import (
    ORACLE,
    RANDOM,
    cosines,
    norm,
    oracle_descent,
    random_descent,
    term_gradients,
)
from bench.method import Batch, Model, Translation
from bench.settings.edits import EditRules
from bench.training import steps
from bench.training.steps import Networks


class Frozen:
    """A generator that is no longer trained: its own model says how it translates."""

    def __init__(self, model: Model, generator: nn.Module) -> None:
        self.model = model
        self.generator = generator.eval().requires_grad_(False)

    def translate(self, batch: Batch) -> Translation:
        """Translations of a batch's images towards its targets, without a graph."""
        with torch.no_grad():
            return self.model.translate(self.generator, batch.images, batch.targets)


@dataclass(frozen=True)
class EditedFaces:
    """Faces that an edit concerns: their batch and translations, and what the true edit makes of them.

    `truth` (B, 3, H, W) are the true counterfactuals in [-1, 1]; `region` (B, 1, H, W) is 1 where they differ, else 0.
    """

    batch: Batch
    fake: Translation
    truth: Tensor
    region: Tensor

    def agreement(self, descent: Tensor) -> float:
        """Mean cosine over faces of a direction (B, 3, H, W) with the true edit, inside its region."""
        return float(cosines(descent, self.truth - self.batch.images, self.region).mean())


def edited_faces(frozen: Frozen, split: Split, rules: EditRules, images: int) -> list[EditedFaces]:
    """Of each single edit, the first `images` faces of `split` that it concerns; `split` has true counterfactuals."""
    assert split.counterfactuals is not None
    edits = []
    for edit in rules.attributes:
        truth = split.counterfactuals[edit]
        targets, applies = rules.targets(split.labels, edit)
        rows = np.flatnonzero(applies & truth.applies & (~truth.unchanged).any(axis=(1, 2)))[:images]
        if len(rows):
            batch = Batch(
                images=to_model(split.images[rows], "cpu"),
                labels=_floats(split.labels[rows]),
                targets=_floats(targets[rows]),
                partner=None,
                random=torch.Generator(),
            )
            region = _floats(~truth.unchanged[rows])[:, None]
            edits.append(EditedFaces(batch, frozen.translate(batch), to_model(truth.images[rows], "cpu"), region))
    return edits


def train_discriminator(
    model: Model, networks: Networks, batches: Batches, translations: Sequence[Translation]
) -> None:
    """Train the discriminator on one batch for each of `translations`, a frozen generator's of the same batches."""
    for step, fake in enumerate(translations):
        steps.discriminator_step(model, networks, batches.batch(step), fake)


def attribute_cosines(
    model: Model, networks: Networks, generator: nn.Module, edits: Sequence[EditedFaces]
) -> dict[str, float]:
    """By term of the generator's loss, the cosine of what it says of the attribute with the true edit; mean over edits.

    A term that does not depend on the targets says exactly nothing: 0.
    """
    networks.discriminator.requires_grad_(False)
    cosines_of: dict[str, list[float]] = {}
    for seed, faces in enumerate(edits):
        to_targets, to_labels = (
            _gradients(model, networks, generator, faces, targets, seed)
            for targets in (faces.batch.targets, faces.batch.labels)
        )
        for term in to_targets:
            cosines_of.setdefault(term, []).append(faces.agreement(to_labels[term] - to_targets[term]))
    return {term: float(np.mean(values)) for term, values in cosines_of.items()}


def control_cosines(edits: Sequence[EditedFaces], seed: int) -> dict[str, float]:
    """By control, what `attribute_cosines` finds for the perfect classifier of each face, and a random direction."""
    random = torch.Generator().manual_seed(seed)
    cosines_of: dict[str, list[float]] = {ORACLE: [], RANDOM: []}
    for faces in edits:
        image, source, truth = (images * faces.region for images in (faces.fake.image, faces.batch.images, faces.truth))
        oracle = oracle_descent(image, truth, source) - oracle_descent(image, source, truth)
        cosines_of[ORACLE].append(faces.agreement(oracle))
        to_targets, to_labels = (random_descent(image, random) for _ in range(2))
        cosines_of[RANDOM].append(faces.agreement(to_targets - to_labels))
    return {control: float(np.mean(values)) for control, values in cosines_of.items()}


def batch_norms(model: Model, networks: Networks, batch: Batch) -> dict[str, float]:
    """By term, the gradient norm an image at the generator's output for one batch of a training in progress."""
    fake = steps.draw(model, networks, batch, with_graph=False)
    critic = networks.critic(batch.random)
    gradients = term_gradients(model, networks.generator, critic, batch, fake)
    return {term: norm(of_term.gradient) for term, of_term in gradients.items()}


def _gradients(
    model: Model, networks: Networks, generator: nn.Module, faces: EditedFaces, targets: Tensor, seed: int
) -> dict[str, Tensor]:
    """Each term's gradient at the generated images as in a generator step towards `targets`; draws are `seed`'s own."""
    batch = replace(faces.batch, targets=targets, random=torch.Generator().manual_seed(seed))
    gradients = term_gradients(model, generator, networks.critic(batch.random), batch, faces.fake)
    return {term: of_term.gradient for term, of_term in gradients.items()}


def _floats(array: NDArray[np.bool_]) -> Tensor:
    return to_device(array.astype(np.float32), "cpu")
