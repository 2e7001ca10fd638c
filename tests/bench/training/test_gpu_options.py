"""What a GPU may be told: bfloat16 autocast and compilation. The CPU has both, and takes neither by itself."""

from dataclasses import replace
from typing import cast

import pytest
import torch
from torch import nn

from bench.experiments import step_timer
from bench.settings import Settings, parse_settings
from bench.training import steps

CPU = torch.device("cpu")
MODELS = ["stargan_baseline.published", "stargan_baseline.lsgan_mask", "acl.plus_attribute_wgangp", "acl.full"]


@pytest.fixture
def told(smoke_content: dict[str, object]) -> Settings:
    """Settings that ask for bfloat16 and compilation."""
    training = cast(dict[str, object], smoke_content["training"])
    return parse_settings(smoke_content | {"training": training | {"precision": "bfloat16", "compile": True}}, "smoke")


def bench_of(model_id: str, settings: Settings) -> step_timer.Bench:
    return step_timer.Bench(step_timer.Case(model_id, 16, 4, 3), settings, CPU)


def test_on_the_cpu_both_options_are_left_out(told: Settings) -> None:
    networks = bench_of("acl.full", told).networks
    assert networks.forward is networks.generator
    assert not networks.bfloat16


@pytest.mark.parametrize("model_id", MODELS)
def test_every_loss_trains_under_bfloat16_autocast_with_weights_in_float32(model_id: str, told: Settings) -> None:
    bench = bench_of(model_id, told)
    networks = replace(bench.networks, bfloat16=True)
    fake = steps.draw(bench.model, networks, bench.batch, with_graph=False)
    plain = steps.draw(bench.model, bench.networks, bench.batch, with_graph=False)
    assert 0 < (fake.image - plain.image).abs().max() < 0.1
    losses = steps.step(bench.model, networks, bench.batch, update_generator=True)
    assert all(torch.isfinite(loss.total) for loss in losses.values())
    weights = [*networks.generator.parameters(), *networks.discriminator.parameters()]
    assert all(weight.dtype == torch.float32 and torch.isfinite(weight).all() for weight in weights)


def test_a_compiled_generator_takes_the_step_that_it_takes_uncompiled(told: Settings) -> None:
    plain, other = bench_of("acl.plus_mask", told), bench_of("acl.plus_mask", told)
    compiled = cast(nn.Module, torch.compile(other.networks.generator, backend="aot_eager"))
    for bench, networks in ((plain, plain.networks), (other, replace(other.networks, forward=compiled))):
        steps.step(bench.model, networks, bench.batch, update_generator=True)
    for weight, same in zip(plain.networks.generator.parameters(), other.networks.generator.parameters(), strict=True):
        torch.testing.assert_close(weight, same, rtol=1e-4, atol=1e-5)
