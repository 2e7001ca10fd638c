"""What the harness asks of every method and variant that it finds, one added by copying a folder included."""

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode

from bench import registry
from bench.method import Batch, GrowthState, Losses, Model, Problem, Translation
from bench.runtime import digest

SIDE = 32
PROBLEM = Problem(
    attributes=("Black_Hair", "Smiling", "Young"),
    image_size_px=SIDE,
    generator_channels=4,
    residual_blocks=1,
    discriminator_channels=4,
    label_frequencies=(0.25, 0.5, 0.75),
    target_frequencies=(0.25, 0.5, 0.75),
)
MODEL_IDS = tuple(f"{name}.{variant.slug}" for name, info in registry.methods().items() for variant in info.variants)
every_model = pytest.mark.parametrize("model_id", MODEL_IDS)


@dataclass
class Step:
    """A built model with one batch and its translation."""

    model: Model
    generator: nn.Module
    discriminator: nn.Module
    batch: Batch
    fake: Translation

    def discriminator_losses(self) -> Losses:
        return self.model.discriminator_loss(self.discriminator, self.batch, self.fake.detach())

    def generator_losses(self) -> Losses:
        return self.model.generator_loss(self.generator, self.discriminator, self.batch, self.fake)


def a_batch(side: int = SIDE) -> Batch:
    labels = torch.tensor([[1, 0, 1], [0, 1, 1], [0, 0, 0], [0, 1, 1.0]])
    partner = torch.tensor([1, 2, 3, 0])
    images = torch.rand(4, 3, side, side) * 2 - 1
    return Batch(images, labels, labels[partner], partner, torch.Generator().manual_seed(1))


def a_step(model_id: str, weights: Mapping[str, float] | None = None) -> Step:
    torch.manual_seed(1)
    model = registry.build(model_id, weights or {}, {}, PROBLEM)
    generator, discriminator = model.build_generator(), model.build_discriminator()
    batch = a_batch()
    return Step(model, generator, discriminator, batch, model.translate(generator, batch.images, batch.targets))


def gradients(network: nn.Module) -> list[Tensor]:
    return [parameter.grad for parameter in network.parameters() if parameter.grad is not None]


def shares(losses: Losses) -> dict[str, float]:
    """The factor with which each term enters the total."""
    gradient = torch.autograd.grad(losses.total, list(losses.terms.values()), retain_graph=True)
    return {name: share.item() for name, share in zip(losses.terms, gradient, strict=True)}


@every_model
def test_translation_has_the_shape_and_range_of_an_image(model_id: str) -> None:
    fake = a_step(model_id).fake
    assert fake.image.shape == (4, 3, SIDE, SIDE)
    assert fake.image.abs().max() <= 1
    if fake.mask is not None:
        assert fake.mask.shape == (4, 1, SIDE, SIDE)
        assert 0 <= fake.mask.min() <= fake.mask.max() <= 1
        assert fake.segment is not None
    if fake.segment is not None:
        assert fake.segment.shape == fake.image.shape
        assert fake.segment.abs().max() <= 1


@every_model
def test_terms_are_finite_named_scalars_and_the_total_is_their_weighted_sum(model_id: str) -> None:
    step = a_step(model_id)
    for losses in (step.discriminator_losses(), step.generator_losses()):
        assert losses.terms
        assert all(re.fullmatch(r"[a-z0-9_]+", name) for name in losses.terms)
        assert all(term.shape == () and term.isfinite() for term in losses.terms.values())
        factors = shares(losses)
        assert all(factor >= 0 for factor in factors.values())
        total = sum(factors[name] * term.item() for name, term in losses.terms.items())
        assert losses.total.item() == pytest.approx(total, rel=1e-5)


@every_model
def test_weight_zero_removes_its_terms_and_no_other(model_id: str) -> None:
    base = a_step(model_id)
    whole = shares(base.discriminator_losses()), shares(base.generator_losses())
    for weight in base.model.weights:
        step = a_step(model_id, {weight: 0.0})
        changed = 0
        for before, losses in zip(whole, (step.discriminator_losses(), step.generator_losses()), strict=True):
            for name, share in shares(losses).items():
                assert share in (0.0, before[name])
                changed += share != before[name]
        assert changed > 0, f"{weight} weighs no term"


