"""A made pack and made translations, for the tests of image grids and report."""

import zlib
from pathlib import Path

import numpy as np

from bench.evaluation.translations import EditedImages, Translations
from tests.support.made_manifest import write_manifest
from tests.support.made_tables import ATTRIBUTES, made_settings

FACES = 12
SIDE = 16


def made_pack(folder: Path) -> Path:
    """A store of one split, `test`, with counterfactuals, drawn as coloured noise."""
    random = np.random.default_rng(3)
    manifest = folder / "pack16.json"
    arrays = folder / "pack16"
    arrays.mkdir(parents=True)
    edits = made_settings().data.edits
    np.save(arrays / "test.images.npy", random.integers(0, 255, (FACES, SIDE, SIDE, 3), dtype=np.uint8))
    np.save(arrays / "test.labels.npy", random.integers(0, 2, (FACES, len(ATTRIBUTES))).astype(bool))
    np.save(arrays / "test.names.npy", np.array([f"{place:06d}.jpg" for place in range(FACES)]))
    for edit in edits:
        np.save(arrays / f"test.{edit}.images.npy", random.integers(0, 255, (FACES, SIDE, SIDE, 3), dtype=np.uint8))
        np.save(arrays / f"test.{edit}.applies.npy", np.arange(FACES) % 3 > 0)
        np.save(arrays / f"test.{edit}.unchanged.npy", np.zeros((FACES, SIDE, SIDE), bool))
    return write_manifest(manifest, digest="0123456789abcdef", attributes=ATTRIBUTES, image_size_px=SIDE, edits=edits)


def made_translations(folder: Path, model: str, masks: bool) -> Path:
    """Translations of every edit, with masks and segments of the first four faces or without."""
    random = np.random.default_rng(zlib.crc32(model.encode()))
    rows = np.flatnonzero(np.arange(FACES) % 3 > 0).astype(np.int64)

    def noise(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        return random.integers(0, 255, shape, dtype=np.uint8)

    edits = {
        edit: EditedImages(
            rows,
            noise(len(rows), SIDE, SIDE, 3),
            noise(4, SIDE, SIDE) if masks else None,
            noise(4, SIDE, SIDE, 3) if masks else None,
        )
        for edit in made_settings().data.edits
    }
    file = folder / f"{model}.seed1.safetensors"
    Translations(edits).save(file)
    return file
