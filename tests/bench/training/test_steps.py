"""A step moves both networks as their losses say, and builds equal networks from equal seeds."""

from __future__ import annotations

import torch

from bench.data.batches import Batches
from bench.training import steps
from bench.training.steps import Networks
from tests.support.made_training import SETTINGS, SIZE_PX, MadeModel, digest, stores

CPU = torch.device("cpu")


def networks(seed: int = 1) -> Networks:
    return steps.build(MadeModel(), SETTINGS, seed, CPU)


def batches() -> Batches:
    return Batches(stores()[SIZE_PX].split("train"), 4, 1, "permuted", True, CPU)


def test_equal_seeds_build_equal_networks() -> None:
    assert digest(networks(1).generator) == digest(networks(1).generator)
    assert digest(networks(1).generator) != digest(networks(2).generator)


def test_a_discriminator_step_leaves_the_generator_alone() -> None:
    watched = networks()
    before = (digest(watched.generator), digest(watched.discriminator))
    done = steps.step(MadeModel(), watched, batches().batch(0), update_generator=False)
    assert set(done) == {"discriminator"}
    assert digest(watched.generator) == before[0]
    assert digest(watched.discriminator) != before[1]


def test_a_generator_step_leaves_no_gradient_in_the_discriminator() -> None:
    watched = networks()
    model = MadeModel()
    batch = batches().batch(0)
    fake = steps.draw(model, watched, batch, with_graph=True)
    before = digest(watched.discriminator)
    losses = steps.generator_step(model, watched, batch, fake)
    assert all(parameter.grad is None and parameter.requires_grad for parameter in watched.discriminator.parameters())
    assert digest(watched.discriminator) == before
    assert not losses.total.requires_grad


def test_the_learning_rate_reaches_both_optimisers() -> None:
    watched = networks()
    watched.set_learning_rate(0.25)
    assert [group["lr"] for optimiser in watched.optimisers for group in optimiser.param_groups] == [0.25, 0.25]
