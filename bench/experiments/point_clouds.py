"""The paper's figures 1 and 2 as an experiment: which loss moves generated points that lie far from the real ones?

Two attributes, A and B, are two round Gaussian clouds of real points in the plane, one standard deviation wide and
`APART` standard deviations from each other. Generated points start as a cloud too: at the cloud of their target
attribute (figure 1), or at that of their source (figure 2). They are moved away by some standard deviations, in one
direction drawn for each seed and in the opposite one. For each loss a small discriminator is trained on them; then the
gradient of every term that reaches the generated points is measured.

A point stands for an image of shape (2, 1, 1), so the losses measured are the methods' own, through their interface.
All seeds train side by side: their losses are means over points, so the gradient of one seed's network is that of its
own loss divided by the number of networks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.blocks.networks import SLOPE, Critique, Drawing
from bench.experiments.loss_gradients import (
    ORACLE,
    RANDOM,
    cosines,
    norms,
    oracle_descent,
    random_descent,
    term_gradients,
)
from bench.method import Batch, Model

Start = Literal["target", "source"]
APART = 4.0
POINTS = 64
WIDTH = 32
LEARNING_RATE = 4e-3
SIGNS = 2  # each seed's shift and its mirror image


class PointDiscriminators(nn.Module):
    """Small networks on points, one per seed and sign of its shift, with the heads of a method's own discriminator."""

    def __init__(self, like: Critique, seeds: int) -> None:
        """Initialised from the seeds 0 to `seeds` - 1; a seed's two networks start equal."""
        super().__init__()
        self.networks = SIGNS * seeds
        outputs = like.attributes.shape[1]
        sizes = [(2, WIDTH), (WIDTH, WIDTH), (WIDTH, outputs), (WIDTH, 1)][: 3 if like.patches is None else 4]
        layers = [_layers(sizes, seed) for seed in range(seeds)] * SIGNS
        self.layers = nn.ParameterList(nn.Parameter(torch.stack(layer)) for layer in zip(*layers, strict=True))

    def forward(self, points: Tensor) -> Critique:
        """The critique of points (n * networks * POINTS, 2, 1, 1), n clouds a network, in standard deviations."""
        features = (points / APART).reshape(-1, self.networks, POINTS, 2)
        for place in (0, 1):
            features = functional.leaky_relu(self._layer(place, features), SLOPE)
        answers = [self._layer(head, features).reshape(len(points), -1, 1, 1) for head in range(2, len(self.layers))]
        return Critique(answers[1] if len(answers) > 1 else None, answers[0])

    def _layer(self, place: int, inputs: Tensor) -> Tensor:
        """A linear layer of every network: (n, networks, POINTS, inputs) to (n, networks, POINTS, outputs)."""
        weight_and_bias = self.layers[place]
        outputs: Tensor = torch.matmul(inputs, weight_and_bias[:, :-1]) + weight_and_bias[:, -1:]
        return outputs


class Unmoved(nn.Module):
    """A generator that draws the points (B, 2, 1, 1) that it is given."""

    def forward(self, points: Tensor, targets: Tensor) -> Drawing:
        """The points themselves, whatever the targets."""
        return Drawing(points, None)


@dataclass(frozen=True)
class Clouds:
    """Random draws of all seeds for `steps` + 1 batches: the same for every loss, start and distance."""

    labels: Tensor  # (seeds, batches, POINTS), 0 or 1
    partners: Tensor  # (seeds, batches, POINTS), places in the batch
    noise: Tensor  # (seeds, batches, 2, POINTS, 2): of real and of generated points
    angles: Tensor  # (seeds,)

    @classmethod
    def draw(cls, seeds: int, steps: int) -> Clouds:
        """Each seed's draws are its own, whatever the number of seeds."""
        draws = []
        for seed in range(seeds):
            random = torch.Generator().manual_seed(seed)
            draws.append(
                (
                    torch.randint(2, (steps + 1, POINTS), generator=random),
                    torch.rand(steps + 1, POINTS, generator=random).argsort(dim=1),
                    torch.randn(steps + 1, 2, POINTS, 2, generator=random),
                    2 * math.pi * torch.rand((), generator=random),
                )
            )
        return cls(*(torch.stack(parts) for parts in zip(*draws, strict=True)))

    def batch(self, step: int, start: Start, distance: float, random: torch.Generator) -> tuple[Batch, Tensor]:
        """Batch `step` of all networks, and its generated points; (networks * POINTS, 2, 1, 1) both."""
        labels, partners, noise = (
            draws[:, step].repeat(SIGNS, *[1] * (draws.dim() - 2)) for draws in (self.labels, self.partners, self.noise)
        )
        first = POINTS * torch.arange(len(labels))[:, None]
        partner = (partners + first).flatten()
        one_hot = functional.one_hot(labels.flatten(), 2).float()
        targets = one_hot[partner]
        shift = distance * torch.stack([self.angles.cos(), self.angles.sin()], dim=1)
        moved = noise[:, 1] + torch.cat([shift, -shift])[:, None]
        real = centres(one_hot) + _points(noise[:, 0])
        begin = centres(targets if start == "target" else 1 - targets)
        return Batch(real, one_hot, targets, partner, random), begin + _points(moved)


