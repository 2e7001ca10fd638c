"""Adversarial forms and their penalty, against numbers worked by hand."""

import math

import pytest
import torch
from torch import Tensor, nn

from bench.blocks.losses import (
    classification_loss,
    discriminator_terms,
    fake_loss,
    generator_terms,
    gradient_norms,
    gradient_penalty,
    interpolate,
    l1_distance,
    patch_penalty,
    real_loss,
    weighted_sum,
)
from bench.blocks.networks import Critique
from bench.method import Family

OUTPUTS = torch.tensor([-1.0, 0.0, 0.5, 3.0])


@pytest.mark.parametrize(
    ("family", "real", "fake"),
    [
        ("lsgan", [4.0, 1.0, 0.25, 4.0], [1.0, 0.0, 0.25, 9.0]),
        ("wgan_gp", [1.0, 0.0, -0.5, -3.0], [-1.0, 0.0, 0.5, 3.0]),
    ],
)
def test_forms_match_hand_worked_numbers(family: Family, real: list[float], fake: list[float]) -> None:
    assert real_loss(OUTPUTS, family).tolist() == real
    assert fake_loss(OUTPUTS, family).tolist() == fake


def test_conditional_terms_match_hand_worked_numbers() -> None:
    logits = torch.zeros(2, 3, 1, 1)
    real = Critique(torch.tensor([[[[2.0, 1.0]]], [[[0.0, 1.0]]]]), logits)
    fake = Critique(torch.tensor([[[[1.0, 2.0]]], [[[0.0, 1.0]]]]), logits)
    labels = torch.tensor([[1.0, 0, 1], [0, 0, 1]])
    terms = discriminator_terms(real, fake, labels, "lsgan") | generator_terms(fake, labels, "lsgan")
    # cross-entropy of logit 0 is log 2 whatever the label; StarGAN sums over the 3 attributes
    expected = {
        "adversarial_real": (1 + 0 + 1 + 0) / 4,
        "adversarial_fake": (1 + 4 + 0 + 1) / 4,
        "adversarial": (0 + 1 + 1 + 0) / 4,
        "classification": 3 * 0.6931472,
    }
    assert {name: term.item() for name, term in terms.items()} == pytest.approx(expected)
    terms = discriminator_terms(real, fake, labels, "wgan_gp") | generator_terms(fake, labels, "wgan_gp")
    expected |= {"adversarial_real": -1.0, "adversarial_fake": 1.0, "adversarial": -1.0}
    assert {name: term.item() for name, term in terms.items()} == pytest.approx(expected)


def test_penalty_of_a_linear_critic_is_its_slope_less_one_squared() -> None:
    slope = torch.zeros(1, 3, 2, 2)
    slope[0, 0, 0, 0], slope[0, 2, 1, 1] = 3.0, 4.0
    images = torch.randn(5, 3, 2, 2, requires_grad=True)

    def critic(images: Tensor) -> Tensor:
        return (images * slope).flatten(1).sum(dim=1)

    assert gradient_norms(critic, images).tolist() == pytest.approx([5.0] * 5)
    assert gradient_penalty(critic, images).item() == pytest.approx(16.0)


def test_penalty_of_a_flat_critic_is_one_and_has_finite_gradients() -> None:
    weight = torch.zeros(3 * 4, requires_grad=True)
    images = torch.randn(2, 3, 2, 2, requires_grad=True)
    penalty = gradient_penalty(lambda images: images.flatten(1) @ weight, images)
    torch.autograd.backward(penalty)
    assert penalty.item() == 1.0
    assert weight.grad is not None
    assert weight.grad.isfinite().all()


class SummingCritic(nn.Module):
    """A patch map of `patches` equal outputs, each the first pixel of the image."""

    def __init__(self, patches: int) -> None:
        super().__init__()
        self.patches = patches

    def forward(self, images: Tensor) -> Critique:
        first = images[:, :1, :1, :1]
        return Critique(first.expand(-1, -1, 1, self.patches), first)


def test_stargan_penalises_the_sum_of_the_patch_map() -> None:
    real, fake = torch.rand(2, 2, 3, 4, 4).unbind()
    random = torch.Generator().manual_seed(1)
    assert patch_penalty(SummingCritic(4), real, fake, random).item() == pytest.approx((4 - 1) ** 2)


def test_interpolation_lies_between_its_ends_with_one_share_an_image() -> None:
    real, fake = torch.ones(6, 3, 4, 4), torch.full((6, 3, 4, 4), -1.0, requires_grad=True)
    mixed = interpolate(real, fake, torch.Generator().manual_seed(1))
    assert mixed.is_leaf
    assert mixed.requires_grad
    assert (mixed.flatten(1) == mixed[:, :1, 0, 0]).all()
    assert len(set(mixed[:, 0, 0, 0].tolist())) == 6
    assert mixed.min() >= -1
    assert mixed.max() <= 1
    assert torch.equal(mixed, interpolate(real, fake, torch.Generator().manual_seed(1)))


def test_classification_sums_over_attributes_and_averages_over_images() -> None:
    logits = torch.tensor([[0.0, math.log(3)], [math.log(3), 0.0]])
    labels = torch.tensor([[1.0, 1.0], [0.0, 1.0]])
    # sigmoid(log 3) = 3/4: -log(1/2) - log(3/4) and -log(1/4) - log(1/2)
    expected = (math.log(2) + math.log(4 / 3) + math.log(4) + math.log(2)) / 2
    assert classification_loss(logits, labels).item() == pytest.approx(expected)
    assert classification_loss(logits[:, :, None, None], labels).item() == pytest.approx(expected)


def test_l1_distance_is_the_mean_over_all_pixels() -> None:
    first, second = torch.tensor([[1.0, -1.0], [0.5, 0.0]]), torch.tensor([[0.0, 1.0], [0.5, 1.0]])
    assert l1_distance(first, second).item() == pytest.approx((1 + 2 + 0 + 1) / 4)


def test_total_is_the_weighted_sum_and_weight_zero_leaves_no_gradient() -> None:
    kept, dropped = torch.tensor(2.0, requires_grad=True), torch.tensor(5.0, requires_grad=True)
    losses = weighted_sum({"kept": kept, "dropped": dropped}, {"kept": 3.0, "dropped": 0.0})
    torch.autograd.backward(losses.total)
    assert losses.total.item() == 6.0
    assert kept.grad is not None
    assert kept.grad.item() == 3.0
    assert dropped.grad is not None
    assert dropped.grad.item() == 0.0
