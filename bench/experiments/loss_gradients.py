"""The gradient that each term of a generator loss sends to the generated images, and controls whose answer is known.

The controls are never judged (docs/measures/c1.md).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.method import Batch, Model, Translation

ORACLE, RANDOM = "control.oracle_classifier", "control.random_direction"
FAMILY = "control"


class TermGradient(NamedTuple):
    """A term's gradient at the generated images (B, C, H, W), and whether the discriminator had a say in it."""

    gradient: Tensor
    from_discriminator: bool


def term_gradients(
    model: Model, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation
) -> Mapping[str, TermGradient]:
    """The gradient of every unweighted term at `fake.image` (B, 3, H, W), a sample each; 0 where it has none.

    Terms are means over the batch; the gradient is scaled by B, so that it does not depend on the batch size.
    """
    image = fake.image.detach().requires_grad_()
    losses = model.generator_loss(generator, discriminator, batch, replace(fake.detach(), image=image))
    parameters = [parameter for parameter in discriminator.parameters() if parameter.requires_grad]
    return {name: _term_gradient(term, image, parameters) for name, term in losses.terms.items()}


def cosines(first: Tensor, second: Tensor, region: Tensor | None = None) -> Tensor:
    """The cosine between two (B, C, H, W) of each sample, inside `region` (B, 1, H, W): (B,), in [-1, 1].

    A sample where either vector is 0 counts as 0: no direction is given. In float64, so that gradients far below
    float32's smallest square still have a direction.
    """
    first, second = first.double(), second.double()
    if region is not None:
        first, second = first * region, second * region
    products, lengths = (first * second).flatten(1).sum(dim=1), norms(first) * norms(second)
    return (products / lengths).masked_fill(lengths == 0, 0.0)


def norm(gradient: Tensor) -> float:
    """Mean over samples of the Euclidean norm of (B, C, H, W)."""
    return float(norms(gradient).mean())


def norms(gradient: Tensor) -> Tensor:
    """The Euclidean norm of each sample of (B, C, H, W): (B,)."""
    result: Tensor = torch.linalg.vector_norm(gradient.flatten(1), dim=1)
    return result


def _term_gradient(term: Tensor, image: Tensor, parameters: list[nn.Parameter]) -> TermGradient:
    if not term.requires_grad:
        return TermGradient(torch.zeros_like(image), False)
    gradients = torch.autograd.grad(term, [image, *parameters], retain_graph=True, allow_unused=True)
    gradient, *of_discriminator = cast(tuple[Tensor | None, ...], gradients)
    if gradient is None:
        return TermGradient(torch.zeros_like(image), False)
    return TermGradient(gradient * len(image), any(part is not None for part in of_discriminator))


def oracle_descent(points: Tensor, target: Tensor, other: Tensor) -> Tensor:
    """Descent direction of -log p(target) at `points`, by the perfect classifier of two classes; all (B, C, H, W).

    The classes are round Gaussian clouds of equal width around `target` and `other`, which differ in every sample:
    their log-odds are half the difference of the squared distances, over the variance. The variance is set to half the
    squared distance of the centres, which changes no direction and keeps the probabilities from 0 and 1 in float32.
    """
    points = points.detach().requires_grad_()
    farther = _squared_distances(points, other) - _squared_distances(points, target)
    odds = farther / _squared_distances(target, other)
    (gradient,) = torch.autograd.grad(functional.softplus(-odds).sum(), points)
    return -gradient


def random_descent(points: Tensor, random: torch.Generator) -> Tensor:
    """A direction drawn for each of `points` (B, C, H, W), evenly over all directions."""
    return torch.randn(points.shape, generator=random, device=points.device)


def _squared_distances(first: Tensor, second: Tensor) -> Tensor:
    return (first - second).square().flatten(1).sum(dim=1)
