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
    half = round(settings.judges_share * len(rows["train"]) / 2)
    shuffled = np.random.default_rng((settings.split_seed, _JUDGES)).permutation(rows["train"])
    judge_a, judge_b, train = map(np.sort, np.split(shuffled, [half, 2 * half]))
    rows |= {"judge_a": judge_a, "judge_b": judge_b, "train": train}
    for name, members in rows.items():
        if len(members) == 0:
            source = partition_file or f"the seeded split of {annotations.file}"
            raise BenchError(f"{source} leaves no image to split {name!r}. Add images, or change data.judges_share.")
    return rows


def seeded_partition(count: int, seed: int) -> NDArray[np.str_]:
    """'train', 'valid' or 'test' for each of `count` images, in the shares `SEEDED_SHARES`, at random by `seed`."""
    valid, test = (round(SEEDED_SHARES[name] * count) for name in ("valid", "test"))
    names = np.repeat(["train", "valid", "test"], [count - valid - test, valid, test])
    return np.random.default_rng((seed, _PARTITION)).permutation(names)


def describe_seeded(seed: int) -> str:
    """The words that state a seeded split."""
    shares = ", ".join(f"{name} {share:.0%}" for name, share in SEEDED_SHARES.items())
    return f"seeded split (seed {seed}: {shares})"
