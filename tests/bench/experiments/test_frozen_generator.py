"""What a discriminator's losses say to a frozen generator's images, against numbers worked by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from bench.data.batches import Batches
from bench.data.store import Counterfactuals, Split
from bench.experiments.frozen_generator import Frozen, batch_norms, edit_gradients, train_discriminator
from bench.method import Batch, Losses, Translation
from bench.settings.edits import EditRules
from tests.support.made_training import PROBLEM, SIZE_PX, VARIANT, MadeModel, MadeStore, digest

RULES = EditRules(("a", "b"), ())
TERMS: dict[str, Callable[[Tensor], Tensor]] = {
    "brighter": lambda image: -image.flatten(1).sum(dim=1).mean(),
    "darker": lambda image: 2 * image.flatten(1).sum(dim=1).mean(),
    "red": lambda image: -image[:, 0].flatten(1).sum(dim=1).mean(),
}


class CopyModel(MadeModel):
    """Its generator copies; each term of its loss pulls at the image in a known direction."""

    def translate(self, generator: nn.Module, images: Tensor, targets: Tensor) -> Translation:
        return Translation(images)

    def generator_loss(self, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        terms = {name: term(fake.image) for name, term in TERMS.items()}
        return Losses(terms | {"blind": torch.zeros(())}, sum(terms.values(), torch.zeros(())))


def faces(applies: tuple[bool, ...] = (True, True, False)) -> Split:
    """Three grey faces; true edit `a` makes the left half brighter, edit `b` changes no pixel."""
    images = np.full((3, SIZE_PX, SIZE_PX, 3), 100, np.uint8)
    brighter, unchanged = images.copy(), np.ones((3, SIZE_PX, SIZE_PX), bool)
    brighter[:, :, : SIZE_PX // 2] += 51
    unchanged[:, :, : SIZE_PX // 2] = False
    edits = {
        "a": Counterfactuals(brighter, np.array(applies), unchanged),
        "b": Counterfactuals(images, np.array(applies), np.ones_like(unchanged)),
    }
    return Split("valid", images, np.zeros((3, 2), bool), ("1", "2", "3"), edits)


def measured(split: Split, images: int = 3) -> dict[tuple[str, str, str], float]:
    model = CopyModel()
    found = list(edit_gradients(model, nn.Linear(1, 1), Frozen(model, nn.Identity()), split, RULES, images))
    assert len(found) == len({row[:3] for row in found})
    return {(term, edit, measure): value for term, edit, measure, value in found}


def test_cosine_is_that_of_the_descent_direction_with_the_way_inside_the_edit_region() -> None:
    found = measured(faces())
    assert found["brighter", "a", "cosine"] == pytest.approx(1)
    assert found["darker", "a", "cosine"] == pytest.approx(-1)
    assert found["red", "a", "cosine"] == pytest.approx(1 / math.sqrt(3))  # one colour of the three that change


def test_norm_is_that_of_one_images_gradient_inside_the_edit_region() -> None:
    found = measured(faces())
    region = 3 * SIZE_PX * SIZE_PX / 2
    assert found["brighter", "a", "norm"] == pytest.approx(math.sqrt(region))
    assert found["darker", "a", "norm"] == pytest.approx(2 * math.sqrt(region))
    assert measured(faces(), images=1) == pytest.approx(found)


def test_a_term_without_gradient_and_an_edit_without_pixels_are_left_out() -> None:
    assert {(term, edit) for term, edit, _ in measured(faces())} == {(term, "a") for term in TERMS}
    assert measured(faces(applies=(False, False, False))) == {}


def batches() -> Batches:
    return Batches(MadeStore(SIZE_PX).split("train"), 4, 3, "permuted", flip=True, device="cpu")


def test_the_discriminator_learns_against_a_generator_that_stays_as_it_is() -> None:
    model = MadeModel()
    torch.manual_seed(1)
    generator = model.build_generator()
    before, batch = digest(generator), batches().batch(99)
    frozen = Frozen(model, generator)
    losses = []
    for steps in (0, 60, 60):
        torch.manual_seed(2)
        discriminator = train_discriminator(model, frozen, batches(), steps, 1e-2, (0.5, 0.999)).eval()
        losses.append(model.discriminator_loss(discriminator, batch, frozen.translate(batch)).total.item())
    assert losses[1] < 0.9 * losses[0]
    assert losses[2] == losses[1]
    assert digest(generator) == before
    assert not any(parameter.requires_grad for parameter in generator.parameters())


def test_norms_in_training_are_of_the_gradient_at_the_generators_output() -> None:
    model = CopyModel(VARIANT, PROBLEM)
    found = dict(batch_norms(model, nn.Identity(), nn.Linear(1, 1), batches().batch(0)))
    assert found["brighter"] == pytest.approx(math.sqrt(3 * SIZE_PX**2))
    assert set(found) == set(TERMS)
