import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bench.commands import pack as command
from bench.data import packer
from bench.data.faces import Faces
from bench.data.resize import read_square
from bench.data.store import SPLITS, Store
from bench.errors import BenchError
from bench.settings import DataSettings
from tests.support.celeba_shaped import data_settings, full_disk, make_folder, smooth_image


def faces_of(folder: Path, edits: bool = False) -> Faces:
    return Faces(
        source="folder",
        image_folder=folder / "img_align_celeba",
        attributes_file=folder / "list_attr_celeba.txt",
        partition_file=folder / "list_eval_partition.txt",
        counterfactuals=folder / "counterfactuals" if edits else None,
        unchanged=folder / "unchanged" if edits else None,
        images=20,
        digest="0123456789abcdef",
    )


def with_edits(folder: Path, data: DataSettings) -> Faces:
    """Add a counterfactual of every edit that applies: the face with its lower left 40 pixels grey."""
    faces = faces_of(folder, edits=True)
    packer.pack(data, faces_of(folder), 16, folder / "plain.json")
    store = Store.open(folder / "plain.json")
    for split in (store.split("valid"), store.split("test")):
        for edit in data.edits:
            _, applies = data.rules.targets(split.labels, edit)
            for name in np.array(split.names)[applies]:
                write_edit(folder, edit, Path(name).stem)
    return faces


def write_edit(folder: Path, edit: str, stem: str) -> None:
    for kind in ("counterfactuals", "unchanged"):
        (folder / kind / edit).mkdir(parents=True, exist_ok=True)
    image = smooth_image(int(stem) - 1)  # what make_folder saved, before JPEG
    image.paste((128, 128, 128), (0, 160, 40, 200))
    image.save(folder / "counterfactuals" / edit / f"{stem}.jpg")
    unchanged = Image.new("L", (178, 218), 255)
    unchanged.paste(0, (0, 160, 40, 200))
    unchanged.save(folder / "unchanged" / edit / f"{stem}.png")


