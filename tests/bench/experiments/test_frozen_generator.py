"""What losses say of an attribute to a frozen generator's images, on made discriminators whose answer is known."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from bench.data.batches import Batches
from bench.data.store import Counterfactuals, Split
from bench.experiments.frozen_generator import (
    Frozen,
    attribute_cosines,
    batch_norms,
    control_cosines,
    edited_faces,
    train_discriminator,
)
from bench.experiments.loss_gradients import ORACLE, RANDOM
from bench.method import Batch, Losses, Translation
from bench.settings.edits import EditRules
from bench.training import steps
from bench.training.steps import Networks
from tests.support.made_training import PROBLEM, SETTINGS, SIZE_PX, VARIANT, MadeModel, MadeStore, digest

RULES = EditRules(("a", "b"), ())
LEFT = slice(None, SIZE_PX // 2)


def toward(image: Tensor, asked: Tensor) -> Tensor:
    """A classifier's term: asked for attribute a it brightens the left half, asked for its absence it darkens it."""
    brightness = image[:, :, :, LEFT].flatten(1).sum(dim=1)
    return (brightness * (1 - 2 * asked[:, 0])).mean()


TERMS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "oracle": toward,
    "backwards": lambda image, asked: -toward(image, asked),
    "red": lambda image, asked: toward(image[:, :1], asked),
    "outside": lambda image, asked: toward(image.flip(3), asked),
    "unconditional": lambda image, asked: image.square().mean() - image.flatten(1).sum(dim=1).mean(),
    "unasked": lambda image, asked: asked.mean(),
}


class MadeTerms(MadeModel):
    """Its generator copies; each term of its loss pulls at the image in a known direction."""

    def translate(self, generator: nn.Module, images: Tensor, targets: Tensor) -> Translation:
        return Translation(images)

    def generator_loss(self, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        terms = {name: term(fake.image, batch.targets) for name, term in TERMS.items()}
        return Losses(terms, sum(terms.values(), torch.zeros(())))


def faces(applies: tuple[bool, ...] = (True, True, False)) -> Split:
    """Three grey faces; true edit `a` makes the left half brighter, edit `b` changes no pixel."""
    images = np.full((3, SIZE_PX, SIZE_PX, 3), 100, np.uint8)
    brighter, unchanged = images.copy(), np.ones((3, SIZE_PX, SIZE_PX), bool)
    brighter[:, :, LEFT] += 51
    unchanged[:, :, LEFT] = False
    edits = {
        "a": Counterfactuals(brighter, np.array(applies), unchanged),
        "b": Counterfactuals(images, np.array(applies), np.ones_like(unchanged)),
    }
    return Split("valid", images, np.zeros((3, 2), bool), ("1", "2", "3"), edits)


def built(model: MadeModel, shift_px: int = 0) -> Networks:
    settings = SETTINGS.model_copy(update={"discriminator_shift_px": shift_px, "learning_rate": 1e-2})
    return steps.build(model, settings, 2, torch.device("cpu"))


def measured(shift_px: int = 0) -> dict[str, float]:
    model = MadeTerms()
    edits = edited_faces(Frozen(model, nn.Identity()), faces(), RULES, 3)
    return attribute_cosines(model, built(model, shift_px), nn.Identity(), edits)


def test_what_a_term_says_of_the_attribute_is_its_cosine_with_the_true_edit_inside_its_region() -> None:
    cosines = measured()
    assert cosines["oracle"] == pytest.approx(1)
    assert cosines["backwards"] == pytest.approx(-1)
    assert cosines["red"] == pytest.approx(1 / math.sqrt(3))  # one colour of the three that change
    assert cosines["outside"] == 0


def test_a_term_that_knows_no_target_says_exactly_nothing_and_is_not_left_out() -> None:
    cosines = measured()
    assert list(cosines) == list(TERMS)
    assert cosines["unconditional"] == cosines["unasked"] == 0


def test_the_oracle_passes_and_a_random_direction_does_not() -> None:
    edits = edited_faces(Frozen(MadeTerms(), nn.Identity()), faces(), RULES, 3)
    cosines = [control_cosines(edits, seed) for seed in range(40)]
    assert [of_seed[ORACLE] for of_seed in cosines] == pytest.approx([1] * 40)
    random = np.array([of_seed[RANDOM] for of_seed in cosines])
    assert abs(random.mean()) < 3 * random.std() / math.sqrt(40)
    assert random.std() < 0.1


def test_the_first_faces_that_an_edit_changes_are_measured() -> None:
    frozen = Frozen(MadeTerms(), nn.Identity())
    assert [len(edit.batch.images) for edit in edited_faces(frozen, faces(), RULES, 3)] == [2]  # edit b changes nothing
    assert [len(edit.batch.images) for edit in edited_faces(frozen, faces(), RULES, 1)] == [1]
    assert edited_faces(frozen, faces(applies=(False, False, False)), RULES, 3) == []


class Seen(MadeModel):
    """Its generator loss is the discriminator's own answer, whatever the targets."""

    def generator_loss(self, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        term = discriminator(fake.image)[:, 0].mean()
        return Losses({"seen": term}, term)


def test_both_askings_see_the_same_shift_so_that_an_unconditional_discriminator_says_nothing() -> None:
    model = Seen()
    networks = built(model, shift_px=2)
    networks.discriminator.eval()  # without dropout
    edits = edited_faces(Frozen(MadeTerms(), nn.Identity()), faces(), RULES, 3)
    assert attribute_cosines(model, networks, nn.Identity(), edits) == {"seen": 0}


def batches() -> Batches:
    return Batches(MadeStore(SIZE_PX).split("train"), 4, 3, "permuted", flip=True, device="cpu")


@pytest.mark.parametrize("shift_px", [0, 2])
def test_the_discriminator_takes_the_steps_of_every_training_and_its_generator_stays(shift_px: int) -> None:
    model = MadeModel()
    torch.manual_seed(1)
    generator = model.build_generator()
    before, frozen = digest(generator), Frozen(model, generator)
    translations = [frozen.translate(batches().batch(step)) for step in range(5)]
    networks = [built(model, shift_px) for _ in range(2)]
    torch.manual_seed(4)
    train_discriminator(model, networks[0], batches(), translations)
    torch.manual_seed(4)
    for step, fake in enumerate(translations):
        steps.discriminator_step(model, networks[1], batches().batch(step), fake)
    assert digest(networks[0].discriminator) == digest(networks[1].discriminator)
    assert digest(networks[0].discriminator) != digest(built(model).discriminator)
    assert digest(generator) == before


def test_norms_in_training_are_of_the_gradient_at_the_generators_output() -> None:
    model = MadeTerms(VARIANT, PROBLEM)
    norms = batch_norms(model, built(model), batches().batch(0))
    assert list(norms) == list(TERMS)
    assert norms["oracle"] == pytest.approx(math.sqrt(3 * SIZE_PX**2 / 2))
    assert norms["unasked"] == 0
