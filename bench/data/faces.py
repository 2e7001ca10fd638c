"""Makes the CelebA-shaped folder of a run, and the manifest that says what is in it."""

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.data import celeba
from bench.data.annotations import describe_seeded, read_attributes, split_rows
from bench.data.drawn.dataset import draw_dataset
from bench.data.layout import Layout, find_layout, match_images
from bench.runtime import atomic_files
from bench.runtime.digest import file_digest
from bench.runtime.progress import progress
from bench.runtime.result_files import read_json
from bench.settings import DataSettings


@dataclass(frozen=True)
class Faces:
    """Absolute places of a data set's files, its number of images and the digest of its content.

    `partition_file` None means a seeded split; `counterfactuals` and `unchanged` exist for drawn faces only.
    """

    source: str
    image_folder: Path
    attributes_file: Path
    partition_file: Path | None
    counterfactuals: Path | None
    unchanged: Path | None
    images: int
    digest: str

    def write(self, manifest: Path) -> None:
        content = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}
        atomic_files.write_json(manifest, content)


def read_faces(manifest: Path) -> Faces:
    """Read what `faces` wrote; BenchError if it is missing or something else."""

    def faces(content: dict[str, Any]) -> Faces:
        for name in ("image_folder", "attributes_file", "partition_file", "counterfactuals", "unchanged"):
            content[name] = None if content[name] is None else Path(content[name])
        return Faces(**content)

    return read_json(manifest, "faces", faces)


def content_digest(files_by_name: Mapping[str, Path]) -> str:
    """16 hex digits over the content of the files and the names given to them; places and order do not count."""
    hasher = hashlib.sha256()
    for name in progress(sorted(files_by_name), "faces: digest", "files"):
        hasher.update(f"{name}\0{file_digest(files_by_name[name])}\0".encode())
    return hasher.hexdigest()[:16]


def prepare(data: DataSettings, output: Path, jobs: int = 1) -> Faces:
    """Make or find the faces that `data` asks for, check them, and write the manifest `output`."""
    output.unlink(missing_ok=True)
    folder, is_drawn = output.with_suffix("").absolute(), data.source == "drawn"
    if is_drawn:
        draw_dataset(folder, data, jobs)
    layout = find_layout(folder) if is_drawn else _photos(data)
    annotations = read_attributes(layout.attributes_file, data.attributes)
    split_rows(annotations, layout.partition_file, data)  # a fault is told before the files are hashed
    image_names = match_images(annotations, layout.image_folder)
    if is_drawn:
        files_by_name = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    else:
        files_by_name = {f"images/{name}": layout.image_folder / name for name in image_names}
        files_by_name |= {path.name: path for path in (layout.attributes_file, layout.partition_file) if path}
    faces = Faces(
        source=data.source,
        **vars(layout),
        counterfactuals=folder / "counterfactuals" if is_drawn else None,
        unchanged=folder / "unchanged" if is_drawn else None,
        images=len(image_names),
        digest=content_digest(files_by_name),
    )
    faces.write(output)
    return faces


def _photos(data: DataSettings) -> Layout:
    """Where a data set of photos lies: CelebA or a folder of its shape."""
    if data.source != "folder" or data.folder is None:
        return celeba.obtain(data.folder, celeba.HOME, celeba.CELEBA)
    layout = find_layout(data.folder)
    if layout.partition_file is None:
        print(f"No partition file in {data.folder}: {describe_seeded(data.split_seed)}.", file=sys.stderr)
    return layout
