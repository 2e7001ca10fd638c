"""The gradient of a term at generated images, against numbers worked by hand."""

import math
from collections.abc import Mapping

import pytest
import torch
from torch import Tensor, nn

from bench.experiments.loss_gradients import TermGradient, cosines, norm, norms, term_gradients
from bench.method import Batch, Losses, Translation
from tests.support.made_training import MadeModel


class Line(nn.Module):
    """D(x) = w·sum(x), w = 2."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(2.0))

    def forward(self, images: Tensor) -> Tensor:
        return self.weight * images.flatten(1).sum(dim=1)


class TwoTerms(MadeModel):
    """A generator loss with one term that D has a say in, one that it has not, and two without a gradient."""

    def generator_loss(self, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        terms = {
            "judged": discriminator(fake.image).mean(),
            "content": (fake.image - batch.images).square().flatten(1).sum(dim=1).mean(),
            "constant": torch.ones(()),
            "of_weights": torch.stack([weight.square().sum() for weight in discriminator.parameters()]).sum(),
        }
        return Losses(terms, terms["judged"])


def _found() -> Mapping[str, TermGradient]:
    images = torch.zeros(4, 3, 1, 1)
    batch = Batch(images, torch.zeros(4, 1), torch.zeros(4, 1), None, torch.Generator())
    fake = Translation(torch.full((4, 3, 1, 1), 0.5))
    return term_gradients(TwoTerms(), nn.Identity(), Line(), batch, fake)


def test_gradients_are_those_of_one_sample_whatever_the_batch_size() -> None:
    gradients = _found()
    # d(2·sum x)/dx = 2;  d(sum (x - 0)^2)/dx = 2·0.5 = 1
    assert torch.equal(gradients["judged"][0], torch.full((4, 3, 1, 1), 2.0))
    assert torch.equal(gradients["content"][0], torch.ones(4, 3, 1, 1))


def test_terms_without_the_discriminator_are_told_apart() -> None:
    gradients = _found()
    assert gradients["judged"][1]
    assert not gradients["content"][1]


def test_a_term_without_a_gradient_at_the_images_has_zeros_and_is_not_left_out() -> None:
    gradients = _found()
    assert list(gradients) == ["judged", "content", "constant", "of_weights"]
    for term in ("constant", "of_weights"):
        assert torch.equal(gradients[term].gradient, torch.zeros(4, 3, 1, 1))
        assert not gradients[term].from_discriminator


def test_norms_and_cosines_are_each_samples_own() -> None:
    first = torch.tensor([[3.0, 4.0, 100.0], [0.0, 0.0, 7.0]]).reshape(2, 1, 1, 3)
    second = torch.tensor([[4.0, 3.0, -100.0], [1.0, 1.0, 1.0]]).reshape(2, 1, 1, 3)
    region = torch.tensor([1.0, 1.0, 0.0]).reshape(1, 1, 1, 3)
    assert norms(first).tolist() == pytest.approx([math.sqrt(25 + 10_000), 7])
    assert norm(first) == pytest.approx((math.sqrt(25 + 10_000) + 7) / 2)
    assert cosines(first, second, region).tolist() == pytest.approx([24 / 25, 0])  # the other has no direction


def test_a_tiny_gradient_has_a_direction_and_a_broken_one_none() -> None:
    tiny, way = torch.tensor([[[[3e-30, 4e-30]]]]), torch.tensor([[[[4.0, 3.0]]]])
    assert cosines(tiny, way).item() == pytest.approx(24 / 25)
    assert math.isnan(cosines(tiny * math.nan, way).item())
