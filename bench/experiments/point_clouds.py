"""The paper's figures 1 and 2 as an experiment: which loss moves generated points that lie far from the real ones?

Two attributes, A and B, are two round Gaussian clouds of real points in the plane, one standard deviation wide and
`APART` standard deviations from each other. The generated points of both attributes are the same clouds, moved by
`distance` standard deviations in one direction, drawn for each seed. For each loss a small discriminator is trained on
them; then the gradient of every term that reaches the generated points is measured.

A point stands for an image of shape (2, 1, 1), so the losses measured are the methods' own, through their interface.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from bench.blocks.discriminator import SLOPE, Critique
from bench.blocks.generator import Drawing
from bench.method import Batch, Model
from bench.training.loss_gradients import cosine, norm, term_gradients

APART = 4.0
POINTS = 128
WIDTH = 64
LEARNING_RATE = 2e-3


class PointDiscriminator(nn.Module):
    """A small network on points (B, 2, 1, 1) with the same heads as a method's own discriminator."""

    def __init__(self, like: Critique) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(2, WIDTH), nn.LeakyReLU(SLOPE), nn.Linear(WIDTH, WIDTH), nn.LeakyReLU(SLOPE)
        )
        self.patch_head = None if like.patches is None else nn.Linear(WIDTH, 1)
        self.attribute_head = nn.Linear(WIDTH, like.attributes.shape[1])

    def forward(self, points: Tensor) -> Critique:
        """The critique of points (B, 2, 1, 1), given in standard deviations."""
        features = self.body(points.flatten(1) / APART)
        patches = None if self.patch_head is None else self.patch_head(features)[:, :, None, None]
        return Critique(patches, self.attribute_head(features)[:, :, None, None])


class Unmoved(nn.Module):
    """A generator that draws the points (B, 2, 1, 1) that it is given."""

    def forward(self, points: Tensor, targets: Tensor) -> Drawing:
        """The points themselves, whatever the targets."""
        return Drawing(points, None)


def separation(model: Model, distance: float, steps: int, seed: int) -> Iterator[tuple[str, str, float]]:
    """Train a discriminator on clouds `distance` apart; yield (term, measure, value) at fresh generated points.

    Only terms in which the discriminator has a say are measured.
    Measures: `cosine` of the descent direction with the way to the target attribute's real centre, `norm` of the
    gradient a point; both means over points, of the
    terms in which the discriminator has a say. `model` is built for two attributes, without mask and framing.
    """
    random = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    side = model.problem.image_size_px
    with torch.no_grad():
        like = model.build_discriminator()(torch.zeros(1, 3, side, side))
    discriminator = PointDiscriminator(like)
    angle = 2 * math.pi * torch.rand((), generator=random)
    shift = distance * torch.stack([angle.cos(), angle.sin()])
    optimiser = torch.optim.Adam(discriminator.parameters(), lr=LEARNING_RATE, betas=(0.5, 0.999))
    for _ in range(steps):
        batch = _batch(random)
        optimiser.zero_grad()
        fake = model.translate(Unmoved(), _generated(batch, shift, random), batch.targets)
        torch.autograd.backward(model.discriminator_loss(discriminator, batch, fake.detach()).total)
        optimiser.step()

    batch = _batch(random)
    fake = model.translate(Unmoved(), _generated(batch, shift, random), batch.targets)
    way = _centres(batch.targets) - fake.image.detach()
    for term, found in term_gradients(model, Unmoved(), discriminator, batch, fake).items():
        if found.from_discriminator:
            yield term, "cosine", cosine(-found.gradient, way)
            yield term, "norm", norm(found.gradient)


def _centres(labels: Tensor) -> Tensor:
    """The real centres (B, 2, 1, 1) of attribute labels (B, 2): A at (-APART/2, 0), B at (APART/2, 0)."""
    across = (labels[:, 1] - labels[:, 0]) * APART / 2
    return torch.stack([across, torch.zeros_like(across)], dim=1)[:, :, None, None]


def _batch(random: torch.Generator) -> Batch:
    labels = torch.eye(2)[torch.randint(2, (POINTS,), generator=random)]
    partner = torch.randperm(POINTS, generator=random)
    points = _centres(labels) + torch.randn(POINTS, 2, 1, 1, generator=random)
    return Batch(points, labels, labels[partner], partner, random)


def _generated(batch: Batch, shift: Tensor, random: torch.Generator) -> Tensor:
    noise = torch.randn(POINTS, 2, 1, 1, generator=random)
    return _centres(batch.targets) + noise + shift[None, :, None, None]
