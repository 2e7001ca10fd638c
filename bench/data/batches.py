"""Training batches as a pure function of (seed, step): every method sees the same images, flips and targets.

So the data position of a training is its step count, and a resumed training draws what the uninterrupted one would.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from bench.data.store import Split
from bench.data.tensors import normalise, to_device
from bench.errors import BenchError
from bench.method import Batch

Targets = Literal["permuted", "bernoulli"]
# One stream each, so that a change in what one draws leaves the others as they are.
_ORDER, _STEP, _METHOD = 0, 1, 2


class Batches:
    """Shuffled batches of a split, without end. Every image is seen once an epoch; a batch may span two epochs."""

    def __init__(
        self, split: Split, batch_size: int, seed: int, targets: Targets, flip: bool, device: torch.device | str
    ) -> None:
        """`targets`: the batch's own labels permuted, or independent fair coins; `flip`: mirror half of the images."""
        if len(split) == 0:
            raise BenchError(f"Split {split.name!r} has no images to train on. Give it more images in 'data'.")
        self._split = split
        self._batch_size = batch_size
        self._seed = seed
        self._targets = targets
        self._flip = flip
        self._device = torch.device(device)
        self._labels = split.labels.astype(np.float32)
        self._orders: dict[int, NDArray[np.int64]] = {}

    def batch(self, step: int) -> Batch:
        """Batch number `step`, counted from 0; the same for the same arguments, whatever was drawn before."""
        rows = self._rows(step * self._batch_size, (step + 1) * self._batch_size)
        draw = np.random.default_rng((self._seed, _STEP, step))
        flipped = draw.random(len(rows)) < 0.5
        partner = draw.permutation(len(rows))
        labels = self._labels[rows]
        permuted = self._targets == "permuted"
        targets = labels[partner] if permuted else (draw.random(labels.shape) < 0.5).astype(np.float32)

        images = to_device(self._split.images[rows], self._device)
        if self._flip:
            mirror = to_device(flipped, self._device)[:, None, None, None]
            images = torch.where(mirror, images.flip(2), images)
        method_seed = np.random.SeedSequence((self._seed, _METHOD, step)).generate_state(1, np.uint64)[0]
        return Batch(
            images=normalise(images),
            labels=to_device(labels, self._device),
            targets=to_device(targets, self._device),
            partner=to_device(partner, self._device) if permuted else None,
            random=torch.Generator(self._device).manual_seed(int(method_seed)),
        )

    def _rows(self, start: int, stop: int) -> NDArray[np.int64]:
        """Rows of the split at positions start..stop of the endless sequence of shuffled epochs."""
        count = len(self._split)
        epochs = range(start // count, (stop - 1) // count + 1)
        self._orders = {epoch: self._orders[epoch] if epoch in self._orders else self._order(epoch) for epoch in epochs}
        first = start - epochs[0] * count
        return np.concatenate([self._orders[epoch] for epoch in epochs])[first : first + stop - start]

    def _order(self, epoch: int) -> NDArray[np.int64]:
        return np.random.default_rng((self._seed, _ORDER, epoch)).permutation(len(self._split))


def frequencies(split: Split) -> tuple[float, ...]:
    """Share of the split's images that have each attribute, in the order of the attributes: p_c."""
    return tuple(split.labels.mean(axis=0).tolist())


def target_frequencies(split: Split, targets: Targets) -> tuple[float, ...]:
    """Share of targets that ask for each attribute: q_c. Permuted labels keep the labels' own shares."""
    return frequencies(split) if targets == "permuted" else (0.5,) * split.labels.shape[1]
