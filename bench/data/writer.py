"""Streams a packed store's arrays into a folder and hashes them on the way."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class ArrayWriter:
    """Writes one `.npy` file an array; `digest` covers the names, types, shapes and content of all that was written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hasher = hashlib.sha256()

    @property
    def digest(self) -> str:
        """16 hex digits over everything written so far."""
        return self._hasher.hexdigest()[:16]

    def write(self, stem: str, array: NDArray[Any]) -> None:
        """Write one array that is in memory."""
        self.stream(stem, (array,), array.shape, array.dtype)

    def stream(self, stem: str, parts: Iterable[NDArray[Any]], shape: tuple[int, ...], dtype: DTypeLike) -> None:
        """Write an array of `shape` that comes in `parts` along its first axis."""
        kind = np.dtype(dtype)
        self._hasher.update(f"{stem}\0{kind.str}\0{shape}\0".encode())
        header = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
        with (self._folder / f"{stem}.npy").open("wb") as stream:
            np.lib.format.write_array_header_1_0(stream, header)
            for part in parts:
                content = np.ascontiguousarray(part, kind).tobytes()
                self._hasher.update(content)
                stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