@every_model
def test_discriminator_step_leaves_the_generator_alone(model_id: str) -> None:
    step = a_step(model_id)
    torch.autograd.backward(step.discriminator_losses().total)
    assert not gradients(step.generator)
    gradients_found = gradients(step.discriminator)
    assert gradients_found
    assert all(gradient.isfinite().all() for gradient in gradients_found)


@every_model
def test_generator_step_reaches_every_layer_in_use_of_the_generator(model_id: str) -> None:
    step = a_step(model_id)
    step.discriminator.requires_grad_(False)
    torch.autograd.backward(step.generator_losses().total)
    assert not gradients(step.discriminator)
    unused = {name for name, parameter in step.generator.named_parameters() if parameter.grad is None}
    assert not unused or step.model.variant.growth, f"no gradient reaches {unused}"
    assert all(gradient.isfinite().all() for gradient in gradients(step.generator))
    assert any(gradient.abs().max() > 0 for gradient in gradients(step.generator))


@every_model
def test_losses_look_at_no_value_on_the_host(model_id: str) -> None:
    with FakeTensorMode():  # raises where Python asks for a tensor's value
        step = a_step(model_id)
        torch.autograd.backward(step.discriminator_losses().total)
        torch.autograd.backward(step.generator_losses().total)


@every_model
def test_a_batch_without_partners_is_learned_from(model_id: str) -> None:
    step = a_step(model_id)
    step.batch = Batch(step.batch.images, step.batch.labels, step.batch.targets, None, step.batch.random)
    assert step.discriminator_losses().total.isfinite()
    assert step.generator_losses().total.isfinite()


@every_model
def test_every_growth_stage_trains_at_its_size_and_translates_at_full_size(model_id: str) -> None:
    step = a_step(model_id)
    for index, stage in enumerate(step.model.variant.stages(SIDE)):
        side = SIDE // stage.divisor
        for alpha in (0.0, 0.5, 1.0):
            step.model.grow(step.generator, step.discriminator, GrowthState(index, alpha, side))
            step.batch = a_batch(side)
            step.fake = step.model.translate(step.generator, step.batch.images, step.batch.targets)
            assert step.fake.image.shape == (4, 3, side, side)
            assert step.discriminator_losses().total.isfinite()
            assert step.generator_losses().total.isfinite()
            whole = a_batch()
            image = step.model.translate(step.generator, whole.images, whole.targets).image
            assert image.shape == whole.images.shape
            assert image.abs().max() <= 1


@every_model
def test_networks_are_built_from_the_seed_alone(model_id: str) -> None:
    first, second = a_step(model_id), a_step(model_id)
    for name in ("generator", "discriminator"):
        states = getattr(first, name).state_dict(), getattr(second, name).state_dict()
        assert list(states[0]) == list(states[1])
        assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])


@pytest.mark.parametrize("name", registry.methods())
def test_method_is_described_without_torch(name: str) -> None:
    code = f"import sys, {name}.method; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=digest.ROOT, check=True)


@pytest.mark.parametrize("name", registry.methods())
def test_descriptions_are_in_order(name: str) -> None:
    info = registry.methods()[name]
    assert info.name == name
    assert info.label
    assert info.source
    slugs = [variant.slug for variant in info.variants]
    assert len(set(slugs)) == len(slugs)
    switches = {switch.name: switch for switch in info.switches}
    for switch in switches.values():
        assert not switch.choices or switch.default in switch.choices
    for variant in info.variants:
        assert re.fullmatch(r"[a-z0-9_]+", variant.slug)
        assert variant.n_critic >= 1
        assert not {weight.name for weight in variant.searched} & set(variant.fixed)
        for weight in variant.searched:
            assert 0 < weight.low <= weight.default <= weight.high
        for key, value in variant.switches.items():
            assert not switches[key].choices or value in switches[key].choices


def test_no_two_methods_share_a_colour() -> None:
    colours = [info.colour.lower() for info in registry.methods().values()]
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)
    assert len(set(colours)) == len(colours)
