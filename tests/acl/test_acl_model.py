"""ACL-GAN whole: its size, its switches, and that it is StarGAN when all of them are off."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from acl.method import METHOD, PARTS
from acl.model import AclGan
from bench import registry
from bench.blocks.networks import frame_window
from bench.errors import BenchError
from bench.method import Batch, Losses, Model, Problem, SwitchValue, Variant

READINGS = [switch for switch in METHOD.switches if switch.name not in PARTS]
SIDE = 16
PROBLEM = Problem(("A", "B", "C"), SIDE, 4, 1, 4, (0.25, 0.5, 0.75), (0.25, 0.5, 0.75))
ALL_OFF: dict[str, SwitchValue] = dict.fromkeys(PARTS, False)
DOCUMENTED = {  # term -> the weights whose product multiplies it
    "attribute_real": ("lambda_att",),
    "attribute_fake": ("lambda_att",),
    "attribute": ("lambda_att",),
    "adversarial_real": ("lambda_adv",),
    "adversarial_fake": ("lambda_adv",),
    "adversarial": ("lambda_adv",),
    "classification": ("lambda_cls",),
    "reconstruction": ("lambda_rec",),
    "content": ("lambda_content",),
    "gradient_penalty": ("lambda_att", "lambda_gp"),
}


def a_batch(step: int = 0) -> Batch:
    random = torch.Generator().manual_seed(step)
    labels = torch.randint(0, 2, (4, 3), generator=random).float()
    partner = torch.tensor([1, 2, 3, 0])
    images = torch.rand(4, 3, SIDE, SIDE, generator=random) * 2 - 1
    return Batch(images, labels, labels[partner], partner, random)


def a_model(
    slug: str, readings: Mapping[str, SwitchValue] | None = None, weights: Mapping[str, float] | None = None
) -> Model:
    return registry.build(f"acl.{slug}", weights or {}, readings or {}, PROBLEM)


def networks(model: Model) -> tuple[nn.Module, nn.Module]:
    torch.manual_seed(1)
    return model.build_generator(), model.build_discriminator()


def losses_of(model: Model) -> tuple[Losses, Losses]:
    generator, discriminator = networks(model)
    batch = a_batch()
    fake = model.translate(generator, batch.images, batch.targets)
    return (
        model.discriminator_loss(discriminator, batch, fake.detach()),
        model.generator_loss(generator, discriminator, batch, fake),
    )


def all_off(variant: Variant) -> Model:
    """ACL-GAN without any of its parts, in the family and with the weights of a StarGAN variant."""
    off = replace(registry.find("acl.plus_attribute")[1], family=variant.family, switches=ALL_OFF)
    weights = {weight.name: weight.default for weight in variant.searched} | dict(variant.fixed)
    return AclGan(off, METHOD.resolve_switches(off, {}), weights, PROBLEM)


def train(model: Model, steps: int) -> list[Tensor]:
    """A plain Adam loop: every parameter of both networks after `steps` steps, and every loss."""
    generator, discriminator = networks(model)
    adams = [torch.optim.Adam(network.parameters(), 1e-3, (0.5, 0.999)) for network in (discriminator, generator)]
    totals = []
    for step in range(steps):
        batch = a_batch(step)
        fake = model.translate(generator, batch.images, batch.targets)
        for adam, loss in zip(adams, ("discriminator", "generator"), strict=True):
            adam.zero_grad()
            if loss == "discriminator":
                total = model.discriminator_loss(discriminator, batch, fake.detach()).total
            else:
                total = model.generator_loss(generator, discriminator, batch, fake).total
            torch.autograd.backward(total)
            adam.step()
            totals.append(total.detach())
    return [*generator.parameters(), *discriminator.parameters(), *totals]


@pytest.mark.parametrize("slug", ["lsgan", "published"])
def test_with_every_switch_off_it_is_stargan_bit_for_bit_over_20_steps(slug: str) -> None:
    _, variant = registry.find(f"stargan_baseline.{slug}")
    baseline = registry.build(f"stargan_baseline.{slug}", {}, {}, PROBLEM)
    ours = all_off(variant)
    assert [name for network in networks(ours) for name in network.state_dict()] == [
        name for network in networks(baseline) for name in network.state_dict()
    ]
    trained, expected = train(ours, 20), train(baseline, 20)
    assert len(trained) == len(expected)
    assert all(torch.equal(first, second) for first, second in zip(trained, expected, strict=True))


@pytest.mark.parametrize(
    ("readings", "outputs"), [({}, 10), ({"complement": False}, 5), ({"attribute_head": "patch"}, 10)]
)
def test_discriminator_has_one_head_of_as_many_outputs_as_gans(
    readings: Mapping[str, SwitchValue], outputs: int
) -> None:
    attributes = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Male", "Young")
    problem = Problem(attributes, 128, 64, 6, 64, (0.2,) * 5, (0.2,) * 5)
    with torch.device("meta"):
        model = registry.build("acl.plus_attribute", {}, readings, problem)
        sizes = [
            sum(parameter.numel() for parameter in network.parameters())
            for network in (model.build_generator(), model.build_discriminator())
        ]
    kernel = 9 if readings.get("attribute_head") == "patch" else 4
    assert sizes == [8_430_528, 44_702_656 + 2048 * kernel * outputs]
    assert readings or sizes[1] == 44_784_576


@pytest.mark.parametrize("variant", METHOD.variants, ids=lambda variant: variant.slug)
def test_total_is_the_documented_weighted_sum(variant: Variant) -> None:
    weights = {
        name: float(index + 2) for index, name in enumerate((*(w.name for w in variant.searched), *variant.fixed))
    }
    for losses_of_step in losses_of(a_model(variant.slug, weights=weights)):
        expected = 0.0
        for name, term in losses_of_step.terms.items():
            one_mean = name == "gradient_penalty" and variant.switches.get("penalty_form") != "per_attribute"
            share = 3.0 if one_mean else 1.0  # λ_gp is per attribute: times C where the penalty is of their mean
            for weight in DOCUMENTED[name]:
                share *= weights[weight]
            expected += share * term.item()
        assert losses_of_step.total.item() == pytest.approx(expected, rel=1e-5)


def test_one_attribute_loss_replaces_two_terms_and_one_weight() -> None:
    baseline = registry.find("stargan_baseline.lsgan")[1].searched
    assert len(registry.find("acl.plus_attribute")[1].searched) == len(baseline) - 1


ATTRIBUTE_TERMS = {"attribute_real", "attribute_fake"}
OF_READINGS: tuple[tuple[str, str, SwitchValue, set[str], set[str]], ...] = (
    ("plus_attribute_wgangp", "complement", False, ATTRIBUTE_TERMS | {"gradient_penalty"}, {"attribute"}),
    ("plus_attribute_wgangp", "attribute_head", "patch", ATTRIBUTE_TERMS | {"gradient_penalty"}, {"attribute"}),
    ("plus_attribute_wgangp", "attribute_weighting", "conditional", ATTRIBUTE_TERMS, {"attribute"}),
    ("plus_attribute_wgangp", "penalty_form", "all_mean", {"gradient_penalty"}, set()),
    ("plus_attribute_wgangp", "penalty_form", "per_attribute", {"gradient_penalty"}, set()),
    ("plus_mask", "content_form", "mask_area", set(), {"content"}),
    ("plus_mask", "content_form", "identity", set(), {"content"}),
    # a window changes the translation, and so every term of fakes
    ("plus_framing", "frame_edge", "hard", {"attribute_fake"}, {"attribute", "content"}),
    ("plus_framing", "frame_width", 0.25, {"attribute_fake"}, {"attribute", "content"}),
)


@pytest.mark.parametrize(("slug", "reading", "value", "discriminator", "generator"), OF_READINGS)
def test_switching_a_reading_changes_its_terms_only(
    slug: str, reading: str, value: SwitchValue, discriminator: set[str], generator: set[str]
) -> None:
    before, after = losses_of(a_model(slug)), losses_of(a_model(slug, {reading: value}))
    for old, new, expected in zip(before, after, (discriminator, generator), strict=True):
        assert {name for name in old.terms if old.terms[name] != new.terms[name]} == expected


def test_every_value_of_every_reading_is_tested() -> None:
    wanted = {(switch.name, value) for switch in READINGS for value in switch.choices if value != switch.default}
    tested = {(reading, value) for _, reading, value, _, _ in OF_READINGS}
    assert wanted <= tested
    assert {switch.name for switch in READINGS} == {reading for reading, _ in tested}


@pytest.mark.parametrize(("slug", "reading"), [("plus_mask", "frame_width"), ("plus_attribute", "content_form")])
def test_a_reading_of_a_part_that_is_off_changes_nothing(slug: str, reading: str) -> None:
    value: SwitchValue = 0.25 if reading == "frame_width" else "identity"
    trained, expected = train(a_model(slug, {reading: value}), 2), train(a_model(slug), 2)
    assert all(torch.equal(first, second) for first, second in zip(trained, expected, strict=True))


def test_content_loss_readings_are_the_documented_formulas() -> None:
    model = a_model("plus_mask")
    generator, _ = networks(model)
    batch = a_batch()
    fake = model.translate(generator, batch.images, batch.targets)
    same = model.translate(generator, batch.images, batch.labels)
    assert fake.mask is not None
    expected = {
        "translation": F.l1_loss(fake.image, batch.images),
        "mask_area": fake.mask.mean(),
        "identity": F.l1_loss(same.image, batch.images),
    }
    for form, value in expected.items():
        measured = losses_of(a_model("plus_mask", {"content_form": form}))[1].terms["content"]
        assert measured.item() == pytest.approx(value.item())


def test_mask_area_without_a_mask_is_the_translation_reading() -> None:
    measured, expected = (
        losses_of(a_model("plus_content", {"content_form": form}))[1] for form in ("mask_area", "translation")
    )
    assert measured.terms["content"].item() == expected.terms["content"].item()


@pytest.mark.parametrize(("form", "passes"), [("translation", 0), ("identity", 1)])
def test_simplified_content_loss_needs_no_further_pass_through_the_generator(form: str, passes: int) -> None:
    model = a_model("plus_content", {"content_form": form})
    generator, discriminator = networks(model)
    batch = a_batch()
    fake = model.translate(generator, batch.images, batch.targets)
    counted: list[int] = []
    generator.register_forward_hook(lambda *_: counted.append(1))
    model.generator_loss(generator, discriminator, batch, fake)
    assert len(counted) == passes


@pytest.mark.parametrize("edge", ["soft", "hard"])
@pytest.mark.parametrize("slug", ["plus_framing", "without_mask"])
def test_pixels_outside_the_frame_equal_the_source_exactly(slug: str, edge: str) -> None:
    model = a_model(slug, {"frame_edge": edge, "frame_width": 0.125})
    batch = a_batch()
    image = model.translate(networks(model)[0], batch.images, batch.targets).image
    outside = (frame_window(batch.images, 0.125, edge == "soft") == 0).expand_as(image)
    assert outside.any()
    assert torch.equal(image[outside], batch.images[outside])
    assert not torch.equal(image, batch.images)


def test_frame_of_width_zero_is_no_frame() -> None:
    batch = a_batch()
    images = [
        model.translate(networks(model)[0], batch.images, batch.targets).image
        for model in (a_model("plus_mask"), a_model("plus_framing", {"frame_width": 0.0}))
    ]
    assert torch.equal(images[0], images[1])


@pytest.mark.parametrize("width", [0.5, -0.1, "wide"])
def test_a_frame_that_leaves_no_window_is_refused(width: SwitchValue) -> None:
    with pytest.raises(BenchError, match=r"frame_width.*less than 0\.5"):
        a_model("plus_framing", {"frame_width": width})


class Recorder(nn.Module):
    """A discriminator that keeps the images it is shown."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner
        self.seen: list[Tensor] = []

    def forward(self, images: Tensor) -> object:
        self.seen.append(images.detach())
        return self.inner(images)


