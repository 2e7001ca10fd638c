"""Adversarial loss forms: LSGAN and WGAN-GP with its penalty. Pure functions of discriminator outputs."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from bench.method_info import Family


def real_loss(outputs: Tensor, family: Family) -> Tensor:
    """Elementwise loss of outputs that ought to call real: (D - 1)^2 in LSGAN form, -D in WGAN form."""
    return (outputs - 1).square() if family == "lsgan" else -outputs


def fake_loss(outputs: Tensor, family: Family) -> Tensor:
    """Elementwise loss of outputs that ought to call fake: D^2 in LSGAN form, D in WGAN form."""
    return outputs.square() if family == "lsgan" else outputs


def interpolate(real: Tensor, fake: Tensor, random: torch.Generator) -> Tensor:
    """x̂ = ε·real + (1 - ε)·fake with one ε ~ U(0, 1) an image, (B, 3, H, W); a leaf that asks for its gradient.

    ε is drawn on the device of `random`.
    """
    share = torch.rand(len(real), 1, 1, 1, generator=random, device=random.device, dtype=real.dtype).to(real.device)
    return torch.lerp(fake.detach(), real, share).requires_grad_()


def gradient_norms(critic: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """‖∇_x s(x_i)‖ (B,) of the critic's score s of each image, with a graph.

    `critic` maps images (B, 3, H, W) to a tensor whose row i depends on image i only; s is the sum of row i.
    """
    (gradient,) = torch.autograd.grad(critic(images).sum(), images, create_graph=True)
    norms: Tensor = torch.linalg.vector_norm(gradient.float(), dim=(1, 2, 3))
    return norms


def gradient_penalty(critic: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """WGAN-GP's E[(‖∇_x̂ s(x̂)‖ - 1)^2], a scalar."""
    return (gradient_norms(critic, images) - 1).square().mean()
