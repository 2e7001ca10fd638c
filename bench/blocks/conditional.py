"""StarGAN's conditional loss: an adversarial term on the patch map and a classification term on the attributes.

L_D = λ_adv·(L_adv^d + λ_gp·penalty) + λ_cls·L_cls^r        L_G = λ_adv·L_adv^g + λ_cls·L_cls^g
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bench.blocks.adversarial import fake_loss, gradient_penalty, interpolate, real_loss
from bench.blocks.discriminator import Critique
from bench.blocks.terms import classification_loss
from bench.method_info import Family


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
