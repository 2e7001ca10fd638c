"""Training batches as a pure function of (seed, step): every method sees the same images, flips and targets.

So the data position of a training is its step count, and a resumed training draws what the uninterrupted one would.
"""

from dataclasses import dataclass, field
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


@dataclass
class Batches:
    """Shuffled batches of a split, without end. Every image is seen once an epoch; a batch may span two epochs.

    `targets`: the batch's own labels permuted, or independent fair coins; `flip`: mirror half of the images.
    """

    split: Split
    batch_size: int
    seed: int
    targets: Targets
    flip: bool
    device: torch.device | str
    _orders: dict[int, NDArray[np.int64]] = field(default_factory=dict, init=False)  # of the epochs in use

    def __post_init__(self) -> None:
        if len(self.split) == 0:
            raise BenchError(f"Split {self.split.name!r} has no images to train on. Give it more images in 'data'.")

    def batch(self, step: int) -> Batch:
        """Batch number `step`, counted from 0; the same for the same arguments, whatever was drawn before."""
        rows = self._rows(step * self.batch_size, (step + 1) * self.batch_size)
        draw = np.random.default_rng((self.seed, _STEP, step))
        flipped = draw.random(len(rows)) < 0.5
        partner = draw.permutation(len(rows))
        labels = self.split.labels[rows].astype(np.float32)
        permuted = self.targets == "permuted"
        targets = labels[partner] if permuted else (draw.random(labels.shape) < 0.5).astype(np.float32)

        images = to_device(self.split.images[rows], self.device)
        if self.flip:
            mirror = to_device(flipped, self.device)[:, None, None, None]
            images = torch.where(mirror, images.flip(2), images)
        method_seed = np.random.SeedSequence((self.seed, _METHOD, step)).generate_state(1, np.uint64)[0]
        return Batch(
            images=normalise(images),
            labels=to_device(labels, self.device),
            targets=to_device(targets, self.device),
            partner=to_device(partner, self.device) if permuted else None,
            random=torch.Generator(self.device).manual_seed(int(method_seed)),
        )

    def _rows(self, start: int, stop: int) -> NDArray[np.int64]:
        """Rows of the split at positions start..stop of the endless sequence of shuffled epochs."""
        count = len(self.split)
        epochs = range(start // count, (stop - 1) // count + 1)
        self._orders = {epoch: self._orders[epoch] if epoch in self._orders else self._order(epoch) for epoch in epochs}
        first = start - epochs[0] * count
        return np.concatenate([self._orders[epoch] for epoch in epochs])[first : first + stop - start]

    def _order(self, epoch: int) -> NDArray[np.int64]:
        return np.random.default_rng((self.seed, _ORDER, epoch)).permutation(len(self.split))


def frequencies(split: Split) -> tuple[float, ...]:
    """Share of the split's images that have each attribute, in the order of the attributes: p_c."""
    return tuple(split.labels.mean(axis=0).tolist())


def target_frequencies(split: Split, targets: Targets) -> tuple[float, ...]:
    """Share of targets that ask for each attribute: q_c. Permuted labels keep the labels' own shares."""
    return frequencies(split) if targets == "permuted" else (0.5,) * split.labels.shape[1]
