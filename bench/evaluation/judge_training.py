"""Trains a judge on real images that no GAN sees, and measures its ceiling."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from bench.data.store import Split
from bench.data.tensors import normalise
from bench.errors import BenchError
from bench.evaluation import judges
from bench.evaluation.judge_augmentation import augmentation
from bench.evaluation.judges import JudgeCard
from bench.runtime.progress import progress
from bench.settings import JudgeSettings

WEIGHT_DECAY = 0.02


def train(split: Split, card: JudgeCard, plan: JudgeSettings, device: torch.device | str = "cpu") -> nn.Module:
    """Train a judge on `split`: AdamW, one-cycle rate, binary cross-entropy; equal seeds give equal bits on the CPU."""
    if not len(split):
        raise BenchError(f"Split {split.name!r} has no images for the judge: raise data.judges_share and pack again.")
    torch.manual_seed(card.seed)
    random = np.random.default_rng(card.seed)
    network = judges.build(card).to(device).train()
    augment = augmentation(card.image_size_px)
    images = torch.from_numpy(np.array(split.images)).permute(0, 3, 1, 2)
    labels = torch.from_numpy(np.asarray(split.labels, dtype=np.float32))
    batch_size = min(plan.batch_size, len(split))
    steps = len(split) // batch_size
    # Fused, since the plain one takes square roots from MKL, which are not correctly rounded on pinned kernels: CPUs of
    # two makers gave two judges (tests/bench/runtime/test_kernels.py).
    optimiser = torch.optim.AdamW(network.parameters(), plan.learning_rate, weight_decay=WEIGHT_DECAY, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.learning_rate, total_steps=plan.epochs * steps)
    for _ in progress(range(plan.epochs), split.name, "epochs"):
        for rows in random.permutation(len(split))[: steps * batch_size].reshape(steps, batch_size):
            pixels = normalise(augment(images[rows]).to(device).permute(0, 2, 3, 1))
            optimiser.zero_grad(set_to_none=True)
            loss = binary_cross_entropy_with_logits(network(pixels), labels[rows].to(device))
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()
    return network.eval()


def accuracies(network: nn.Module, split: Split, attributes: tuple[str, ...]) -> dict[str, float]:
    """Share of right answers on a split's real images, by attribute; empty for an empty split."""
    if not len(split):
        return {}
    seen = judges.predict(network, split.images, next(network.parameters()).device)
    return dict(zip(attributes, (seen == split.labels).mean(axis=0).tolist(), strict=True))
