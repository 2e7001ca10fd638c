"""CelebA: from the folder that the user names, else from files placed by hand, else downloaded; always verified.

CelebA is for non-commercial research and may not be redistributed; http://mmlab.ie.cuhk.edu.hk/projects/CelebA.html.
"""

import lzma
import os
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from bench.data.layout import (
    ATTRIBUTES,
    IMAGE_FOLDERS,
    PARTITION,
    PLACES,
    SUFFIXES,
    Layout,
    find_annotation,
    find_images,
)
from bench.errors import BenchError
from bench.runtime import lease
from bench.runtime.atomic_files import appearing_whole, require_space
from bench.runtime.digest import file_digest
from bench.runtime.download import download, is_web_page, quota_message
from bench.runtime.progress import progress

HOME = Path("data/celeba")
PAGE = "http://mmlab.ie.cuhk.edu.hk/projects/CelebA.html"
GOOGLE_DRIVE = "https://drive.usercontent.google.com/download?export=download&confirm=t&id={drive_id}"
LONGEST_NAME = 255  # bytes, on any usual disk
NOT_OFFICIAL = "This is not CelebA's archive: delete it, and get the official one."
# A mirror's folder address, for sites that keep their own copy: the three files lie directly in it.
MIRROR_VARIABLE = "BENCH_CELEBA_URL"


@dataclass(frozen=True)
class Remote:
    """One official file: its name, its id on Google Drive and its MD5."""

    name: str
    drive_id: str
    md5: str

    @property
    def url(self) -> str:
        """Where it is downloaded from: Google Drive, or the mirror that the environment names."""
        mirror = os.environ.get(MIRROR_VARIABLE)
        return f"{mirror.rstrip('/')}/{self.name}" if mirror else GOOGLE_DRIVE.format(drive_id=self.drive_id)


@dataclass(frozen=True)
class Release:
    """The three files that make CelebA."""

    images: Remote
    attributes: Remote
    partition: Remote


CELEBA = Release(
    Remote("img_align_celeba.zip", "0B7EVK8r0v71pZjFTYXZWM3FlRnM", "00d2c5bc6d35e252742224ab0c1e8fcb"),
    Remote(f"{ATTRIBUTES}.txt", "0B7EVK8r0v71pblRyaVFSWGxPY0U", "75e246fa4810816ffd6ee81facbd244c"),
    Remote(f"{PARTITION}.txt", "0B7EVK8r0v71pY0NSMzRuSXJEVkk", "d32c9cbf5e040fd4025c592c306e6668"),
)


def obtain(folder: Path | None, home: Path, release: Release) -> Layout:
    """CelebA's verified files: from `folder` if it is named, else from `home`, where missing ones are downloaded.

    An archive is extracted into `home`; the user's folder is never written to. BenchError says what is wrong and what
    to do next.
    """
    if folder is not None and not folder.is_dir():
        raise BenchError(f"There is no folder {folder}. Name CelebA's in data.folder, or set it to null to download.")
    home = home.absolute()
    finder = _Finder(folder or home, home, fetches=folder is None)
    return Layout(
        attributes_file=finder.annotations(ATTRIBUTES, release.attributes),
        partition_file=finder.annotations(PARTITION, release.partition),
        image_folder=finder.images(release.images),
    )


def verify(file: Path, remote: Remote) -> None:
    """BenchError if a file placed by hand is not the official one; the message says in which way it is not."""
    md5 = file_digest(file, "md5")
    if md5 == remote.md5:
        return
    with file.open("rb") as stream:
        head = stream.read(256)
    if is_web_page(head):
        raise BenchError(f"{file}: {quota_message(file.name, _by_hand(file.parent))} Delete this file first.")
    if file.suffix == ".zip" and not zipfile.is_zipfile(file):
        fault = f"is truncated or no zip archive ({file.stat().st_size:,} bytes)"
    else:
        fault = f"has the wrong checksum (MD5 {md5}, expected {remote.md5})"
    raise BenchError(
        f"{file} {fault}. Delete it and get it again from {PAGE}; "
        "for a data set of your own, set data.source to 'folder'."
    )


@dataclass(frozen=True)
class _Finder:
    """Finds or fetches the files below `place`; what is downloaded or extracted goes to `home`."""

    place: Path
    home: Path
    fetches: bool

    def annotations(self, stem: str, remote: Remote) -> Path:
        """A verified annotations file. The CSV of a mirror has no official checksum: reading it checks its form."""
        file = find_annotation(self.place, stem) or self._fetch(remote)
        if file.suffix == ".txt":
            verify(file, remote)
        return file

    def images(self, remote: Remote) -> Path:
        """The folder of images, extracted from the verified archive where need be."""
        image_folder = find_images(self.place)
        if image_folder is not None:
            return image_folder
        with lease.hold(self.home, "CelebA"):  # one process at a time extracts and downloads
            target = self.home / IMAGE_FOLDERS[0]
            if not target.is_dir():  # whoever was waited for may have made it
                archives = (self.place / part / remote.name for part in PLACES)
                archive = next((file for file in archives if file.is_file()), None) or self._fetch(remote)
                verify(archive, remote)
                extract_images(archive, target)
            return target

    def _fetch(self, remote: Remote) -> Path:
        if not self.fetches:
            raise BenchError(
                f"{self.place} holds no {remote.name}. Put it there, or set data.folder to null to have it downloaded."
            )
        target = self.home / remote.name
        with lease.hold(self.home, "CelebA"):
            download(remote.url, target, f"md5:{remote.md5}", _by_hand(self.home))
        return target


def _by_hand(folder: Path) -> str:
    return f"get it from {PAGE} with a browser and put it into {folder}."


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
            with appearing_whole(folder, folder=True) as private:
                for member in progress(members, f"extract {archive.name}", "images"):
                    _extract(opened, member, private / PurePosixPath(member.filename).name)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
        raise BenchError(f"{archive} is truncated or damaged ({error}). {again}") from None


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    if len(target.name.encode()) > LONGEST_NAME:
        raise BenchError(f"{archive.filename}: the name {target.name[:40]}… is too long for a file. {NOT_OFFICIAL}")
    try:
        with archive.open(member) as source, target.open("xb") as stream:
            shutil.copyfileobj(source, stream)
    except FileExistsError:
        raise BenchError(f"{archive.filename} holds two images named {target.name}. {NOT_OFFICIAL}") from None
    except (RuntimeError, OSError) as error:  # encrypted, a method that is not known, or bad data
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise BenchError(
            f"{archive.filename}: {member.filename} cannot be unpacked ({error}). {NOT_OFFICIAL}"
        ) from None


def _safe_path(archive: Path, name: str) -> PurePosixPath:
    """The member's path; BenchError if it points outside the folder it is extracted to."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or PureWindowsPath(name).drive or "\\" in name:
        raise BenchError(
            f"{archive}: its member {name!r} points outside the target folder, so nothing was extracted. {NOT_OFFICIAL}"
        )
    return path


def _is_image(path: PurePosixPath) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
