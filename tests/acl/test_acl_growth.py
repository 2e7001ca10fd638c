"""Growing: shapes, ranges and continuity before, during and after each fade."""

import pytest
import torch

from acl.growth import Fade, GrowingDiscriminator, GrowingGenerator, enlarge, shrink
from acl.method import GROWTH
from bench import registry
from bench.blocks.networks import Discriminator, Generator
from bench.method import GrowthState

SIDE = 64
STAGES = registry.find("acl.full")[1].stages(SIDE)
TARGETS = torch.tensor([[1.0, 0.0], [0.0, 1.0]])


def a_generator(masked: bool = True) -> GrowingGenerator:
    torch.manual_seed(1)
    return GrowingGenerator(4, 1, 2, masked, STAGES)


def a_discriminator() -> GrowingDiscriminator:
    torch.manual_seed(1)
    return GrowingDiscriminator(SIDE, 4, 3, True, "full_field", STAGES)


def images(side: int = SIDE) -> torch.Tensor:
    return torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(2)) * 2 - 1


def state(stage: int, alpha: float = 1.0) -> GrowthState:
    return GrowthState(stage, alpha, SIDE // STAGES[stage].divisor)


def test_growth_starts_at_a_quarter_and_at_a_half_where_a_quarter_is_too_small() -> None:
    full = registry.find("acl.full")[1]
    assert full.stages(64) == GROWTH
    assert [(stage.divisor, stage.start, stage.fade) for stage in full.stages(32)] == [(2, 0.0, 0.0), (1, 0.4, 0.1)]
    assert full.stages(16) == ()
    assert registry.find("acl.plus_framing")[1].stages(64) == ()


def test_a_fade_ends_before_the_next_stage_begins() -> None:
    assert GROWTH[0].start == 0
    for stage, following in zip(GROWTH, (*GROWTH[1:], None), strict=True):
        assert stage.start + stage.fade <= (following.start if following else 1)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("stage", "alpha"), [(0, 1.0), (1, 0.0), (1, 0.5), (1, 1.0), (2, 0.0), (2, 0.5), (2, 1.0)])
def test_shapes_and_ranges_hold_before_during_and_after_a_fade(stage: int, alpha: float, masked: bool) -> None:
    generator, discriminator = a_generator(masked), a_discriminator()
    generator.grow(state(stage, alpha))
    discriminator.grow(state(stage, alpha))
    for side in (state(stage).image_size_px, SIDE):
        segment, mask = generator(images(side), TARGETS)
        assert segment.shape == (2, 3, side, side)
        assert segment.abs().max() <= 1
        if mask is not None:
            assert mask.shape == (2, 1, side, side)
            assert 0 <= mask.min() <= mask.max() <= 1
    patches, attributes = discriminator(images(state(stage).image_size_px))
    assert patches.shape == (2, 1, 2, 2)
    assert attributes.shape == (2, 3, 1, 1)


@pytest.mark.parametrize("stage", [1, 2])
def test_a_fade_begins_with_the_lower_stages_output_enlarged(stage: int) -> None:
    generator, discriminator = a_generator(), a_discriminator()
    side = state(stage).image_size_px
    small = shrink(images(side), 2)
    generator.grow(state(stage - 1))
    discriminator.grow(state(stage - 1))
    lower, judged = generator(small, TARGETS), discriminator(small)
    generator.grow(state(stage, 0.0))
    discriminator.grow(state(stage, 0.0))
    for at_size, before in zip(generator(images(side), TARGETS), lower, strict=True):
        assert torch.equal(at_size, enlarge(before, 2))
    torch.testing.assert_close(discriminator(images(side)), judged, rtol=0, atol=0)


@pytest.mark.parametrize("stage", [1, 2])
def test_a_fade_ends_without_a_jump(stage: int) -> None:
    generator, discriminator = a_generator(), a_discriminator()
    outputs = []
    for alpha in (1 - 1e-6, 1.0):
        generator.grow(state(stage, alpha))
        discriminator.grow(state(stage, alpha))
        batch = images(state(stage).image_size_px)
        outputs.append((generator(batch, TARGETS), discriminator(batch)))
    torch.testing.assert_close(outputs[0], outputs[1], rtol=1e-4, atol=1e-4)


def test_a_fade_is_linear_in_alpha() -> None:
    fade = Fade(STAGES)
    fade.set(state(1, 0.25))
    assert fade.blend(torch.tensor(8.0), torch.tensor(4.0)).item() == 0.75 * 8 + 0.25 * 4


def test_a_full_size_image_at_a_lower_stage_is_shrunk_translated_and_enlarged() -> None:
    generator = a_generator()
    generator.grow(state(0))
    whole = generator(images(), TARGETS)
    for drawing, small in zip(whole, generator(shrink(images(), 4), TARGETS), strict=True):
        assert torch.equal(drawing, enlarge(small, 4))


def test_fully_grown_networks_are_those_that_do_not_grow() -> None:
    plain_generator, plain_discriminator = Generator(4, 1, 2, masked=True), Discriminator(SIDE, 4, 3)
    generator, discriminator = a_generator(), a_discriminator()
    plain_generator.load_state_dict(generator.state_dict(), strict=False)
    plain_discriminator.load_state_dict(discriminator.state_dict(), strict=False)
    for _ in range(2):  # as built, then as grown
        torch.testing.assert_close(generator(images(), TARGETS), plain_generator(images(), TARGETS), rtol=0, atol=0)
        torch.testing.assert_close(discriminator(images()), plain_discriminator(images()), rtol=0, atol=0)
        generator.grow(state(2))
        discriminator.grow(state(2))


def test_a_fade_trains_old_and_new_ends_together_and_nothing_that_is_still_to_come() -> None:
    generator = a_generator()
    generator.grow(state(1, 0.5))
    segment, mask = generator(images(32), TARGETS)
    (segment.sum() + mask.sum()).backward()
    touched = {".".join(name.split(".")[:2]) for name, value in generator.named_parameters() if value.grad is not None}
    assert {"entries.1", "entries.2", "down.1", "up.0", "exits.1", "exits.2"} <= touched
    assert not {"entry.0", "down.0", "up.1", "exit.weight"} & touched
