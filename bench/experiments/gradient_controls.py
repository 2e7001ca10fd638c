"""Controls of the gradient experiments: directions whose answer is known (docs/measures/c1.md). Never judged."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

ORACLE, RANDOM = "control.oracle_classifier", "control.random_direction"
FAMILY = "control"


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
