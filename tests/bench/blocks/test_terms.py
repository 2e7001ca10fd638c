"""Shared terms and their weighted sum, against numbers worked by hand."""

import math

import pytest
import torch

from bench.blocks.terms import classification_loss, l1_distance, weighted_sum


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
