"""StarGAN's losses with their weights: pure functions of critiques and images."""

from collections.abc import Mapping

from torch import Tensor

from bench.blocks.losses import discriminator_terms, generator_terms, l1_distance, weighted_sum
from bench.blocks.networks import Critique
from bench.method import Family, Losses


def discriminator_loss(
    real: Critique, fake: Critique, labels: Tensor, penalty: Tensor | None, family: Family, weights: Mapping[str, float]
) -> Losses:
    """L_D = λ_adv·(adversarial_real + adversarial_fake + λ_gp·gradient_penalty) + λ_cls·classification."""
    terms = discriminator_terms(real, fake, labels, family)
    adversarial = weights["lambda_adv"]
    shares = {"adversarial_real": adversarial, "adversarial_fake": adversarial, "classification": weights["lambda_cls"]}
    if penalty is not None:
        terms["gradient_penalty"] = penalty
        shares["gradient_penalty"] = adversarial * weights["lambda_gp"]
    return weighted_sum(terms, shares)


def generator_loss(
    fake: Critique, targets: Tensor, source: Tensor, reconstructed: Tensor, family: Family, weights: Mapping[str, float]
) -> Losses:
    """L_G = λ_adv·adversarial + λ_cls·classification + λ_rec·reconstruction, the cycle |x - G(G(x, c'), c)|_1."""
    terms = generator_terms(fake, targets, family)
    terms["reconstruction"] = l1_distance(source, reconstructed)
    shares = {"adversarial": weights["lambda_adv"], "classification": weights["lambda_cls"]}
    return weighted_sum(terms, shares | {"reconstruction": weights["lambda_rec"]})
