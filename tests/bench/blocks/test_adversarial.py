"""Adversarial forms and their penalty, against numbers worked by hand."""

import pytest
import torch
from torch import Tensor, nn

from bench.blocks.adversarial import fake_loss, gradient_norms, gradient_penalty, interpolate, real_loss
from bench.blocks.conditional import discriminator_terms, generator_terms, patch_penalty
from bench.blocks.discriminator import Critique
from bench.method_info import Family

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
