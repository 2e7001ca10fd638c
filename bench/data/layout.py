"""Finds the files of a CelebA-shaped folder: images, attributes and, where there is one, the official partition."""

import os
from dataclasses import dataclass
from pathlib import Path

from bench.data.annotations import Annotations
from bench.errors import BenchError

IMAGE_FOLDERS = ("img_align_celeba", "img_align_celeba_png", "images")
ATTRIBUTES = "list_attr_celeba"
PARTITION = "list_eval_partition"
SUFFIXES = (".jpg", ".jpeg", ".png")
# CelebA's own archive keeps its parts in these; some mirrors add one more folder.
PLACES = ("", "Anno", "Eval", "Img", "img_align_celeba", "CelebA")


@dataclass(frozen=True)
class Layout:
    """Where a data set lies. Without a `partition_file` the split is seeded."""

    image_folder: Path
    attributes_file: Path
    partition_file: Path | None


def find_layout(folder: Path) -> Layout:
    """The files of a CelebA-shaped `folder`; BenchError says what is missing and how it should look."""
    if not folder.is_dir():
        raise BenchError(f"There is no folder {folder}. Name a CelebA-shaped folder in data.folder.")
    attributes, images = find_annotation(folder, ATTRIBUTES), find_images(folder)
    if attributes is None or images is None:
        missing_part = f"{ATTRIBUTES}.txt (or .csv)" if attributes is None else f"a folder {' or '.join(IMAGE_FOLDERS)}"
        raise BenchError(f"{folder} holds no {missing_part}. Put it there, or name another folder in data.folder.")
    return Layout(images, attributes, find_annotation(folder, PARTITION))


def find_annotation(folder: Path, stem: str) -> Path | None:
    """The annotations file `stem`.txt or `stem`.csv in `folder`, or None."""
    candidates = (folder / place / f"{stem}{suffix}" for place in PLACES for suffix in (".txt", ".csv"))
    return next((file.resolve() for file in candidates if file.is_file()), None)


def find_images(folder: Path) -> Path | None:
    """The folder below `folder` that holds images, or None."""
    candidates = (folder / place / name for place in reversed(PLACES) for name in IMAGE_FOLDERS)
    return next((path.resolve() for path in candidates if path.is_dir() and _holds_images(path)), None)


def match_images(annotations: Annotations, image_folder: Path) -> tuple[str, ...]:
    """File name of every annotated image, in order; a .png may stand for a listed .jpg and the other way round."""
    with os.scandir(image_folder) as entries:
        files = {entry.name for entry in entries if entry.name.lower().endswith(SUFFIXES) and _is_regular(entry)}
    by_stem = {Path(name).stem: name for name in sorted(files)}
    file_names = [name if name in files else by_stem.get(Path(name).stem) for name in annotations.names]
    missing = [row for row, name in enumerate(file_names) if name is None]
    if missing:
        first = missing[0]
        more = f" ({len(missing)} of {len(file_names)} images are missing)" if len(missing) > 1 else ""
        name = annotations.names[first]
        fault = "is no regular file" if os.path.lexists(image_folder / name) else "is not there"
        raise BenchError(
            f"{annotations.file}, line {annotations.lines[first]}: {image_folder / name} {fault}{more}. Put the image "
            "there, or remove its line."
        )
    names = tuple(name for name in file_names if name is not None)
    line_of: dict[str, int] = {}
    for name, line in zip(names, annotations.lines.tolist(), strict=True):
        if line_of.setdefault(name, line) != line:
            raise BenchError(
                f"{annotations.file}: lines {line_of[name]} and {line} are both of {image_folder / name}. Remove one."
            )
    return names


def _is_regular(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file or a link to one; only links cost a look."""
    return os.path.isfile(entry.path) if entry.is_symlink() else entry.is_file()  # noqa: PTH113  # 200,000 Paths cost seconds


def _holds_images(folder: Path) -> bool:
    with os.scandir(folder) as entries:
        return any(entry.name.lower().endswith(SUFFIXES) for entry in entries)
