import io
import zipfile
from pathlib import Path

import pytest

from bench.data.celeba import extract_images
from bench.errors import BenchError
from tests.support.celeba_shaped import full_disk, smooth_image


def jpeg(seed: int) -> bytes:
    stream = io.BytesIO()
    smooth_image(seed).save(stream, "JPEG")
    return stream.getvalue()


def make_zip(file: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file


def good_zip(folder: Path) -> Path:
    images = {f"img_align_celeba/{number:06}.jpg": jpeg(number) for number in range(1, 4)}
    return make_zip(folder / "a.zip", images | {"img_align_celeba/": b"", "__MACOSX/._000001.jpg": b"resource fork"})


def test_images_are_extracted_and_nothing_else(tmp_path: Path) -> None:
    extract_images(good_zip(tmp_path), tmp_path / "images")
    assert sorted(path.name for path in (tmp_path / "images").iterdir()) == ["000001.jpg", "000002.jpg", "000003.jpg"]
    assert (tmp_path / "images" / "000002.jpg").read_bytes() == jpeg(2)


@pytest.mark.parametrize("name", ["../evil.jpg", "img/../../evil.jpg", "/tmp/evil.jpg", "C:/evil.jpg", "..\\evil.jpg"])
def test_a_member_outside_the_target_folder_stops_everything(tmp_path: Path, name: str) -> None:
    archive = make_zip(tmp_path / "a.zip", {"img_align_celeba/000001.jpg": jpeg(1), name: b"evil"})
    with pytest.raises(BenchError, match=r"a\.zip: its member .*evil\.jpg' points outside .*nothing was extracted"):
        extract_images(archive, tmp_path / "images")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_a_truncated_archive_is_told_and_leaves_no_folder(tmp_path: Path) -> None:
    archive = good_zip(tmp_path)
    archive.write_bytes(archive.read_bytes()[:-1000])
    with pytest.raises(BenchError, match=r"a\.zip is truncated or damaged .*get it again"):
        extract_images(archive, tmp_path / "images")
    assert not (tmp_path / "images").exists()


def test_a_damaged_member_is_told_and_leaves_no_folder(tmp_path: Path) -> None:
    archive = good_zip(tmp_path)
    content = bytearray(archive.read_bytes())
    content[len(jpeg(1)) // 2] ^= 0xFF
    archive.write_bytes(content)
    with pytest.raises(BenchError, match="truncated or damaged"):
        extract_images(archive, tmp_path / "images")
    assert not list(tmp_path.glob("*images*"))


def test_what_an_interrupted_extraction_left_is_cleared_away(tmp_path: Path) -> None:
    leftover = tmp_path / ".images.0123abcd.partial"
    leftover.mkdir()
    (leftover / "000001.jpg").write_bytes(b"half")
    extract_images(good_zip(tmp_path), tmp_path / "images")
    assert not leftover.exists()
    assert len(list((tmp_path / "images").iterdir())) == 3


def test_an_archive_without_images_is_told(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="holds no images"):
        extract_images(make_zip(tmp_path / "a.zip", {"readme.txt": b""}), tmp_path / "images")


def test_a_disk_without_room_is_told_before_anything_is_extracted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = good_zip(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", full_disk)
    with pytest.raises(BenchError, match=r"No space left for .*images: it needs"):
        extract_images(archive, tmp_path / "images")
    assert not (tmp_path / "images").exists()
