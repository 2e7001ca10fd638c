"""The gradient that each term of a generator loss sends to the generated images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from bench.method import Batch, Losses, Model, Translation


class TermGradient(NamedTuple):
    """A term's gradient at the generated images (B, C, H, W), and whether the discriminator had a say in it."""

    gradient: Tensor
    from_discriminator: bool


def term_gradients(
    model: Model, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation
) -> Mapping[str, TermGradient]:
    """For every unweighted term that depends on the image: its gradient at `fake.image` (B, 3, H, W), a sample each.

    Terms are means over the batch; the gradient is scaled by B, so that it does not depend on the batch size.
    """
    image, losses = _at_images(model, generator, discriminator, batch, fake)
    parameters = [parameter for parameter in discriminator.parameters() if parameter.requires_grad]
    found = {}
    for name, term in losses.terms.items():
        if term.requires_grad:
            gradient, *others = torch.autograd.grad(term, [image, *parameters], retain_graph=True, allow_unused=True)
            if gradient is not None:
                found[name] = TermGradient(gradient * len(image), any(other is not None for other in others))
    return found


def total_gradient(
    model: Model, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation
) -> Tensor:
    """The gradient of the weighted total at `fake.image` (B, 3, H, W), a sample each, scaled as in `term_gradients`."""
    image, losses = _at_images(model, generator, discriminator, batch, fake)
    (gradient,) = torch.autograd.grad(losses.total, image, allow_unused=True)
    return torch.zeros_like(image) if gradient is None else gradient * len(image)


def cosine(first: Tensor, second: Tensor, region: Tensor | None = None) -> float:
    """Mean over samples of the cosine between two (B, C, H, W), inside `region` (B, 1, H, W); in [-1, 1].

    A sample where either vector is 0 counts as 0: no direction is given.
    """
    if region is not None:
        first, second = first * region, second * region
    return float(torch.cosine_similarity(first.flatten(1), second.flatten(1), dim=1).mean())


def norm(gradient: Tensor, region: Tensor | None = None) -> float:
    """Mean over samples of the Euclidean norm of (B, C, H, W), inside `region` (B, 1, H, W)."""
    if region is not None:
        gradient = gradient * region
    return float(torch.linalg.vector_norm(gradient.flatten(1), dim=1).mean())


def _at_images(
    model: Model, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation
) -> tuple[Tensor, Losses]:
    """The generated images as a leaf of the graph, and the generator's losses of them."""
    image = fake.image.detach().requires_grad_()
    return image, model.generator_loss(generator, discriminator, batch, replace(fake.detach(), image=image))
