"""Losses that methods share: pure functions of outputs, and how named terms add up.

StarGAN's conditional loss is an adversarial term on the patch map and a classification term on the attributes:

L_D = λ_adv·(L_adv^d + λ_gp·penalty) + λ_cls·L_cls^r        L_G = λ_adv·L_adv^g + λ_cls·L_cls^g
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench.blocks.networks import Critique
from bench.method import Family, Losses


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


def classification_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """StarGAN's L_cls: cross-entropy of C independent attributes, summed over them, mean over the batch.

    Logits (B, C, 1, 1) or (B, C) and labels (B, C) in {0, 1}; a scalar.
    """
    flat = logits.flatten(1)
    return F.binary_cross_entropy_with_logits(flat, labels, reduction="sum") / len(flat)


def l1_distance(first: Tensor, second: Tensor) -> Tensor:
    """Mean absolute difference over all pixels, a scalar: StarGAN's L_rec, and the content loss."""
    return F.l1_loss(first, second)


def weighted_sum(terms: Mapping[str, Tensor], weights: Mapping[str, float]) -> Losses:
    """The named terms and Σ weights[name]·terms[name]; both have the same names."""
    weighted = [weights[name] * term for name, term in terms.items()]
    return Losses(terms, sum(weighted[1:], start=weighted[0]))


def discriminator_terms(real: Critique, fake: Critique, labels: Tensor, family: Family) -> dict[str, Tensor]:
    """L_adv^d on real and on generated images, means over all patches, and L_cls^r on real images."""
    return {
        "adversarial_real": real_loss(patches(real), family).mean(),
        "adversarial_fake": fake_loss(patches(fake), family).mean(),
        "classification": classification_loss(real.attributes, labels),
    }


def generator_terms(fake: Critique, targets: Tensor, family: Family) -> dict[str, Tensor]:
    """L_adv^g, the mean over all patches of generated images called real, and L_cls^g."""
    return {
        "adversarial": real_loss(patches(fake), family).mean(),
        "classification": classification_loss(fake.attributes, targets),
    }


def patch_penalty(discriminator: nn.Module, real: Tensor, fake: Tensor, random: torch.Generator) -> Tensor:
    """The WGAN-GP penalty between real and generated images (B, 3, H, W) of the same index.

    As in StarGAN's code, the penalised score is the patch map's *sum*, though the critic term is its mean.
    """
    return gradient_penalty(lambda images: patches(discriminator(images)), interpolate(real, fake, random))


def patches(critique: Critique) -> Tensor:
    """The patch map of a discriminator that has one."""
    assert critique.patches is not None
    return critique.patches