def test_a_packed_split_holds_its_images_labels_and_names(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data")
    packer.pack(data_settings(folder), faces_of(folder), 16, tmp_path / "pack16.json")
    store = Store.open(tmp_path / "pack16.json")
    assert (store.attributes, store.image_size_px, store.edits) == (("Smiling", "Black_Hair"), 16, ())
    assert sum(len(store.split(name)) for name in SPLITS) == 20
    for split in map(store.split, SPLITS):
        assert isinstance(split.images, np.memmap)
        assert split.counterfactuals is None
        for row, name in enumerate(split.names):
            assert np.array_equal(split.images[row], read_square(folder / "img_align_celeba" / name, 178, 16))


def test_the_result_and_its_digest_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data", count=40)
    for jobs in (1, 2):
        packer.pack(data_settings(folder), faces_of(folder), 16, tmp_path / f"pack{jobs}.json", jobs)
    first, second = (Store.open(tmp_path / f"pack{jobs}.json") for jobs in (1, 2))
    assert first.digest == second.digest
    assert np.array_equal(first.split("train").images, second.split("train").images)


def test_the_digest_follows_the_content(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data")
    digests = set()
    for attempt in range(3):
        packer.pack(data_settings(folder), faces_of(folder), 16, tmp_path / "pack.json")
        digests.add(Store.open(tmp_path / "pack.json").digest)
        if attempt == 1:
            smooth_image(99).save(folder / "img_align_celeba" / "000001.jpg")
    assert len(digests) == 2


def test_counterfactuals_are_aligned_with_the_rows_and_unchanged_pixels_are_equal(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data")
    data = data_settings(folder, combined_edits=(("Smiling", "Black_Hair"),))
    packer.pack(data, with_edits(folder, data), 32, tmp_path / "pack32.json")
    store = Store.open(tmp_path / "pack32.json")
    assert store.edits == ("Smiling", "Black_Hair", "Smiling+Black_Hair")
    assert store.split("train").counterfactuals is None
    for split in (store.split("valid"), store.split("test")):
        assert split.counterfactuals is not None
        for edit, counterfactual in split.counterfactuals.items():
            assert np.array_equal(counterfactual.applies, data.rules.targets(split.labels, edit)[1])
            assert not counterfactual.images[~counterfactual.applies].any()
            equal = (counterfactual.images == split.images).all(axis=3)
            assert equal[counterfactual.unchanged].all()
            assert 0.7 < counterfactual.unchanged[counterfactual.applies].mean() < 1


def test_a_missing_counterfactual_is_named(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data")
    data = data_settings(folder)
    faces = with_edits(folder, data)
    missing_file = next((folder / "counterfactuals" / "Smiling").iterdir())
    missing_file.unlink()
    with pytest.raises(BenchError, match=f"{missing_file}.*no such file"):
        packer.pack(data, faces, 16, tmp_path / "pack.json")


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_unreadable_image_is_named_and_leaves_no_pack(tmp_path: Path, jobs: int) -> None:
    folder = make_folder(tmp_path / "data")
    (folder / "img_align_celeba" / "000005.jpg").write_bytes(b"torn")
    with pytest.raises(BenchError, match=r"000005\.jpg \(list_attr_celeba\.txt, line 7\): the image cannot be read"):
        packer.pack(data_settings(folder), faces_of(folder), 16, tmp_path / "pack.json", jobs)
    assert not list(tmp_path.glob("*pack*"))


def test_a_failed_pack_does_not_leave_the_manifest_of_an_older_one(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data")
    packer.pack(data_settings(folder), faces_of(folder), 16, tmp_path / "pack.json")
    (folder / "img_align_celeba" / "000005.jpg").write_bytes(b"torn")
    with pytest.raises(BenchError):
        packer.pack(data_settings(folder), faces_of(folder), 16, tmp_path / "pack.json")
    with pytest.raises(BenchError, match=r"pack\.json cannot be used: it is not there"):
        Store.open(tmp_path / "pack.json")


def test_a_disk_without_room_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder(tmp_path / "data")
    monkeypatch.setattr("shutil.disk_usage", full_disk)
    with pytest.raises(BenchError, match=r"No space left for .*pack\.json: it needs .*Free some space"):
        packer.pack(data_settings(folder), faces_of(folder), 16, tmp_path / "pack.json")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"digest": 1}'])
def test_what_is_no_manifest_is_told_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "pack.json").write_text(content)
    with pytest.raises(BenchError, match=r"pack\.json cannot be used"):
        Store.open(tmp_path / "pack.json")


def test_a_lost_array_and_an_unknown_split_are_errors(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data")
    packer.pack(data_settings(folder), faces_of(folder), 16, tmp_path / "pack.json")
    (tmp_path / "pack" / "valid.images.npy").unlink()
    with pytest.raises(BenchError, match=r"valid\.images\.npy cannot be used.*bench pack"):
        Store.open(tmp_path / "pack.json").split("valid")
    with pytest.raises(BenchError, match=r"no split 'vali'\. Did you mean 'valid'"):
        Store.open(tmp_path / "pack.json").split("vali")


def test_the_command_packs_the_faces_that_a_manifest_names(tmp_path: Path, smoke_content: dict[str, Any]) -> None:
    folder = make_folder(tmp_path / "data")
    faces_of(folder).write(tmp_path / "faces.json")
    smoke_content["data"] |= {
        "source": "folder",
        "folder": str(folder),
        "attributes": ["Smiling"],
        "combined_edits": [],
    }
    (tmp_path / "config.yaml").write_text(json.dumps(smoke_content))
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    paths = [f"--{name}={tmp_path / file}" for name, file in (("config", "config.yaml"), ("faces", "faces.json"))]
    command.run(parser.parse_args([*paths, f"--output={tmp_path / 'pack16.json'}", "--size=16", "--jobs=1"]))
    assert Store.open(tmp_path / "pack16.json").attributes == ("Smiling",)
