"""ACL-GAN's loss terms against numbers worked by hand, and who receives a gradient."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from acl import losses
from bench.blocks.losses import fake_loss, real_loss
from bench.method import Family

OUTPUTS = torch.tensor([[2.0, 0.0], [3.0, -1.0]])[:, :, None, None]
ACTIVE = torch.tensor([[1.0, 0.0], [1.0, 1.0]])


@pytest.mark.parametrize(
    ("family", "real", "fake"),
    [("lsgan", (1 + 4 + 4) / 2, (4 + 9 + 1) / 2), ("wgan_gp", (-2 - 3 + 1) / 2, (2 + 3 - 1) / 2)],
)
def test_terms_match_hand_worked_numbers(family: Family, real: float, fake: float) -> None:
    assert losses.attribute_real(OUTPUTS, ACTIVE, family).item() == real
    assert losses.attribute_fake(OUTPUTS, ACTIVE, family).item() == fake


def test_a_patch_head_averages_the_loss_over_its_map() -> None:
    outputs = torch.tensor([[[[0.0, 1.0], [2.0, 3.0]]]])
    assert losses.attribute_real(outputs, torch.ones(1, 1), "lsgan").item() == (1 + 0 + 1 + 4) / 4
    assert losses.attribute_fake(outputs, torch.ones(1, 1), "lsgan").item() == (0 + 1 + 4 + 9) / 4


def test_complement_units_follow_the_attributes() -> None:
    labels = torch.tensor([[1.0, 0.0, 0.0]])
    assert losses.activations(labels, complement=True).tolist() == [[1, 0, 0, 0, 1, 1]]
    assert losses.activations(labels, complement=False) is labels


def test_conditional_scale_is_one_over_the_frequency_and_zero_for_what_never_happens() -> None:
    scale = losses.conditional_scale((0.25, 0.0, 1.0), True, torch.device("cpu"))
    assert scale.tolist() == pytest.approx([4, 0, 1, 4 / 3, 1, 0])
    assert losses.conditional_scale((0.25, 0.5), False, torch.device("cpu")).tolist() == [4, 2]


@given(data=st.data(), family=st.sampled_from(["lsgan", "wgan_gp"]), conditional=st.booleans())
@settings(max_examples=40, deadline=None)
def test_vector_form_is_the_frequency_weighted_sum_of_the_attributes_gans(
    data: st.DataObject, family: Family, conditional: bool
) -> None:
    """Σ_c (p_c·real_c + q_c·fake_c) in joint form, Σ_c (real_c + fake_c) in conditional form."""
    units = data.draw(st.integers(1, 4))
    total, expected = torch.zeros(()), torch.zeros(())
    for term, elementwise in ((losses.attribute_real, real_loss), (losses.attribute_fake, fake_loss)):
        seed, batch = data.draw(st.integers(0, 2**16)), data.draw(st.integers(1, 6))
        generator = torch.Generator().manual_seed(seed)
        outputs = torch.randn(batch, units, generator=generator)
        active = torch.randint(0, 2, (batch, units), generator=generator).float()
        frequencies = tuple(active.mean(dim=0).tolist())
        scale = losses.conditional_scale(frequencies, False, active.device) if conditional else torch.ones(units)
        total = total + term(outputs[:, :, None, None], active * scale, family)
        for unit, frequency in enumerate(frequencies):
            if frequency > 0:
                of_unit = elementwise(outputs[active[:, unit] == 1, unit], family).mean()
                expected = expected + (of_unit if conditional else frequency * of_unit)
    torch.testing.assert_close(total, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("family", ["lsgan", "wgan_gp"])
@pytest.mark.parametrize("term", [losses.attribute_real, losses.attribute_fake])
def test_no_gradient_reaches_a_gan_from_a_sample_that_does_not_activate_it(
    term: Callable[[Tensor, Tensor, Family], Tensor], family: Family
) -> None:
    outputs = (OUTPUTS + 0.5).requires_grad_()
    torch.autograd.backward(term(outputs, ACTIVE, family))
    assert outputs.grad is not None
    assert torch.equal(outputs.grad[:, :, 0, 0] != 0, ACTIVE == 1)


def linear(images: Tensor) -> Tensor:
    """Two GANs: 3 x the first pixel and 5 x the second, (B, 2, 1, 1)."""
    return torch.stack([3 * images[:, 0, 0, 0], 5 * images[:, 0, 0, 1]], dim=1)[:, :, None, None]


def images() -> Tensor:
    return torch.rand(2, 1, 1, 2, requires_grad=True)


def test_active_mean_penalty_matches_hand_worked_numbers() -> None:
    # image 1 activates the first GAN: slope 3; image 2 both: mean slope (3/2, 5/2), norm sqrt(34)/2
    expected = ((3 - 1) ** 2 + (34**0.5 / 2 - 1) ** 2) / 2
    assert losses.active_mean_penalty(linear, images(), ACTIVE).item() == pytest.approx(expected)


def test_all_mean_penalty_matches_hand_worked_numbers() -> None:
    assert losses.all_mean_penalty(linear, images()).item() == pytest.approx((34**0.5 / 2 - 1) ** 2)


def test_per_attribute_penalty_matches_hand_worked_numbers() -> None:
    expected = ((3 - 1) ** 2 + (3 - 1) ** 2 + (5 - 1) ** 2) / 2
    assert losses.per_attribute_penalty(linear, images(), ACTIVE).item() == pytest.approx(expected)


def test_a_face_without_active_attributes_is_left_out_of_the_penalty() -> None:
    active = torch.tensor([[1.0, 0.0], [0.0, 0.0]])
    mixed = images()
    penalty = losses.active_mean_penalty(linear, mixed, active)
    assert penalty.item() == pytest.approx((3 - 1) ** 2)


@pytest.mark.parametrize("penalty", [losses.active_mean_penalty, losses.per_attribute_penalty])
def test_penalty_of_faces_without_any_active_attribute_is_zero_with_finite_gradients(
    penalty: Callable[..., Tensor],
) -> None:
    weight = torch.ones(2, requires_grad=True)

    def critic(images: Tensor) -> Tensor:
        return linear(images) * weight[:, None, None]

    penalties = penalty(critic, images(), torch.zeros(2, 2))
    torch.autograd.backward(penalties)
    assert penalties.item() == 0
    assert weight.grad is not None
    assert weight.grad.tolist() == [0, 0]
