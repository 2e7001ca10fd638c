"""Mask and framing window: where the output is the source, it is the source exactly."""

import pytest
import torch

from bench.blocks.composition import compose, frame_window
from bench.blocks.generator import Drawing

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
