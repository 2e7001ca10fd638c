"""A small CelebA-shaped folder of smooth random images, for the tests of reading, packing and fetching."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.settings import DataSettings

ATTRIBUTES = ("Bald", "Black_Hair", "Blond_Hair", "Smiling")


def smooth_image(seed: int, width: int = 178, height: int = 218) -> Image.Image:
    """A smooth random colour image."""
    noise = np.random.default_rng(seed).integers(0, 256, (7, 6, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


def random_labels(count: int) -> NDArray[np.bool_]:
    """Labels (count, 4); no face has black and blond hair."""
    labels = np.random.default_rng(9).random((count, len(ATTRIBUTES))) < 0.4
    labels[:, 2] &= ~labels[:, 1]
    return labels


def names_of(count: int, suffix: str = ".jpg") -> list[str]:
    """000001.jpg, 000002.jpg, ..."""
    return [f"{number:06}{suffix}" for number in range(1, count + 1)]


def attribute_rows(names: Sequence[str], labels: NDArray[np.bool_], padding: str = " ") -> list[str]:
    """Rows of list_attr_celeba.txt."""
    values = np.where(labels, "1", "-1")
    return [padding.join([name, *(f"{value:>2}" for value in row)]) for name, row in zip(names, values, strict=True)]


def write_lists(folder: Path, names: Sequence[str], labels: NDArray[np.bool_]) -> None:
    """The official text files: the first 70 % of the images are train, then valid, then test."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [str(len(names)), " ".join(ATTRIBUTES) + " ", *attribute_rows(names, labels)]
    (folder / "list_attr_celeba.txt").write_text("\n".join(lines) + "\n")
    bounds = (0.7 * len(names), 0.85 * len(names))
    partition = [f"{name} {sum(row >= bound for bound in bounds)}" for row, name in enumerate(names)]
    (folder / "list_eval_partition.txt").write_text("\n".join(partition) + "\n")


def make_folder(folder: Path, count: int = 20, suffix: str = ".jpg", size: tuple[int, int] = (178, 218)) -> Path:
    """Write a whole CelebA-shaped folder and return it."""
    names = names_of(count, suffix)
    (folder / "img_align_celeba").mkdir(parents=True)
    for seed, name in enumerate(names):
        smooth_image(seed, *size).save(folder / "img_align_celeba" / name)
    write_lists(folder, names, random_labels(count))
    return folder


class DiskUsage(NamedTuple):
    """What shutil.disk_usage returns."""

    total: int
    used: int
    free: int


def full_disk(path: Path) -> DiskUsage:
    """In the place of shutil.disk_usage: a disk with 100 bytes left."""
    return DiskUsage(1000, 900, 100)


def data_settings(folder: Path | None, **changes: object) -> DataSettings:
    """Settings that read `folder` at 16 px."""
    content: dict[str, Any] = {
        "source": "folder",
        "folder": folder,
        "image_size_px": 16,
        "attributes": ("Smiling", "Black_Hair"),
        "judges_share": 0.4,
    }
    return DataSettings.model_validate(content | changes)
