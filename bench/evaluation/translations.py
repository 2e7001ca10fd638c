"""Translated images of a split and the one file that holds them. Pure numpy: plots read it without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from bench.runtime.atomic_files import appearing_whole
from bench.runtime.result_files import damaged, reason

SHOWN = 32  # of each edit: what stays on disk for people to look at


@dataclass(frozen=True)
class EditedImages:
    """What a method made of one edit.

    `rows` (n,) int64: the split's rows that the edit concerns, ascending; `images` (n, H, W, 3) uint8, aligned with
    `rows`. Of the first `SHOWN` rows also, where the method has them, `masks` (k, H, W) uint8 (0..255 for 0..1) and
    `segments` (k, H, W, 3) uint8.
    """

    rows: NDArray[np.int64]
    images: NDArray[np.uint8]
    masks: NDArray[np.uint8] | None = None
    segments: NDArray[np.uint8] | None = None

    def first(self, count: int) -> EditedImages:
        """The same of the first `count` rows."""
        masks, segments = (None if part is None else part[:count] for part in (self.masks, self.segments))
        return EditedImages(self.rows[:count], self.images[:count], masks, segments)


@dataclass(frozen=True)
class Translations:
    """A model's translations by edit name (single edits, then combined ones), and those under shuffled targets.

    `shuffled[edit]` has the rows of `edits[edit]`, but each image was given another edit, drawn at random. Scores take
    it; no file keeps it.
    """

    edits: Mapping[str, EditedImages]
    shuffled: Mapping[str, EditedImages] = field(default_factory=dict)

    def shown(self) -> Self:
        """What people are shown: the first `SHOWN` rows of every edit, nothing shuffled."""
        return type(self)({edit: edited.first(SHOWN) for edit, edited in self.edits.items()})

    def save(self, file: Path) -> None:
        """Write `edits` to one .safetensors file, with arrays `<edit>/<part>`."""
        arrays = {
            f"{edit}/{part}": np.ascontiguousarray(array)
            for edit, edited in self.edits.items()
            for part, array in vars(edited).items()
            if array is not None
        }
        with appearing_whole(file) as private:
            save_file(arrays, private)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read what `save` wrote; BenchError if the file is missing or is something else."""
        parts: dict[str, dict[str, Any]] = {}  # arrays by the name of their field
        try:
            for key, array in load_file(file).items():
                edit, _, part = key.rpartition("/")
                parts.setdefault(edit, {})[part] = array
            edits = {edit: EditedImages(**arrays) for edit, arrays in sorted(parts.items())}
            if broken := [edit for edit, edited in edits.items() if len(edited.rows) != len(edited.images)]:
                raise ValueError(f"its rows and images of {broken[0]} are of unlike lengths")
        except (OSError, SafetensorError, ValueError, TypeError, KeyError) as error:
            raise damaged(file, reason(error), "score") from None
        return cls(edits)
