"""The shared trunks: sizes, shapes, what keeps the two methods comparable; and what is composed of their drawings."""

import pytest
import torch
from torch import nn

from bench.blocks.networks import (
    Discriminator,
    Drawing,
    Generator,
    Head,
    compose,
    critique_pair,
    frame_window,
    instance_norm,
)


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


SOURCE = torch.rand(2, 3, 32, 32) * 2 - 1
SEGMENT = torch.rand(2, 3, 32, 32) * 2 - 1
MASK = torch.rand(2, 1, 32, 32)


def test_soft_window_rises_from_zero_over_its_own_width() -> None:
    window = frame_window(SOURCE, 1 / 16, soft=True)
    assert window.shape == (1, 1, 32, 32)
    row = window[0, 0, 16]
    assert row[:5].tolist() == pytest.approx([0, 0, 0.25, 0.75, 1])
    assert torch.equal(row, row.flip(0))
    assert torch.equal(window, window.transpose(2, 3))
    assert window[0, 0, 2, 3] == window[0, 0, 2, 16]  # a corner takes the nearer border


def test_hard_window_is_zero_or_one() -> None:
    row = frame_window(SOURCE, 1 / 16, soft=False)[0, 0, 16]
    assert row.tolist() == [0.0] * 2 + [1.0] * 28 + [0.0] * 2


def test_window_of_width_zero_is_open() -> None:
    assert (frame_window(SOURCE, 0.0, soft=True) == 1).all()


def test_window_keeps_the_proportions_of_an_oblong_image() -> None:
    window = frame_window(torch.zeros(1, 3, 16, 64), 1 / 8, soft=False)[0, 0]
    assert window[:, 32].sum() == 12
    assert window[8].sum() == 48


@pytest.mark.parametrize("soft", [True, False])
@pytest.mark.parametrize("mask", [None, MASK])
def test_pixels_outside_the_window_equal_the_source_exactly(mask: torch.Tensor | None, soft: bool) -> None:
    window = frame_window(SOURCE, 1 / 8, soft)
    image = compose(SOURCE, Drawing(SEGMENT, mask), window).image
    outside = (window == 0).expand_as(SOURCE)
    assert torch.equal(image[outside], SOURCE[outside])
    assert not torch.equal(image, SOURCE)


def test_composition_is_the_papers_formula() -> None:
    window = frame_window(SOURCE, 1 / 8, soft=True)
    composed = compose(SOURCE, Drawing(SEGMENT, MASK), window)
    weight = window * MASK
    torch.testing.assert_close(composed.image, weight * SEGMENT + (1 - weight) * SOURCE)
    assert composed.mask is not None
    assert torch.equal(composed.mask, weight)
    assert composed.segment is SEGMENT


def test_full_and_empty_masks_give_segment_and_source_exactly() -> None:
    ones, zeros = torch.ones_like(MASK), torch.zeros_like(MASK)
    assert torch.equal(compose(SOURCE, Drawing(SEGMENT, ones)).image, SEGMENT)
    assert torch.equal(compose(SOURCE, Drawing(SEGMENT, zeros)).image, SOURCE)


def test_without_mask_and_window_the_segment_is_the_translation() -> None:
    composed = compose(SOURCE, Drawing(SEGMENT, None))
    assert composed.image is SEGMENT
    assert composed.mask is None
    assert composed.segment is None


def test_no_gradient_reaches_the_drawing_outside_the_window() -> None:
    segment, mask = SEGMENT.clone().requires_grad_(), MASK.clone().requires_grad_()
    window = frame_window(SOURCE, 1 / 8, soft=True)
    torch.autograd.backward(compose(SOURCE, Drawing(segment, mask), window).image.square().sum())
    assert segment.grad is not None
    assert mask.grad is not None
    assert (segment.grad[(window == 0).expand_as(segment)] == 0).all()
    assert (mask.grad[(window == 0).expand_as(mask)] == 0).all()
