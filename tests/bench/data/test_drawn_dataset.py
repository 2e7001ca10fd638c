"""The data set of drawn faces on disk."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.data.drawn import dataset
from bench.data.drawn.attributes import CELEBA_ATTRIBUTES, DRAWN
from bench.data.drawn.dataset import TEST, TRAIN, VALID, draw_dataset, edit_targets
from bench.data.drawn.painter import meet, unchanged
from bench.errors import BenchError
from bench.settings import DataSettings, DrawnFaces

SETTINGS = DataSettings(
    source="drawn",
    drawn=DrawnFaces(train=28, valid=3, test=2, seed=5),
    image_size_px=16,
    attributes=("Black_Hair", "Blond_Hair", "Smiling"),
    combined_edits=(("Blond_Hair", "Smiling"),),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("drawn") / "faces"
    draw_dataset(target, SETTINGS, jobs=1)
    return target


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_layout_is_celebas(folder: Path) -> None:
    lines = (folder / "list_attr_celeba.txt").read_text().splitlines()
    assert lines[0] == "33"
    assert lines[1].split() == list(CELEBA_ATTRIBUTES)
    for number, line in enumerate(lines[2:], start=1):
        name, *values = line.split()
        assert name == f"{number:06d}.jpg"
        assert len(values) == 40
        assert set(values) <= {"1", "-1"}
    images = sorted(path.name for path in (folder / "img_align_celeba").iterdir())
    assert images == [f"{number:06d}.jpg" for number in range(1, 34)]
    partitions = [line.split() for line in (folder / "list_eval_partition.txt").read_text().splitlines()]
    assert [name for name, _ in partitions] == images
    assert [int(value) for _, value in partitions] == [TRAIN] * 28 + [VALID] * 3 + [TEST] * 2


def test_attributes_that_are_not_drawn_are_minus_one(folder: Path) -> None:
    rows = np.loadtxt(folder / "list_attr_celeba.txt", skiprows=2, usecols=range(1, 41))
    absent = [index for index, name in enumerate(CELEBA_ATTRIBUTES) if name not in DRAWN]
    assert (rows[:, absent] == -1).all()


def test_labels_and_pictures_are_those_of_the_partition_and_index(folder: Path) -> None:
    sitter, labels = meet(5, VALID, 1)
    assert (folder / "img_align_celeba/000030.jpg").read_bytes() == sitter.photo(sitter.clean(labels))
    row = (folder / "list_attr_celeba.txt").read_text().splitlines()[31].split()[1:]
    assert [row[CELEBA_ATTRIBUTES.index(name)] == "1" for name in DRAWN] == labels.tolist()


def test_counterfactuals_and_maps_exist_exactly_where_an_edit_changes_a_label(folder: Path) -> None:
    for kind, suffix in (("counterfactuals", "jpg"), ("unchanged", "png")):
        expected = set()
        for number, (partition, index) in enumerate(
            [(VALID, 0), (VALID, 1), (VALID, 2), (TEST, 0), (TEST, 1)], start=29
        ):
            _, labels = meet(5, partition, index)
            expected |= {f"{edit}/{number:06d}.{suffix}" for edit, _ in edit_targets(SETTINGS, labels)}
        files = {str(path.relative_to(folder / kind)) for path in (folder / kind).glob("*/*")}
        assert files == expected
        assert {path.name for path in (folder / kind).iterdir()} == set(SETTINGS.edits)


def test_maps_on_disk_are_those_of_clean_pictures(folder: Path) -> None:
    sitter, labels = meet(5, TEST, 0)
    for edit, target in edit_targets(SETTINGS, labels):
        stored = cv2.imread(str(folder / "unchanged" / edit / "000032.png"), cv2.IMREAD_UNCHANGED)
        assert stored is not None
        assert stored.shape == (218, 178)
        assert (stored == unchanged(sitter.clean(labels), sitter.clean(target))).all()


def test_result_does_not_depend_on_the_number_of_jobs(folder: Path, tmp_path: Path) -> None:
    draw_dataset(tmp_path / "faces", SETTINGS, jobs=2)
    assert content(tmp_path / "faces") == content(folder)


def test_a_face_does_not_depend_on_how_many_are_drawn(folder: Path, tmp_path: Path) -> None:
    fewer = SETTINGS.model_copy(update={"drawn": DrawnFaces(train=2, valid=1, test=1, seed=5)})
    draw_dataset(tmp_path / "faces", fewer, jobs=1)
    image = (tmp_path / "faces/img_align_celeba/000003.jpg").read_bytes()
    assert image == (folder / "img_align_celeba/000029.jpg").read_bytes()


def test_a_torn_run_leaves_no_folder_and_its_leftovers_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = SETTINGS.model_copy(update={"drawn": DrawnFaces(train=1, valid=1, test=1)})
    leftover = tmp_path / ".faces.killed.partial"
    leftover.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(dataset, "_write_lists", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            draw_dataset(tmp_path / "faces", small, jobs=1)
    assert list(tmp_path.iterdir()) == []
    draw_dataset(tmp_path / "faces", small, jobs=1)
    assert [path.name for path in tmp_path.iterdir()] == ["faces"]


def test_an_older_data_set_is_replaced_whole(tmp_path: Path) -> None:
    small = SETTINGS.model_copy(update={"drawn": DrawnFaces(train=1, valid=1, test=1)})
    (tmp_path / "faces").mkdir()
    (tmp_path / "faces" / "stray.txt").write_text("old")
    draw_dataset(tmp_path / "faces", small, jobs=1)
    assert not (tmp_path / "faces" / "stray.txt").exists()


def test_settings_without_drawn_faces_are_refused(tmp_path: Path) -> None:
    photos = DataSettings(source="celeba", image_size_px=32, attributes=("Smiling",))
    with pytest.raises(BenchError, match=r"data\.drawn"):
        draw_dataset(tmp_path / "faces", photos, jobs=1)
