"""The average of weights forgets with the stated half-life in images."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from bench.training.ema import Average


def network(value: float) -> nn.Linear:
    layer = nn.Linear(2, 1)
    for parameter in layer.parameters():
        nn.init.constant_(parameter, value)
    return layer


def test_after_one_half_life_half_of_the_old_average_is_left() -> None:
    current = network(0.0)
    average = Average(current, half_life_images=100, ramp=0.05)
    nn.init.constant_(current.weight, 1.0)
    for step in range(10):
        average.update(images_seen=10_000 + 10 * step, images=10)
    assert torch.allclose(average.module.state_dict()["weight"], torch.tensor(0.5))


def test_early_on_the_half_life_is_a_share_of_the_images_seen() -> None:
    average = Average(network(0.0), half_life_images=1000, ramp=0.05)
    assert average.decay(images_seen=2000, images=100) == pytest.approx(0.5)
    assert average.decay(images_seen=10**9, images=1000) == pytest.approx(0.5)
    assert Average(network(0.0), 1000, ramp=0.5).decay(images_seen=2000, images=1000) == pytest.approx(0.5)


def test_the_average_has_no_gradients_and_leaves_the_network_alone() -> None:
    current = network(2.0)
    average = Average(current, half_life_images=10, ramp=0.05)
    average.update(1000, 10)
    assert not any(parameter.requires_grad for parameter in average.module.parameters())
    assert all(parameter.requires_grad and bool((parameter == 2).all()) for parameter in current.parameters())


def test_buffers_are_copied() -> None:
    current = nn.BatchNorm1d(2)
    average = Average(current, half_life_images=10, ramp=0.05)
    current.get_buffer("running_mean").fill_(3.0)
    average.update(1000, 10)
    assert average.module.get_buffer("running_mean").tolist() == [3.0, 3.0]
