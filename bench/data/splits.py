"""Which image belongs to which split. Every split is a function of the names, the partition and a seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.data.annotations import Annotations, read_partition
from bench.errors import BenchError
from bench.settings import DataSettings

# CelebA's own shares, for folders without a partition file.
SEEDED_SHARES = {"train": 0.8, "valid": 0.1, "test": 0.1}
_PARTITION, _JUDGES = 0, 1


def split_rows(
    annotations: Annotations, partition_file: Path | None, settings: DataSettings
) -> dict[str, NDArray[np.int64]]:
    """Rows of the annotations in each split, ascending: train, judge_a, judge_b, valid and test, all disjoint.

    The judges' splits are two seeded halves of `judges_share` of the train partition. BenchError if a split is empty.
    """
    if partition_file is None:
        partition = seeded_partition(len(annotations.names), settings.split_seed)
    else:
        partition = read_partition(partition_file, annotations.names)
    rows = {name: np.flatnonzero(partition == name) for name in SEEDED_SHARES}
    rows |= _with_judges(rows["train"], settings.judges_share, settings.split_seed)
    for name, members in rows.items():
        if len(members) == 0:
            source = partition_file or f"the seeded split of {annotations.file}"
            raise BenchError(f"{source} leaves no image to split {name!r}. Add images, or change data.judges_share.")
    return rows


def seeded_partition(count: int, seed: int) -> NDArray[np.str_]:
    """'train', 'valid' or 'test' for each of `count` images, in the shares `SEEDED_SHARES`, at random by `seed`."""
    held_out = {name: round(share * count) for name, share in SEEDED_SHARES.items() if name != "train"}
    names = ["train"] * (count - sum(held_out.values()))
    names += [name for name, size in held_out.items() for _ in range(size)]
    return np.random.default_rng((seed, _PARTITION)).permutation(np.array(names, np.str_))


def describe_seeded(seed: int) -> str:
    """The words that state a seeded split."""
    shares = ", ".join(f"{name} {share:.0%}" for name, share in SEEDED_SHARES.items())
    return f"seeded split (seed {seed}: {shares})"


def _with_judges(train: NDArray[np.int64], share: float, seed: int) -> dict[str, NDArray[np.int64]]:
    half = round(share * len(train) / 2)
    shuffled = np.random.default_rng((seed, _JUDGES)).permutation(train)
    parts = {"judge_a": shuffled[:half], "judge_b": shuffled[half : 2 * half], "train": shuffled[2 * half :]}
    return {name: np.sort(members) for name, members in parts.items()}