def separation(model: Model, clouds: Clouds, start: Start, distance: float) -> Iterator[tuple[str, str, list[float]]]:
    """Train discriminators on the clouds; yield (term, measure, a value per seed) at fresh generated points.

    Measures: `cosine` of the descent direction with the way to the centre of the target's cloud, and `norm` of the
    gradient a point; means over points and over both signs of the shift. Terms in which the discriminator has no say
    know no cloud, and are not measured. `model` is built for two attributes, without mask and framing.
    """
    side, (seeds, batches) = model.problem.image_size_px, clouds.labels.shape[:2]
    with torch.no_grad():
        like = model.build_discriminator()(torch.zeros(1, 3, side, side))
    discriminators, random = PointDiscriminators(like, seeds), torch.Generator().manual_seed(0)
    optimiser = torch.optim.Adam(discriminators.parameters(), lr=LEARNING_RATE, betas=(0.5, 0.999), fused=True)
    for step in range(batches - 1):
        batch, generated = clouds.batch(step, start, distance, random)
        fake = model.translate(Unmoved(), generated, batch.targets)
        optimiser.zero_grad()
        loss = model.discriminator_loss(discriminators, batch, fake).total
        torch.autograd.backward(loss * discriminators.networks)
        optimiser.step()

    batch, generated = clouds.batch(batches - 1, start, distance, random)
    fake = model.translate(Unmoved(), generated, batch.targets)
    way = centres(batch.targets) - fake.image
    for term, of_term in term_gradients(model, Unmoved(), discriminators, batch, fake).items():
        if of_term.from_discriminator:
            yield term, "cosine", _by_seed(cosines(-of_term.gradient, way), seeds)
            yield term, "norm", _by_seed(norms(of_term.gradient), seeds)


def control_separation(clouds: Clouds, start: Start, distance: float) -> Iterator[tuple[str, list[float]]]:
    """Yield (control, a cosine a seed): what `separation` finds for the perfect classifier and a random direction."""
    seeds, batches = clouds.labels.shape[:2]
    random = torch.Generator().manual_seed(0)
    batch, generated = clouds.batch(batches - 1, start, distance, random)
    target = centres(batch.targets)
    oracle = oracle_descent(generated, target, centres(1 - batch.targets))
    for control, descent in ((ORACLE, oracle), (RANDOM, random_descent(generated, random))):
        yield control, _by_seed(cosines(descent, target - generated), seeds)


def centres(labels: Tensor) -> Tensor:
    """The real centres (B, 2, 1, 1) of attribute labels (B, 2): A at (-APART/2, 0), B at (APART/2, 0)."""
    across = (labels[:, 1] - labels[:, 0]) * APART / 2
    return torch.stack([across, torch.zeros_like(across)], dim=1)[:, :, None, None]


def _layers(sizes: list[tuple[int, int]], seed: int) -> list[Tensor]:
    """Weights over biases (inputs + 1, outputs) of linear layers, initialised as torch does from `seed`."""
    torch.manual_seed(seed)
    layers = [nn.Linear(*size) for size in sizes]
    return [torch.cat([layer.weight.detach().T, layer.bias.detach()[None]]) for layer in layers]


def _points(values: Tensor) -> Tensor:
    return values.reshape(-1, 2, 1, 1)


def _by_seed(values: Tensor, seeds: int) -> list[float]:
    """Means over both signs and all points, in the order of the seeds."""
    means: list[float] = values.reshape(SIGNS, seeds, POINTS).mean(dim=(0, 2)).tolist()
    return means
