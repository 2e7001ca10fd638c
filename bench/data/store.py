"""The packed store: memory-mapped uint8 images of one size, with labels and true counterfactuals, split by split.

A store is a JSON manifest, written last, and a folder of the same stem with one `.npy` file an array. No torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.registry import nearest
from bench.runtime.result_files import damaged, read_json, reason, require_content

SPLITS = ("train", "judge_a", "judge_b", "valid", "test")
EDITED_SPLITS = ("valid", "test")  # those that have counterfactuals


@dataclass(frozen=True)
class Counterfactuals:
    """What a true edit makes of a split's images; all arrays are aligned with the split's rows.

    `images` (N, H, W, 3) uint8, zeros where the edit changes no label; `applies` (N,) bool says where it does;
    `unchanged` (N, H, W) bool: every source pixel that this pixel was made from is left alone by the edit.
    """

    images: NDArray[np.uint8]
    applies: NDArray[np.bool_]
    unchanged: NDArray[np.bool_]


@dataclass(frozen=True)
class Split:
    """One split: `images` (N, H, W, 3) uint8, memory-mapped; `labels` (N, C) bool; `names` of the image files.

    `counterfactuals` by edit name, on the valid and test splits of drawn faces; else None.
    """

    name: str
    images: NDArray[np.uint8]
    labels: NDArray[np.bool_]
    names: tuple[str, ...]
    counterfactuals: Mapping[str, Counterfactuals] | None

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Store:
    """All splits at one image size.

    `digest` covers the content of every array and the attributes' names; `sha256` is of each array's file, by its stem.
    """

    manifest: Path
    digest: str
    attributes: tuple[str, ...]
    image_size_px: int
    edits: tuple[str, ...]
    sha256: Mapping[str, str]

    @staticmethod
    def open(manifest: Path) -> Store:
        """Open the store that `manifest` describes; BenchError if it is missing or not a store's manifest."""

        def store(content: dict[str, Any]) -> Store:
            digest, size_px, sha256 = str(content["digest"]), int(content["image_size_px"]), dict(content["sha256"])
            return Store(manifest, digest, tuple(content["attributes"]), size_px, tuple(content["edits"]), sha256)

        return read_json(manifest, "pack", store)

    def split(self, name: str) -> Split:
        """The split `name`, one of `SPLITS`; its images stay on disk until they are indexed."""
        if name not in SPLITS:
            raise BenchError(f"There is no split {name!r}.{nearest(name, SPLITS)}")
        images = self._array(f"{name}.images")
        labels = self._array(f"{name}.labels")
        names = tuple(self._array(f"{name}.names").tolist())
        if not len(images) == len(labels) == len(names):
            raise damaged(self.manifest, f"its arrays of {name!r} are of unlike lengths", "pack")
        with_edits = self.edits and name in EDITED_SPLITS
        counterfactuals = {edit: self._counterfactuals(name, edit) for edit in self.edits} if with_edits else None
        return Split(name, images, np.array(labels), names, counterfactuals)

    def _counterfactuals(self, split: str, edit: str) -> Counterfactuals:
        arrays = (self._array(f"{split}.{edit}.{part}") for part in ("images", "applies", "unchanged"))
        return Counterfactuals(*arrays)

    def _array(self, stem: str) -> NDArray[Any]:
        file = self.manifest.with_suffix("") / f"{stem}.npy"
        try:
            require_content(file, self.sha256[stem], "pack")
            array: NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise damaged(file, reason(error), "pack") from None
        return array


def open_stores(manifests: Sequence[Path]) -> dict[int, Store]:
    """The packed stores by image size."""
    return {store.image_size_px: store for store in map(Store.open, manifests)}
