"""Extracts the images of a zip archive into a folder that appears whole."""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath, PureWindowsPath

from bench.data.folders import appearing_whole, require_space
from bench.data.layout import SUFFIXES
from bench.errors import BenchError
from bench.progress import progress


def extract_images(archive: Path, folder: Path) -> None:
    """Put every image of `archive`, whatever its folder there, into `folder`.

    BenchError, and no folder, if the archive is truncated or damaged, a member points outside the folder, or the disk
    is full.
    """
    again = f"Delete {archive} and get it again."
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if _is_image(_safe_path(archive, member.filename))]
            if not members:
                raise BenchError(f"{archive} holds no images. {again}")
            require_space(folder, sum(member.file_size for member in members))
            with appearing_whole(folder) as private:
                for member in progress(members, f"extract {archive.name}", "images"):
                    target = private / PurePosixPath(member.filename).name
                    with opened.open(member) as source, target.open("wb") as stream:
                        shutil.copyfileobj(source, stream)
                os.sync()  # one sync for all: as many as there are images would take minutes
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise BenchError(f"{archive} is truncated or damaged ({error}). {again}") from None


def _safe_path(archive: Path, name: str) -> PurePosixPath:
    """The member's path; BenchError if it points outside the folder it is extracted to."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or PureWindowsPath(name).drive or "\\" in name:
        raise BenchError(
            f"{archive}: its member {name!r} points outside the target folder, so nothing was extracted. "
            "This is not CelebA's archive: delete it, and get the official one."
        )
    return path


def _is_image(path: PurePosixPath) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
