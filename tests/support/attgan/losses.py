"""AttGAN's losses: pure functions of scores (B,), logits (B, C) and images (B, 3, H, W)."""

from collections.abc import Mapping

from torch import Tensor
from torch.nn import functional as F

from bench.blocks.losses import weighted_sum
from bench.method import Losses


def generator_loss(
    score: Tensor, logits: Tensor, targets: Tensor, source: Tensor, reconstruction: Tensor, weights: Mapping[str, float]
) -> Losses:
    """λ1 |x - G(x, a)|_1 + λ2 BCE(C(G(x, b)), b) + adversarial; `own` is G(x, a), under its own attributes a."""
    terms = {
        "adversarial": (score - 1).square().mean(),
        "attribute_error": F.binary_cross_entropy_with_logits(logits, targets),
        "own_reconstruction": (source - reconstruction).abs().mean(),
    }
    shares = {
        "adversarial": weights["lambda_adv"],
        "attribute_error": weights["lambda_cls_generator"],
        "own_reconstruction": weights["lambda_own"],
    }
    return weighted_sum(terms, shares)


def discriminator_loss(
    real: Tensor, fake: Tensor, logits: Tensor, labels: Tensor, weights: Mapping[str, float]
) -> Losses:
    """λ3 BCE(C(x), a) + adversarial: the classifier learns from real images alone, with a weight of its own."""
    terms = {
        "real": (real - 1).square().mean(),
        "fake": fake.square().mean(),
        "classifier": F.binary_cross_entropy_with_logits(logits, labels),
    }
    adversarial = weights["lambda_adv"]
    return weighted_sum(
        terms, {"real": adversarial, "fake": adversarial, "classifier": weights["lambda_cls_discriminator"]}
    )
