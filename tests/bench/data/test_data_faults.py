"""What can be wrong with a data set: every fault is a sentence that names the file and its mending."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from bench.data import faces
from bench.data.celeba import extract_images
from bench.data.resize import LARGEST_PIXELS, open_picture
from bench.errors import BenchError
from tests.support.celeba_shaped import data_settings, make_folder, smooth_image

IMAGE = "img_align_celeba/000003.jpg"
LIST = "list_attr_celeba.txt"


def replaced(make: Callable[[Path], object]) -> Callable[[Path], None]:
    """A fault that puts something else in the place of an image."""

    def fault(folder: Path) -> None:
        (folder / IMAGE).unlink()
        make(folder / IMAGE)

    return fault


def edited(name: str, old: str, new: str) -> Callable[[Path], None]:
    """A fault in a list."""

    def fault(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))

    return fault


def two_lines_for_one_image(folder: Path) -> None:
    edited(LIST, "000004.jpg", "000003.png")(folder)
    edited("list_eval_partition.txt", "000004.jpg", "000003.png")(folder)


def pipe_as_list(folder: Path) -> None:
    (folder / LIST).unlink()
    os.mkfifo(folder / LIST)


def folder_as_list(folder: Path) -> None:
    (folder / LIST).unlink()
    (folder / LIST).mkdir()


FOLDERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "pipe": (replaced(os.mkfifo), r"line 5: .*000003\.jpg is no regular file"),
    "folder": (replaced(Path.mkdir), r"line 5: .*000003\.jpg is no regular file"),
    "dangling link": (
        replaced(lambda file: file.symlink_to("nowhere")),
        r"line 5: .*000003\.jpg is no regular file",
    ),
    "link to itself": (replaced(lambda file: file.symlink_to(file)), r"line 5: .*000003\.jpg is no regular file"),
    "name too long": (edited(LIST, "000003.jpg", "3" * 300 + ".jpg"), r"no line for 3333|line 5: .*is not there"),
    "attribute twice": (edited(LIST, "Bald", "Smiling"), r"its header names 'Smiling' twice"),
    "two lines for one image": (two_lines_for_one_image, r"lines 5 and 6 are both of .*000003\.jpg"),
    "pipe as list": (pipe_as_list, "holds no list_attr"),
    "folder as list": (folder_as_list, "holds no list_attr"),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("fault", "words"), FOLDERS.values(), ids=FOLDERS)
def test_a_faulty_folder_is_told_in_a_sentence(tmp_path: Path, fault: Callable[[Path], None], words: str) -> None:
    folder = make_folder(tmp_path / "data")
    fault(folder)
    with pytest.raises(BenchError, match=words):
        faces.prepare(data_settings(folder), tmp_path / "faces.json")


def zipped(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def patched(content: bytes, local: int, central: int, value: int) -> bytes:
    """A zip of one member with a 16-bit field set in its local and its central header."""
    directory = content.index(b"PK\x01\x02")
    with_local = content[:local] + struct.pack("<H", value) + content[local + 2 :]
    place = directory + central
    return with_local[:place] + struct.pack("<H", value) + with_local[place + 2 :]


ONE = ("img/000001.jpg", bytes(range(256)) * 8)
ARCHIVES: dict[str, tuple[bytes, str]] = {
    "encrypted": (patched(zipped(ONE), 6, 8, 1), r"img/000001\.jpg cannot be unpacked .*encrypted"),
    "unknown method": (patched(zipped(ONE), 8, 10, 99), r"img/000001\.jpg cannot be unpacked .*compression"),
    "wrong method, bzip2": (patched(zipped(ONE), 8, 10, 12), "cannot be unpacked|truncated or damaged"),
    "wrong method, lzma": (patched(zipped(ONE), 8, 10, 14), "cannot be unpacked|truncated or damaged"),
    "name too long": (zipped((f"img/{'1' * 300}.jpg", b"x")), "1111.* is too long for a file"),
    "one name twice": (zipped(ONE, ("other/000001.jpg", b"x")), r"holds two images named 000001\.jpg"),
    "no zip": (b"PK\x03\x04 but no more", "truncated or damaged"),
    "empty": (b"", "truncated or damaged"),
}


@pytest.mark.parametrize(("content", "words"), ARCHIVES.values(), ids=ARCHIVES)
def test_a_faulty_archive_is_told_in_a_sentence_and_leaves_no_folder(
    tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(BenchError, match=rf"a\.zip.*{words}|a\.zip: {words}"):
        extract_images(tmp_path / "a.zip", tmp_path / "images")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG that promises so many pixels and holds none of them."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def written(content: bytes) -> Callable[[Path], object]:
    return lambda file: file.write_bytes(content)


TEXT = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9))
PICTURES: dict[str, tuple[Callable[[Path], object], str]] = {
    "pipe": (os.mkfifo, "folder, pipe or device"),
    "folder": (Path.mkdir, "folder, pipe or device"),
    "device": (lambda file: file.symlink_to("/dev/zero"), "folder, pipe or device"),
    "dangling link": (lambda file: file.symlink_to("nowhere"), "a link to nothing"),
    "absent": (Path.exists, "there is no such file"),
    "empty": (written(b""), "cannot identify"),
    "text": (written(b"no picture"), "cannot identify"),
    "torn": (lambda file: file.write_bytes(jpeg()[:-900]), "truncated"),
    "large": (written(png(8000, 8000)), "8000 x 8000 pixels, more than 50 million"),
    "huge": (written(png(20_000, 20_000)), "pixels"),
    "overlong text": (written(png(8, 8, TEXT)), "too large"),
    "no pixels": (written(png(8, 8)), "\\w"),
    "wide": (written(png(2**31 - 1, 2**31 - 1)), "pixels"),
}


def jpeg() -> bytes:
    stream = io.BytesIO()
    smooth_image(1).save(stream, "JPEG")
    return stream.getvalue()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("make", "words"), PICTURES.values(), ids=PICTURES)
def test_a_faulty_picture_is_told_before_it_is_decoded(
    tmp_path: Path, make: Callable[[Path], object], words: str
) -> None:
    make(tmp_path / "a.png")
    with pytest.raises(ValueError, match=words):
        open_picture(tmp_path / "a.png")


def test_a_nul_in_a_name_is_told() -> None:
    with pytest.raises(ValueError, match="null"):
        open_picture(Path("a\0.png"))


def test_the_largest_picture_is_read_and_one_row_more_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert LARGEST_PIXELS == 50_000_000
    monkeypatch.setattr("bench.data.resize.LARGEST_PIXELS", 300)
    Image.new("RGB", (20, 15)).save(tmp_path / "a.png")
    Image.new("RGB", (20, 16)).save(tmp_path / "b.png")
    assert open_picture(tmp_path / "a.png").size == (20, 15)
    with pytest.raises(ValueError, match="20 x 16 pixels"):
        open_picture(tmp_path / "b.png")
