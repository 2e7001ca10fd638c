"""A step moves both networks as their losses say, and builds equal networks from equal seeds."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from bench.data.batches import Batches
from bench.method import Batch
from bench.training import steps
from bench.training.steps import Networks, Shifted, shift
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


def images(count: int = 3, size_px: int = 5) -> Tensor:
    return torch.arange(count * 3 * size_px**2, dtype=torch.float32).reshape(count, 3, size_px, size_px)


@pytest.mark.parametrize("most_px", [1, 2, 7])
def test_every_image_is_a_window_of_itself_continued_by_its_edges(most_px: int) -> None:
    sources = images()
    offsets = torch.tensor([[0, most_px, 2 * most_px], [2 * most_px, most_px, 1]])
    shifted = shift(sources, offsets, most_px)
    for source, image, (down, right) in zip(sources.numpy(), shifted.numpy(), offsets.T.tolist(), strict=True):
        padded = np.pad(source, ((0, 0), (most_px, most_px), (most_px, most_px)), mode="edge")
        np.testing.assert_array_equal(image, padded[:, down : down + 5, right : right + 5])
    torch.testing.assert_close(shifted[1], sources[1])


def test_gradients_of_both_orders_pass_through() -> None:
    source = torch.rand(2, 3, 4, 4, dtype=torch.float64, requires_grad=True)
    offsets = torch.tensor([[0, 2], [1, 1]])

    def squared(x: Tensor) -> Tensor:
        return shift(x, offsets, 1) ** 2

    assert torch.autograd.gradcheck(squared, source)
    assert torch.autograd.gradgradcheck(squared, source)


def test_every_offset_is_drawn_and_every_image_has_its_own() -> None:
    class Echo(nn.Module):
        def forward(self, seen: Tensor) -> Tensor:
            return seen

    same = images(1, 9).expand(500, -1, -1, -1)
    seen = Shifted(Echo(), 1, torch.Generator().manual_seed(0))(same)
    assert len({image.numpy().tobytes() for image in seen}) == 9


class Watched(MadeModel):
    """Keeps what its discriminator was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Tensor] = []

    def build_discriminator(self) -> nn.Module:
        discriminator = super().build_discriminator()
        discriminator.register_forward_pre_hook(lambda _, seen: self.shown.append(seen[0].detach()))
        return discriminator


def one_step(shift_px: int) -> tuple[Watched, steps.Networks, Batch]:
    model = Watched()
    training = SETTINGS.model_copy(update={"discriminator_shift_px": shift_px})
    networks = steps.build(model, training, 1, torch.device("cpu"))
    batch = Batches(stores()[SIZE_PX].split("train"), 4, 1, "permuted", True, "cpu").batch(0)
    steps.step(model, networks, batch, update_generator=True)
    return model, networks, batch


def test_real_and_translated_images_are_shifted_in_both_steps_and_translations_are_not() -> None:
    plain, shifted = one_step(0)[0].shown, one_step(2)[0].shown
    assert len(plain) == len(shifted) == 3  # real and translated in the discriminator's step, then the generator's
    torch.testing.assert_close(plain[1], plain[2])  # without shifts both steps show the same translations
    for before, after in zip(plain, shifted, strict=True):
        for source, seen in zip(before, after, strict=True):
            padded = np.pad(source.numpy(), ((0, 0), (2, 2), (2, 2)), mode="edge")
            windows = (padded[:, y : y + SIZE_PX, x : x + SIZE_PX] for y in range(5) for x in range(5))
            assert any(np.array_equal(seen.numpy(), window) for window in windows)
    assert not torch.equal(plain[0], shifted[0])
    assert not torch.equal(shifted[1], shifted[2])


def test_the_same_batch_is_shifted_the_same_way_again() -> None:
    first, second = one_step(2)[1], one_step(2)[1]
    assert digest(first.discriminator) == digest(second.discriminator)
    assert digest(first.discriminator) != digest(one_step(0)[1].discriminator)
