"""The manifest of packed arrays that a test has made by hand."""

import json
from pathlib import Path

from bench.runtime.digest import file_digest


def write_manifest(manifest: Path, **content: object) -> Path:
    """Describe the arrays in the folder of the same stem: their SHA-256, and `content`."""
    arrays = {file.stem: file_digest(file) for file in manifest.with_suffix("").glob("*.npy")}
    manifest.write_text(json.dumps({"sha256": arrays} | content), encoding="utf-8")
    return manifest
