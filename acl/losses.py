"""ACL-GAN's losses: pure functions of attribute outputs, activations and images (paper, section 3)."""

from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor

from bench.blocks.losses import fake_loss, gradient_norms, gradient_penalty, real_loss
from bench.method import Family

Critic = Callable[[Tensor], Tensor]


def activations(labels: Tensor, complement: bool) -> Tensor:
    """The activation of each attribute's GAN: [att, 1 - att] (B, 2C), or att (B, C) as printed."""
    return torch.cat([labels, 1 - labels], dim=1) if complement else labels


@lru_cache(maxsize=16)
def conditional_scale(frequencies: tuple[float, ...], complement: bool, device: torch.device) -> Tensor:
    """1 / frequency of each GAN's activation, (2C,) or (C,); 0 for one that is never active."""
    shares = [*frequencies, *(1 - share for share in frequencies)] if complement else frequencies
    return torch.tensor([1 / share if share > 0 else 0.0 for share in shares], device=device)


def attribute_real(outputs: Tensor, active: Tensor, family: Family) -> Tensor:
    """E[(D(x) - 1)^2 · att]: what D ought to call real, a scalar (WGAN form: E[-D(x) · att]).

    Outputs (B, K, h, w) of K GANs (a map is averaged), activations (B, K).
    """
    return _inner_product(real_loss(outputs, family), active)


def attribute_fake(outputs: Tensor, active: Tensor, family: Family) -> Tensor:
    """E[D(x')^2 · att']: what D ought to call fake, a scalar (WGAN form: E[D(x') · att'])."""
    return _inner_product(fake_loss(outputs, family), active)


def active_mean_penalty(critic: Critic, images: Tensor, active: Tensor) -> Tensor:
    """E[(‖∇ s(x̂)‖ - 1)^2], s the mean of the active GANs' outputs; a scalar.

    `critic` maps images (B, 3, H, W) to outputs (B, K, h, w). Images with no active GAN have no s and are left out.
    """
    count = active.sum(dim=1, keepdim=True)
    share = active / count.clamp(min=1)
    kept = (count[:, 0] > 0).to(active.dtype)
    norms = gradient_norms(lambda mixed: _units(critic(mixed)) * share, images)
    return ((norms - 1).square() * kept).sum() / kept.sum().clamp(min=1)


def all_mean_penalty(critic: Critic, images: Tensor) -> Tensor:
    """E[(‖∇ s(x̂)‖ - 1)^2], s the mean of all GANs' outputs; a scalar."""
    return gradient_penalty(lambda mixed: _units(critic(mixed)).mean(dim=1), images)


def per_attribute_penalty(critic: Critic, images: Tensor, active: Tensor) -> Tensor:
    """Σ_c E[(‖∇ D_c(x̂)‖ - 1)^2 · att_c]: one penalty a GAN, one backward pass each; a scalar."""
    outputs = _units(critic(images))
    total = outputs.new_zeros(())
    for unit in range(outputs.shape[1]):
        (gradient,) = torch.autograd.grad(outputs[:, unit].sum(), images, create_graph=True)
        norms = torch.linalg.vector_norm(gradient.float(), dim=(1, 2, 3))
        total = total + ((norms - 1).square() * active[:, unit]).mean()
    return total


def _units(outputs: Tensor) -> Tensor:
    """Each GAN's output (B, K) from the head's (B, K, h, w)."""
    return outputs.flatten(2).mean(dim=2)


def _inner_product(losses: Tensor, active: Tensor) -> Tensor:
    """E[loss · att] from losses (B, K, h, w) and activations (B, K)."""
    return (_units(losses) * active).sum(dim=1).mean()
