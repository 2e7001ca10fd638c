"""One training step: the networks of a model, their optimisers, and what a step computes. Equal for every method."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench import registry
from bench.data.batches import frequencies, target_frequencies
from bench.data.store import Store
from bench.errors import BenchError
from bench.method import Batch, Losses, Model, Problem, Translation
from bench.settings import Settings, TrainingSettings


def build_model(settings: Settings, model_id: str, weights: Mapping[str, float], stores: Mapping[int, Store]) -> Model:
    """The torch side of a variant for the settings' sizes and the train split's label frequencies."""
    if settings.data.image_size_px not in stores:
        raise BenchError(f"None of the packed faces is of {settings.data.image_size_px} px. Name that store in --pack.")
    split = stores[settings.data.image_size_px].split("train")
    problem = Problem(
        attributes=settings.data.attributes,
        image_size_px=settings.data.image_size_px,
        **settings.networks.model_dump(),
        label_frequencies=frequencies(split),
        target_frequencies=target_frequencies(split, settings.training.targets),
    )
    return build_for(problem, settings, model_id, weights)


def build_for(problem: Problem, settings: Settings, model_id: str, weights: Mapping[str, float]) -> Model:
    """The torch side of a variant for any problem, under the settings' readings of the paper."""
    method, _ = registry.find(model_id)
    return registry.build(model_id, weights, settings.readings.get(method.name, {}), problem)


@dataclass(frozen=True)
class Networks:
    """A model's networks in training, with one Adam each. `forward` is the generator, compiled where that is wanted."""

    generator: nn.Module
    discriminator: nn.Module
    forward: nn.Module
    generator_optimiser: torch.optim.Optimizer
    discriminator_optimiser: torch.optim.Optimizer
    bfloat16: bool
    shift_px: int

    def critic(self, random: torch.Generator) -> nn.Module:
        """The discriminator as the losses see it: of images that `random` shifts, where that is wanted."""
        return Shifted(self.discriminator, self.shift_px, random) if self.shift_px else self.discriminator

    @property
    def optimisers(self) -> tuple[torch.optim.Optimizer, torch.optim.Optimizer]:
        return self.generator_optimiser, self.discriminator_optimiser

    def set_learning_rate(self, rate: float) -> None:
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate

    def precision(self) -> AbstractContextManager[None]:
        """The context in which losses are computed."""
        device = next(self.generator.parameters()).device
        return torch.autocast(device.type, torch.bfloat16) if self.bfloat16 else nullcontext()


def build(model: Model, training: TrainingSettings, seed: int, device: torch.device) -> Networks:
    """New networks on `device`, initialised from `seed`, generator first: equal trunks start equal in every method.

    On the CPU, whatever the device, but for the meta device, where nothing is drawn.
    """
    torch.manual_seed(seed)
    with torch.device("meta" if device.type == "meta" else "cpu"):
        generator = model.build_generator().to(device).to(memory_format=torch.channels_last)
        discriminator = model.build_discriminator().to(device).to(memory_format=torch.channels_last)
    on_gpu = device.type == "cuda"
    return Networks(
        generator,
        discriminator,
        cast(nn.Module, torch.compile(generator)) if training.compile and on_gpu else generator,
        _adam(generator, training),
        _adam(discriminator, training),
        bfloat16=training.precision == "bfloat16" and on_gpu,
        shift_px=training.discriminator_shift_px,
    )


def step(model: Model, networks: Networks, batch: Batch, update_generator: bool) -> Mapping[str, Losses]:
    """One discriminator step and, if wanted, one generator step; their losses, without graph, by player.

    The fake images are computed once. They carry a graph only where the generator steps too, and then the same graph
    serves both: the discriminator's loss takes them detached, and the generator has not changed in between.
    """
    fake = draw(model, networks, batch, with_graph=update_generator)
    losses = {"discriminator": discriminator_step(model, networks, batch, fake)}
    if update_generator:
        losses["generator"] = generator_step(model, networks, batch, fake)
    return losses


def draw(model: Model, networks: Networks, batch: Batch, with_graph: bool) -> Translation:
    """The fake images of a step."""
    with torch.set_grad_enabled(with_graph), networks.precision():
        return model.translate(networks.forward, batch.images, batch.targets)


def discriminator_step(model: Model, networks: Networks, batch: Batch, fake: Translation) -> Losses:
    """Update the discriminator on a batch and its fake images; the losses, without graph."""
    with networks.precision():
        losses = model.discriminator_loss(networks.critic(batch.random), batch, fake.detach())
    _descend(losses, networks.discriminator_optimiser)
    return _without_graph(losses)


def generator_step(model: Model, networks: Networks, batch: Batch, fake: Translation) -> Losses:
    """Update the generator on a batch and its fake images, drawn with a graph; the losses, without graph."""
    networks.discriminator.requires_grad_(False)
    with networks.precision():
        losses = model.generator_loss(networks.forward, networks.critic(batch.random), batch, fake)
    _descend(losses, networks.generator_optimiser)
    networks.discriminator.requires_grad_(True)
    return _without_graph(losses)


def _adam(network: nn.Module, training: TrainingSettings) -> torch.optim.Optimizer:
    fused = not any(weight.is_meta for weight in network.parameters())
    return torch.optim.Adam(network.parameters(), lr=training.learning_rate, betas=training.adam_betas, fused=fused)


def _descend(losses: Losses, optimiser: torch.optim.Optimizer) -> None:
    optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(losses.total)
    optimiser.step()


def _without_graph(losses: Losses) -> Losses:
    return Losses({name: term.detach() for name, term in losses.terms.items()}, losses.total.detach())


class Shifted(nn.Module):
    """A discriminator that sees every image shifted by its own up to `most_px` pixels a side.

    Patterns that fool it at one exact place then fool it no longer. Real and translated images alike are shifted, in
    its own step and in the generator's, so that the generator's images themselves are never asked to be shifted (Zhao
    et al., Differentiable Augmentation for Data-Efficient GAN Training, NeurIPS 2020).
    """

    def __init__(self, discriminator: nn.Module, most_px: int, random: torch.Generator) -> None:
        """Offsets are drawn on the device of `random`."""
        super().__init__()
        self.discriminator = discriminator
        self.most_px = most_px
        self.random = random

    def forward(self, images: Tensor) -> object:
        """The discriminator's answer to the images (B, 3, H, W), shifted anew at every call."""
        size, device = (2, len(images)), self.random.device
        offsets = torch.randint(0, 2 * self.most_px + 1, size, generator=self.random, device=device)
        return self.discriminator(shift(images, offsets.to(images.device), self.most_px))


def shift(images: Tensor, offsets: Tensor, most_px: int) -> Tensor:
    """Windows of the images (B, 3, H, W), continued by their edges, at offsets (2, B) down and right from 0.

    An offset of `most_px` is the image itself, 0 shows `most_px` pixels beyond its top or left edge. Differentiable.
    """
    count, _, height, width = images.shape
    padded = functional.pad(images, (most_px,) * 4, mode="replicate").permute(0, 2, 3, 1)
    rows = offsets[0, :, None] + torch.arange(height, device=images.device)
    columns = offsets[1, :, None] + torch.arange(width, device=images.device)
    image = torch.arange(count, device=images.device)[:, None, None]
    return padded[image, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
