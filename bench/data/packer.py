"""Packs a CelebA-shaped folder: splits, crops and resizes in parallel, and streams the arrays into a store."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bench.data.annotations import Annotations, describe_seeded, read_attributes, split_rows
from bench.data.faces import Faces
from bench.data.layout import match_images
from bench.data.resize import read_square, read_unchanged
from bench.data.store import EDITED_SPLITS
from bench.runtime import workers
from bench.runtime.atomic_files import appearing_whole, require_space, write_json
from bench.runtime.progress import Progress, progress
from bench.settings import DataSettings

CHUNK_IMAGES = 32


def pack(data: DataSettings, faces: Faces, size_px: int, output: Path, jobs: int = 1) -> None:
    """Pack `faces` at `size_px` as the store `output`. The result does not depend on `jobs`."""
    annotations = read_attributes(faces.attributes_file, data.attributes)
    image_files = [faces.image_folder / name for name in match_images(annotations, faces.image_folder)]
    splits = split_rows(annotations, faces.partition_file, data)
    edits = []
    if faces.counterfactuals and faces.unchanged:
        edits = [(edit, faces.counterfactuals / edit, faces.unchanged / edit) for edit in data.edits]
    edited = sum(len(splits[name]) for name in EDITED_SPLITS) * len(edits)
    require_space(output, (len(image_files) * 3 + edited * 4) * size_px**2)
    output.unlink(missing_ok=True)  # it must never describe other arrays
    with (
        appearing_whole(output.with_suffix(""), folder=True) as folder,
        progress(range(len(image_files) + 2 * edited), f"pack {size_px} px", "images") as bar,
        workers.mapping(jobs) as apply,
    ):
        writer = ArrayWriter(folder)
        packer = _Packer(data, annotations, size_px, writer, apply, bar)
        for name, rows in splits.items():
            packer.pack_split(name, rows, [image_files[row] for row in rows])
            if name in EDITED_SPLITS:
                for edit, counterfactuals, unchanged in edits:
                    packer.pack_edit(name, edit, rows, counterfactuals, unchanged)
    manifest = {
        "attributes": list(data.attributes),
        "image_size_px": size_px,
        "crop_px": data.crop_px,
        "edits": [edit for edit, _, _ in edits],
        "splits": {name: len(rows) for name, rows in splits.items()},
        "partition": str(faces.partition_file or describe_seeded(data.split_seed)),
        "source": faces.source,
        "faces_digest": faces.digest,
        "digest": writer.digest,
        "sha256": writer.sha256,
    }
    write_json(output, manifest)


# What reads one row of an array of pixels, by the array's name; its axes after height and width, and its type.
Reader = Callable[[Path, int, int, str], NDArray[Any]]
_PIXELS: Mapping[str, tuple[Reader, tuple[int, ...], type[np.generic]]] = {
    "images": (read_square, (3,), np.uint8),
    "unchanged": (read_unchanged, (), np.bool_),
}


@dataclass(frozen=True)
class _Chunk:
    """Consecutive rows that one process loads; a file is None where an edit does not apply: that row stays zero."""

    kind: str
    files: Sequence[Path | None]
    origins: Sequence[str]
    crop_px: int
    size_px: int


def _load(chunk: _Chunk) -> NDArray[Any]:
    read, depth, dtype = _PIXELS[chunk.kind]
    rows = np.zeros((len(chunk.files), chunk.size_px, chunk.size_px, *depth), dtype)
    for index, (file, origin) in enumerate(zip(chunk.files, chunk.origins, strict=True)):
        if file is not None:
            rows[index] = read(file, chunk.crop_px, chunk.size_px, origin)
    return rows


@dataclass(frozen=True)
class _Packer:
    """Loads rows in parallel and streams them into the store."""

    data: DataSettings
    annotations: Annotations
    size_px: int
    writer: ArrayWriter
    apply: workers.Map
    bar: Progress[int]

    def pack_split(self, split: str, rows: NDArray[np.int64], image_files: Sequence[Path]) -> None:
        self._stream(split, "images", rows, image_files)
        self.writer.write(f"{split}.labels", self.annotations.labels[rows])
        self.writer.write(f"{split}.names", np.array([self.annotations.names[row] for row in rows], np.str_))

    def pack_edit(self, split: str, edit: str, rows: NDArray[np.int64], counterfactuals: Path, unchanged: Path) -> None:
        """True counterfactuals of one edit of a split, and which packed pixels they leave alone."""
        _, applies = self.data.rules.targets(self.annotations.labels[rows], edit)
        stems = [
            Path(self.annotations.names[row]).stem if changes else None
            for row, changes in zip(rows, applies, strict=True)
        ]
        for kind, folder, suffix in (("images", counterfactuals, "jpg"), ("unchanged", unchanged, "png")):
            files = [folder / f"{stem}.{suffix}" if stem else None for stem in stems]
            self._stream(f"{split}.{edit}", kind, rows, files)
        self.writer.write(f"{split}.{edit}.applies", applies)

    def _stream(self, group: str, kind: str, rows: NDArray[np.int64], files: Sequence[Path | None]) -> None:
        """Load the rows' files, in order and a chunk at a time, into the array `group`.`kind`."""
        origins = [f"{self.annotations.file.name}, line {line}" for line in self.annotations.lines[rows]]
        parts = [slice(start, start + CHUNK_IMAGES) for start in range(0, len(files), CHUNK_IMAGES)]
        chunks = [_Chunk(kind, files[part], origins[part], self.data.crop_px, self.size_px) for part in parts]
        _, depth, dtype = _PIXELS[kind]
        shape = (len(rows), self.size_px, self.size_px, *depth)
        self.writer.stream(f"{group}.{kind}", self._counted(self.apply(_load, chunks)), shape, dtype)

    def _counted(self, loaded: Iterator[NDArray[Any]]) -> Iterator[NDArray[Any]]:
        for part in loaded:
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
