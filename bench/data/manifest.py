"""The faces manifest: where a CelebA-shaped data set lies, and the digest of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import files
from bench.errors import BenchError
from bench.progress import progress


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
        """Write the manifest, whole."""
        content = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}
        files.write_json(manifest, content)


def read_faces(manifest: Path) -> Faces:
    """Read what `faces` wrote; BenchError if it is missing or something else."""
    try:
        content: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        for name in ("image_folder", "attributes_file", "partition_file", "counterfactuals", "unchanged"):
            content[name] = None if content[name] is None else Path(content[name])
        return Faces(**content)
    except FileNotFoundError:
        raise BenchError(f"No faces manifest {manifest}. Make it with: python -m bench faces --help") from None
    except (ValueError, KeyError, TypeError) as error:
        raise BenchError(f"{manifest} is no faces manifest ({error!r}). Delete it and run 'faces' again.") from error


def content_digest(named: Mapping[str, Path]) -> str:
    """16 hex digits over the content of the files and the names given to them; places and order do not count."""
    hasher = hashlib.sha256()
    for name in progress(sorted(named), "faces: digest", "files"):
        with named[name].open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        hasher.update(f"{name}\0{content}\0".encode())
    return hasher.hexdigest()[:16]
