"""Loss terms that methods share, and how named terms add up."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor
from torch.nn import functional as F

from bench.method import Losses


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
