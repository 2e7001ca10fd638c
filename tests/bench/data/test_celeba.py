import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.data import celeba, faces
from bench.data.celeba import CELEBA, MIRROR_VARIABLE, Release, Remote, obtain
from bench.errors import BenchError
from tests.support.celeba_shaped import data_settings, make_folder
from tests.support.file_server import QUOTA_PAGE, FileServer, serving

LISTS = ("list_attr_celeba.txt", "list_eval_partition.txt")


@pytest.fixture
def placed(tmp_path: Path) -> Path:
    """A made release of 20 images: the zip archive and both lists, as a user would place them."""
    folder = make_folder(tmp_path / "placed")
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as archive:
        for image in sorted((folder / "img_align_celeba").iterdir()):
            archive.write(image, f"img_align_celeba/{image.name}")
    shutil.rmtree(folder / "img_align_celeba")
    return folder


@pytest.fixture
def release(placed: Path) -> Release:
    """The made release's own checksums."""

    def remote(official: Remote) -> Remote:
        return replace(official, md5=hashlib.md5((placed / official.name).read_bytes()).hexdigest())

    return Release(remote(CELEBA.images), remote(CELEBA.attributes), remote(CELEBA.partition))


@pytest.fixture
def server(placed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """A mirror of the made release."""
    with serving({file.name: file.read_bytes() for file in placed.iterdir()}) as state:
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setenv(MIRROR_VARIABLE, f"{state.address}/")
        yield state


def test_the_official_checksums_are_those_of_the_design() -> None:
    assert [remote.md5 for remote in (CELEBA.images, CELEBA.attributes, CELEBA.partition)] == [
        "00d2c5bc6d35e252742224ab0c1e8fcb",
        "75e246fa4810816ffd6ee81facbd244c",
        "d32c9cbf5e040fd4025c592c306e6668",
    ]


def test_a_folder_that_the_user_names_is_taken_as_it_is(tmp_path: Path, release: Release) -> None:
    folder = make_folder(tmp_path / "mine")
    layout = obtain(folder, tmp_path / "home", release)
    assert layout.image_folder == folder / "img_align_celeba"
    assert not (tmp_path / "home").exists()


def test_an_archive_in_the_users_folder_is_extracted_at_home_and_that_folder_left_alone(
    tmp_path: Path, placed: Path, release: Release
) -> None:
    before = sorted(path.name for path in placed.iterdir())
    layout = obtain(placed, tmp_path / "home", release)
    assert layout.image_folder == tmp_path / "home" / "img_align_celeba"
    assert len(list(layout.image_folder.iterdir())) == 20
    assert sorted(path.name for path in placed.iterdir()) == before


def test_files_placed_by_hand_need_no_network(placed: Path, release: Release) -> None:
    layout = obtain(None, placed, release)
    assert layout.image_folder == placed / "img_align_celeba"
    assert layout.partition_file == placed / "list_eval_partition.txt"


def test_what_is_not_placed_is_downloaded_and_only_that(
    tmp_path: Path, placed: Path, release: Release, server: FileServer
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(placed / LISTS[0], home)
    obtain(None, home, release)
    assert {name for name, _ in server.asked} == {LISTS[1], "img_align_celeba.zip"}
    assert len(list((home / "img_align_celeba").iterdir())) == 20
    requests = len(server.asked)
    obtain(None, home, release)
    assert len(server.asked) == requests


def test_a_quota_page_placed_by_hand_under_the_archives_name_is_recognised(placed: Path, release: Release) -> None:
    (placed / "img_align_celeba.zip").write_bytes(QUOTA_PAGE)
    with pytest.raises(BenchError, match=r"img_align_celeba\.zip: .*quota.*24 hours, or get it from .*browser.*Delete"):
        obtain(None, placed, release)


def test_a_quota_page_from_the_server_names_where_to_put_the_file(
    tmp_path: Path, release: Release, server: FileServer
) -> None:
    server.files["img_align_celeba.zip"] = QUOTA_PAGE
    with pytest.raises(BenchError, match=rf"quota.*put it into {tmp_path / 'home'}"):
        obtain(None, tmp_path / "home", release)
    assert not (tmp_path / "home" / "img_align_celeba.zip").exists()


def test_a_truncated_archive_placed_by_hand_is_told(placed: Path, release: Release) -> None:
    archive = placed / "img_align_celeba.zip"
    archive.write_bytes(archive.read_bytes()[:-2000])
    with pytest.raises(BenchError, match=r"img_align_celeba\.zip is truncated or no zip.*Delete it and get it again"):
        obtain(None, placed, release)
    assert not (placed / "img_align_celeba").exists()


@pytest.mark.parametrize("name", LISTS)
def test_an_edited_list_has_the_wrong_checksum(placed: Path, release: Release, name: str) -> None:
    (placed / name).write_text((placed / name).read_text() + "\n")
    with pytest.raises(BenchError, match=rf"{name} has the wrong checksum.*set data\.source to 'folder'"):
        obtain(placed, placed.parent / "home", release)


def test_a_named_folder_without_the_archive_is_never_completed_from_the_network(
    tmp_path: Path, placed: Path, release: Release, server: FileServer
) -> None:
    (placed / "img_align_celeba.zip").unlink()
    with pytest.raises(BenchError, match=r"placed holds no img_align_celeba\.zip.*data\.folder to null"):
        obtain(placed, tmp_path / "home", release)
    with pytest.raises(BenchError, match="There is no folder"):
        obtain(tmp_path / "nowhere", tmp_path / "home", release)
    assert server.asked == []


def test_without_a_mirror_google_drive_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MIRROR_VARIABLE, raising=False)
    assert CELEBA.images.url.startswith("https://drive.usercontent.google.com/download?")
    assert CELEBA.images.url.endswith("id=0B7EVK8r0v71pZjFTYXZWM3FlRnM")


def test_the_command_takes_celeba_from_the_download_to_the_manifest(
    tmp_path: Path, release: Release, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(celeba, "CELEBA", release)
    monkeypatch.chdir(tmp_path)
    prepared = faces.prepare(data_settings(None, source="celeba"), tmp_path / "faces.json")
    assert prepared.images == 20
    assert prepared.image_folder == tmp_path / "data" / "celeba" / "img_align_celeba"