@pytest.mark.parametrize("permuted", [True, False])
def test_penalty_mixes_a_fake_with_the_real_face_whose_labels_it_aims_at(permuted: bool) -> None:
    model = a_model("plus_attribute_wgangp")
    generator, discriminator = networks(model)
    recorder = Recorder(discriminator)
    batch = a_batch() if permuted else replace(a_batch(), partner=None)
    fake = model.translate(generator, batch.images, batch.targets).detach()
    model.discriminator_loss(recorder, batch, fake)
    partner = batch.images[batch.partner] if batch.partner is not None else batch.images
    mixed = recorder.seen[-1]
    share = (mixed - fake.image).flatten(1).norm(dim=1) / (partner - fake.image).flatten(1).norm(dim=1)
    torch.testing.assert_close(mixed, torch.lerp(fake.image, partner, share[:, None, None, None]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("form", ["active_mean", "all_mean", "per_attribute"])
def test_faces_without_attributes_train_without_nan_where_att_stands_alone(form: str) -> None:
    model = a_model("plus_attribute_wgangp", {"complement": False, "penalty_form": form})
    generator, discriminator = networks(model)
    images, none = torch.rand(4, 3, SIDE, SIDE), torch.zeros(4, 3)
    batch = Batch(images, none, none, torch.tensor([1, 2, 3, 0]), torch.Generator().manual_seed(1))
    fake = model.translate(generator, batch.images, batch.targets)
    torch.autograd.backward(model.discriminator_loss(discriminator, batch, fake.detach()).total)
    torch.autograd.backward(model.generator_loss(generator, discriminator, batch, fake).total)
    for network in (generator, discriminator):
        assert all(value.grad.isfinite().all() for value in network.parameters() if value.grad is not None)


def test_no_gradient_reaches_the_generator_through_an_inactive_gan() -> None:
    model = a_model("plus_content", {"complement": False}, {"lambda_content": 0.0})
    generator, discriminator = networks(model)
    batch = a_batch()
    targets = torch.tensor([[1.0, 0, 0]] * 4)
    batch = replace(batch, targets=targets, partner=None)
    gradients = []
    for scale in (1.0, 50.0):
        with torch.no_grad():
            discriminator.get_parameter("attribute_head.weight")[1:] *= scale  # the GANs that are not activated
        generator.zero_grad()
        fake = model.translate(generator, batch.images, batch.targets)
        torch.autograd.backward(model.generator_loss(generator, discriminator, batch, fake).total)
        gradients.append([value.grad.clone() for value in generator.parameters() if value.grad is not None])
    assert any(gradient.abs().max() > 0 for gradient in gradients[0])
    assert all(torch.equal(first, second) for first, second in zip(*gradients, strict=True))


def test_every_part_is_pinned_by_every_variant_and_growing_has_a_schedule() -> None:
    for variant in METHOD.variants:
        assert set(PARTS) <= set(variant.switches)
        assert bool(variant.growth) == variant.switches["growing"]
