import json
from pathlib import Path

import pytest

from bench.data import faces
from bench.data.faces import read_faces
from bench.data.packer import pack
from bench.data.store import SPLITS, Store
from bench.errors import BenchError
from tests.support.celeba_shaped import data_settings, make_folder, smooth_image


def test_a_folder_of_the_users_is_found_checked_and_named_in_the_manifest(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "mine")
    prepared = faces.prepare(data_settings(folder), tmp_path / "faces.json")
    assert read_faces(tmp_path / "faces.json") == prepared
    content = json.loads((tmp_path / "faces.json").read_text())
    assert content["image_folder"] == str(folder / "img_align_celeba")
    assert content["images"] == 20
    assert content["counterfactuals"] is None


def test_the_digest_follows_content_not_place(tmp_path: Path) -> None:
    first = faces.prepare(data_settings(make_folder(tmp_path / "a")), tmp_path / "a.json")
    second = faces.prepare(data_settings(make_folder(tmp_path / "b")), tmp_path / "b.json")
    assert first.digest == second.digest
    smooth_image(77).save(tmp_path / "b" / "img_align_celeba" / "000003.jpg")
    assert faces.prepare(data_settings(tmp_path / "b"), tmp_path / "b.json").digest != first.digest


@pytest.mark.parametrize(("suffix", "size"), [(".png", (64, 64)), (".jpg", (96, 80))])
def test_other_sizes_and_formats_without_a_partition_get_a_stated_seeded_split(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str, size: tuple[int, int]
) -> None:
    folder = make_folder(tmp_path / "mine", suffix=suffix, size=size)
    (folder / "list_eval_partition.txt").unlink()
    data = data_settings(folder, crop_px=64, attributes=("Blond_Hair",), split_seed=5)
    prepared = faces.prepare(data, tmp_path / "faces.json")
    said = capsys.readouterr().err
    assert "seeded split (seed 5: train 80%, valid 10%, test 10%)" in said
    pack(data, prepared, 16, tmp_path / "pack.json")
    store = Store.open(tmp_path / "pack.json")
    assert [len(store.split(name)) for name in SPLITS] == [10, 3, 3, 2, 2]
    assert "seed 5" in json.loads((tmp_path / "pack.json").read_text())["partition"]


def test_faults_are_found_before_the_manifest_is_written(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "mine")
    faces.prepare(data_settings(folder), tmp_path / "faces.json")
    (folder / "img_align_celeba" / "000020.jpg").unlink()
    with pytest.raises(BenchError, match=r"line 22: .*000020\.jpg is not there"):
        faces.prepare(data_settings(folder), tmp_path / "faces.json")
    with pytest.raises(BenchError, match=r"faces\.json cannot be used: it is not there"):
        read_faces(tmp_path / "faces.json")


def test_drawn_faces_become_a_folder_beside_the_manifest_and_pack_with_counterfactuals(tmp_path: Path) -> None:
    data = data_settings(
        None,
        source="drawn",
        drawn={"train": 10, "valid": 4, "test": 4, "seed": 2},
        attributes=("Brown_Hair", "Smiling"),
        combined_edits=(("Brown_Hair", "Smiling"),),
    )
    prepared = faces.prepare(data, tmp_path / "faces.json")
    assert prepared.image_folder == tmp_path / "faces" / "img_align_celeba"
    assert prepared.images == 18
    pack(data, prepared, 32, tmp_path / "pack.json")
    valid = Store.open(tmp_path / "pack.json").split("valid")
    assert valid.counterfactuals is not None
    for counterfactual in valid.counterfactuals.values():
        equal = (counterfactual.images == valid.images).all(axis=3)
        assert equal[counterfactual.unchanged].all()
        assert not equal[counterfactual.applies].all()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"source": "drawn"}'])
def test_what_is_no_faces_manifest_is_told_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "faces.json").write_text(content)
    with pytest.raises(BenchError, match=r"faces\.json cannot be used"):
        read_faces(tmp_path / "faces.json")
