"""The shared trunks: sizes, shapes, and what keeps the two methods comparable."""

import pytest
import torch
from torch import nn

from bench.blocks.discriminator import Discriminator, Head, critique_pair
from bench.blocks.generator import Generator, instance_norm


@pytest.mark.parametrize(("side", "layers", "field"), [(16, 3, 2), (32, 4, 2), (64, 5, 2), (128, 6, 2), (256, 6, 4)])
def test_discriminator_halves_the_image_down_to_two_by_two_in_at_most_six_layers(
    side: int, layers: int, field: int
) -> None:
    discriminator = Discriminator(side, channels=2, outputs=5)
    assert len(discriminator.layers) == layers
    patches, attributes = discriminator(torch.zeros(3, 3, side, side))
    assert patches.shape == (3, 1, field, field)
    assert attributes.shape == (3, 5, 1, 1)


@pytest.mark.parametrize(("head", "side"), [("full_field", 1), ("patch", 2)])
def test_attribute_head_answers_once_or_per_patch(head: Head, side: int) -> None:
    patches, attributes = Discriminator(16, 2, outputs=4, patch=False, head=head)(torch.zeros(1, 3, 16, 16))
    assert patches is None
    assert attributes.shape == (1, 4, side, side)


@pytest.mark.parametrize("masked", [False, True])
def test_generator_draws_in_range_at_the_size_of_its_image(masked: bool) -> None:
    segment, mask = Generator(4, residual_blocks=1, attributes=2, masked=masked)(
        torch.randn(2, 3, 16, 24), torch.ones(2, 2)
    )
    assert segment.shape == (2, 3, 16, 24)
    assert segment.abs().max() <= 1
    assert (mask is not None) == masked
    if mask is not None:
        assert mask.shape == (2, 1, 16, 24)
        assert 0 <= mask.min() <= mask.max() <= 1


def test_generator_heeds_its_targets() -> None:
    torch.manual_seed(1)
    generator, images = Generator(4, 1, 2, masked=False), torch.rand(1, 3, 16, 16)
    first, second = (generator(images, torch.tensor([[on, 0.0]])).segment for on in (0.0, 1.0))
    assert (first - second).abs().max() > 1e-3


def test_instance_norm_equals_torchs_own() -> None:
    features, ours, theirs = torch.randn(2, 6, 8, 8), instance_norm(6), nn.InstanceNorm2d(6, affine=True)
    torch.testing.assert_close(ours(features), theirs(features))


def test_one_pass_over_both_batches_equals_two_passes() -> None:
    torch.manual_seed(1)
    discriminator = Discriminator(16, 4, outputs=3)
    real, fake = torch.randn(2, 5, 3, 16, 16).unbind()
    for critiques, images in zip(critique_pair(discriminator, real, fake), (real, fake), strict=True):
        torch.testing.assert_close(critiques, discriminator(images))
