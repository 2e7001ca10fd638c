"""Reads a user's own photos, and the edits asked of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.data.resize import FILTER, LARGEST_PIXELS, open_picture
from bench.errors import BenchError
from bench.registry import nearest
from bench.settings.edits import EditRules

Image8 = NDArray[np.uint8]


def parse_wanted(texts: Sequence[str], rules: EditRules) -> dict[str, bool]:
    """The wanted attributes from `NAME=0` or `NAME=1`.

    BenchError names a wrong one and the nearest right one, and two that contradict each other.
    """
    wanted: dict[str, bool] = {}
    for text in texts:
        name, _, value = text.partition("=")
        if name not in rules.attributes:
            raise BenchError(f"--set {text}: this model has no attribute {name!r}.{nearest(name, rules.attributes)}")
        if value not in ("0", "1"):
            raise BenchError(f"--set {text}: the value must be 0 or 1, as in {name}=1.")
        if wanted.setdefault(name, value == "1") != (value == "1"):
            raise BenchError(f"--set {text} contradicts --set {name}={1 - int(value)}. Give one of the two.")
    for group in rules.exclusive:
        if len(on := [name for name in wanted if wanted[name] and name in group]) > 1:
            raise BenchError(
                f"--set {on[0]}=1 contradicts --set {on[1]}=1: a face has one of them. Give one of the two."
            )
    return wanted


def result_stems(photos: Sequence[Path]) -> list[str]:
    """What the results of each photo are named by; BenchError where two would overwrite each other."""
    first: dict[str, Path] = {}
    for photo in photos:
        if photo.stem in first:
            raise BenchError(
                f"{first[photo.stem]} and {photo} would both give {photo.stem}.translation.png. Rename one of them, or "
                "translate them into two folders."
            )
        first[photo.stem] = photo
    return list(first)


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
        picture = open_picture(path)
        side = min(picture.size)
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        image = picture.crop((left, top, left + side, top + side)).convert("RGBA")
    except (ValueError, OSError) as error:
        raise BenchError(
            f"{path} cannot be read as a picture ({error}). Save it as JPEG or PNG of at most"
            f" {LARGEST_PIXELS / 1e6:g} million pixels."
        ) from None
    ground = Image.new("RGBA", image.size, "white")
    flat = Image.alpha_composite(ground, image).convert("RGB")
    return np.asarray(flat.resize((size_px, size_px), FILTER))
