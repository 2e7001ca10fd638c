"""Packs a CelebA-shaped folder: splits, crops and resizes in parallel, and streams the arrays into a store."""

from __future__ import annotations

import hashlib
import io
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bench.data.annotations import Annotations, read_attributes
from bench.data.faces import Faces
from bench.data.layout import match_images
from bench.data.resize import read_square, read_unchanged
from bench.data.splits import describe_seeded, split_rows
from bench.runtime.atomic_files import appearing_whole, require_space, write_json
from bench.runtime.progress import Progress, progress
from bench.settings import DataSettings

CHUNK_IMAGES = 32
EDITED_SPLITS = ("valid", "test")


def pack(data: DataSettings, faces: Faces, size_px: int, output: Path, jobs: int = 1) -> None:
    """Pack `faces` at `size_px` as the store `output`. The result does not depend on `jobs`."""
    annotations = read_attributes(faces.attributes_file, data.attributes)
    image_files = [faces.image_folder / name for name in match_images(annotations, faces.image_folder)]
    splits = split_rows(annotations, faces.partition_file, data)
    edits = data.edits if faces.counterfactuals and faces.unchanged else ()
    edited = sum(len(splits[name]) for name in EDITED_SPLITS) * len(edits)
    require_space(output, (len(image_files) * 3 + edited * 4) * size_px**2)
    output.unlink(missing_ok=True)  # it must never describe other arrays
    with (
        appearing_whole(output.with_suffix(""), folder=True) as folder,
        progress(len(image_files) + edited, f"pack {size_px} px", "images") as bar,
        _workers(jobs) as pool,
    ):
        writer = ArrayWriter(folder)
        packer = _Packer(data, annotations, size_px, writer, pool, bar)
        for name, rows in splits.items():
            packer.pack_split(name, rows, [image_files[row] for row in rows])
            if name in EDITED_SPLITS and faces.counterfactuals and faces.unchanged:
                for edit in edits:
                    packer.pack_edit(name, edit, rows, faces.counterfactuals / edit, faces.unchanged / edit)
    manifest = {
        "attributes": list(data.attributes),
        "image_size_px": size_px,
        "crop_px": data.crop_px,
        "edits": list(edits),
        "splits": {name: len(rows) for name, rows in splits.items()},
        "partition": str(faces.partition_file or describe_seeded(data.split_seed)),
        "source": faces.source,
        "faces_digest": faces.digest,
        "digest": writer.digest,
        "sha256": writer.sha256,
    }
    write_json(output, manifest)


def available_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class _Chunk:
    """Consecutive rows that one process loads; a file is None where an edit does not apply: that row stays zero."""

    files: tuple[Path | None, ...]
    origins: tuple[str, ...]
    crop_px: int
    size_px: int


Loader = Callable[[_Chunk], NDArray[Any]]


def _load_images(chunk: _Chunk) -> NDArray[np.uint8]:
    images = np.zeros((len(chunk.files), chunk.size_px, chunk.size_px, 3), np.uint8)
    for row, (file, origin) in enumerate(zip(chunk.files, chunk.origins, strict=True)):
        if file is not None:
            images[row] = read_square(file, chunk.crop_px, chunk.size_px, origin)
    return images


def _load_unchanged(chunk: _Chunk) -> NDArray[np.bool_]:
    maps = np.zeros((len(chunk.files), chunk.size_px, chunk.size_px), np.bool_)
    for row, (file, origin) in enumerate(zip(chunk.files, chunk.origins, strict=True)):
        if file is not None:
            maps[row] = read_unchanged(file, chunk.crop_px, chunk.size_px, origin)
    return maps


@contextmanager
def _workers(jobs: int) -> Iterator[ProcessPoolExecutor | None]:
    """A pool of `jobs` processes, or None where this process does it all; on an error, work not begun is dropped."""
    if jobs <= 1:
        yield None
        return
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


@dataclass(frozen=True)
class _Packer:
    """Loads rows in parallel and streams them into the store."""

    data: DataSettings
    annotations: Annotations
    size_px: int
    writer: ArrayWriter
    pool: ProcessPoolExecutor | None
    bar: Progress[int]

    def pack_split(self, split: str, rows: NDArray[np.int64], image_files: Sequence[Path]) -> None:
        """Images, labels and names of one split."""
        shape = (len(rows), self.size_px, self.size_px, 3)
        self.writer.stream(f"{split}.images", self._count(self._load(_load_images, rows, image_files)), shape, np.uint8)
        self.writer.write(f"{split}.labels", self.annotations.labels[rows])
        self.writer.write(f"{split}.names", np.array([self.annotations.names[row] for row in rows], np.str_))

    def pack_edit(self, split: str, edit: str, rows: NDArray[np.int64], counterfactuals: Path, unchanged: Path) -> None:
        """True counterfactuals of one edit of a split, and which packed pixels they leave alone."""
        _, applies = self.data.rules.targets(self.annotations.labels[rows], edit)
        stems = [Path(self.annotations.names[row]).stem for row in rows]
        edited = [counterfactuals / f"{stem}.jpg" if use else None for stem, use in zip(stems, applies, strict=True)]
        maps = [unchanged / f"{stem}.png" if use else None for stem, use in zip(stems, applies, strict=True)]
        shape = (len(rows), self.size_px, self.size_px)
        self.writer.stream(
            f"{split}.{edit}.images", self._count(self._load(_load_images, rows, edited)), (*shape, 3), np.uint8
        )
        self.writer.stream(f"{split}.{edit}.unchanged", self._load(_load_unchanged, rows, maps), shape, np.bool_)
        self.writer.write(f"{split}.{edit}.applies", applies)

    def _load(self, load: Loader, rows: NDArray[np.int64], files: Sequence[Path | None]) -> Iterator[NDArray[Any]]:
        """The loaded rows, in order, a chunk at a time."""
        origins = [f"{self.annotations.file.name}, line {line}" for line in self.annotations.lines[rows]]
        parts = [slice(start, start + CHUNK_IMAGES) for start in range(0, len(files), CHUNK_IMAGES)]
        chunks = [_Chunk(tuple(files[part]), tuple(origins[part]), self.data.crop_px, self.size_px) for part in parts]
        return map(load, chunks) if self.pool is None else self.pool.map(load, chunks)

    def _count(self, parts: Iterator[NDArray[Any]]) -> Iterator[NDArray[Any]]:
        for part in parts:
            yield part
            self.bar.update(len(part))


class ArrayWriter:
    """Writes one `.npy` file per array.

    `digest` covers the names, types, shapes and content of all that was written, `sha256` each file's bytes, by stem.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hasher = hashlib.sha256()
        self.sha256: dict[str, str] = {}

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
        start = io.BytesIO()
        np.lib.format.write_array_header_1_0(start, header)
        of_file = hashlib.sha256(start.getvalue())
        with (self._folder / f"{stem}.npy").open("wb") as stream:
            stream.write(start.getvalue())
            for part in parts:
                content = np.ascontiguousarray(part, kind).tobytes()
                self._hasher.update(content)
                of_file.update(content)
                stream.write(content)
        self.sha256[stem] = of_file.hexdigest()
