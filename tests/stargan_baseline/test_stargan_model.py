"""StarGAN as published: its size, its losses and what each weight multiplies."""

import pytest
import torch

from bench import registry
from bench.blocks.networks import Critique
from bench.method import Batch, Family, Problem
from stargan_baseline import losses

ATTRIBUTES = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Male", "Young")
WEIGHTS = {"lambda_adv": 2.0, "lambda_cls": 3.0, "lambda_rec": 5.0, "lambda_gp": 7.0}


def critique(patch: float) -> Critique:
    """One image, one patch, one attribute of logit 0."""
    return Critique(torch.full((1, 1, 1, 1), patch), torch.zeros(1, 1, 1, 1))


@pytest.mark.parametrize(("side", "discriminator"), [(128, 44_762_048), (256, 44_884_928)])
def test_networks_have_the_published_number_of_parameters(side: int, discriminator: int) -> None:
    problem = Problem(ATTRIBUTES, side, 64, 6, 64, (0.2,) * 5, (0.2,) * 5)
    with torch.device("meta"):
        model = registry.build("stargan_baseline.published", {}, {}, problem)
        networks = model.build_generator(), model.build_discriminator()
    counts = [sum(parameter.numel() for parameter in network.parameters()) for network in networks]
    assert counts == [8_430_528, discriminator]


@pytest.mark.parametrize(("family", "adversarial"), [("lsgan", 0.25 + 9), ("wgan_gp", -0.5 + 3)])
def test_discriminator_loss_matches_hand_worked_numbers(family: Family, adversarial: float) -> None:
    penalty = torch.tensor(0.5) if family == "wgan_gp" else None
    loss = losses.discriminator_loss(critique(0.5), critique(3.0), torch.ones(1, 1), penalty, family, WEIGHTS)
    # λ_adv multiplies the adversarial term with its penalty: Adam is blind to the scale of the whole
    expected = 2 * (adversarial + (7 * 0.5 if family == "wgan_gp" else 0)) + 3 * 0.6931472
    assert loss.total.item() == pytest.approx(expected)
    assert ("gradient_penalty" in loss.terms) == (family == "wgan_gp")


@pytest.mark.parametrize(("family", "adversarial"), [("lsgan", 4.0), ("wgan_gp", -3.0)])
def test_generator_loss_matches_hand_worked_numbers(family: Family, adversarial: float) -> None:
    source, reconstructed = torch.zeros(1, 3, 2, 2), torch.full((1, 3, 2, 2), 0.5)
    loss = losses.generator_loss(critique(3.0), torch.ones(1, 1), source, reconstructed, family, WEIGHTS)
    assert loss.total.item() == pytest.approx(2 * adversarial + 3 * 0.6931472 + 5 * 0.5)


def test_reconstruction_goes_there_and_back_through_the_generator() -> None:
    torch.manual_seed(1)
    problem = Problem(ATTRIBUTES[:2], 16, 4, 1, 4, (0.5, 0.5), (0.5, 0.5))
    model = registry.build("stargan_baseline.lsgan_mask", {}, {}, problem)
    generator, discriminator = model.build_generator(), model.build_discriminator()
    labels = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    batch = Batch(torch.rand(2, 3, 16, 16), labels, labels.flip(0), torch.tensor([1, 0]), torch.Generator())
    fake = model.translate(generator, batch.images, batch.targets)
    back = model.translate(generator, fake.image, batch.labels).image
    reconstruction_loss = model.generator_loss(generator, discriminator, batch, fake).terms["reconstruction"]
    assert reconstruction_loss.item() == pytest.approx((batch.images - back).abs().mean().item())
