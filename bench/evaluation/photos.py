"""Reads a user's own photos, and the edits asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from bench.data.resize import FILTER
from bench.errors import BenchError
from bench.registry import nearest
from bench.settings.edits import EditRules

Image8 = NDArray[np.uint8]


def parse_wanted(texts: Sequence[str], attributes: Sequence[str]) -> dict[str, bool]:
    """The wanted attributes from `NAME=0` or `NAME=1`; BenchError names a wrong one and the nearest right one."""
    wanted = {}
    for text in texts:
        name, _, value = text.partition("=")
        if name not in attributes:
            raise BenchError(f"--set {text}: this model has no attribute {name!r}.{nearest(name, attributes)}")
        if value not in ("0", "1"):
            raise BenchError(f"--set {text}: the value must be 0 or 1, as in {name}=1.")
        wanted[name] = value == "1"
    return wanted


def photo_targets(labels: NDArray[np.bool_], wanted: Mapping[str, bool], rules: EditRules) -> NDArray[np.bool_]:
    """Targets (N, C): `labels` with the wanted attributes; one set on clears the rest of its exclusive group."""
    targets = labels.copy()
    for name, value in wanted.items():
        rivals = [other for other in rules.group(name) if other in rules.attributes and other not in wanted]
        if value:
            targets[:, [rules.attributes.index(other) for other in rivals]] = False
        targets[:, rules.attributes.index(name)] = value
    return targets


def read_photo(path: Path, size_px: int) -> Image8:
    """The photo's middle square at the model's size, (size, size, 3) uint8, turned as its camera says."""
    try:
        with Image.open(path) as opened:
            image = ImageOps.exif_transpose(opened).convert("RGBA")
    except FileNotFoundError:
        raise BenchError(f"There is no photo {path}.") from None
    except (UnidentifiedImageError, OSError) as error:
        raise BenchError(f"{path} cannot be read as a picture ({error}). Save it as JPEG or PNG.") from error
    ground = Image.new("RGBA", image.size, "white")
    flat = Image.alpha_composite(ground, image).convert("RGB")
    return np.asarray(ImageOps.fit(flat, (size_px, size_px), FILTER))
