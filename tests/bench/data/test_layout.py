from pathlib import Path

import pytest

from bench.data.annotations import read_attributes
from bench.data.layout import find_layout, match_images
from bench.errors import BenchError
from tests.support.celeba_shaped import make_folder


def test_a_flat_folder_and_celebas_own_archive_tree_are_found(tmp_path: Path) -> None:
    flat = make_folder(tmp_path / "flat", count=2)
    layout = find_layout(flat)
    assert layout.image_folder == flat / "img_align_celeba"
    assert layout.attributes_file == flat / "list_attr_celeba.txt"
    assert layout.partition_file == flat / "list_eval_partition.txt"

    tree = tmp_path / "tree"
    for part, name in (
        ("Img", "img_align_celeba"),
        ("Anno", layout.attributes_file.name),
        ("Eval", "list_eval_partition.txt"),
    ):
        (tree / part).mkdir(parents=True)
        (flat / name).rename(tree / part / name)
    assert find_layout(tree).image_folder == tree / "Img" / "img_align_celeba"
    assert find_layout(tree).attributes_file == tree / "Anno" / "list_attr_celeba.txt"


def test_a_mirror_that_nests_the_image_folder_in_itself_is_found(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data", count=2)
    inner = folder / "img_align_celeba" / "img_align_celeba"
    inner.mkdir()
    for image in (folder / "img_align_celeba").glob("*.jpg"):
        image.rename(inner / image.name)
    assert find_layout(folder).image_folder == inner


def test_without_a_partition_file_there_is_none(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data", count=2)
    (folder / "list_eval_partition.txt").unlink()
    assert find_layout(folder).partition_file is None


@pytest.mark.parametrize("missing", ["list_attr_celeba", "img_align_celeba"])
def test_what_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    folder = make_folder(tmp_path / "data", count=1)
    next(folder.glob(f"{missing}*")).rename(tmp_path / "elsewhere")
    with pytest.raises(BenchError, match=f"{folder} holds no .*{missing}.*data.folder"):
        find_layout(folder)
    with pytest.raises(BenchError, match="There is no folder"):
        find_layout(tmp_path / "nowhere")


def test_a_missing_image_is_named_with_its_line_and_the_number_of_all(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data", count=5)
    (folder / "img_align_celeba" / "000002.jpg").unlink()
    (folder / "img_align_celeba" / "000004.jpg").unlink()
    annotations = read_attributes(folder / "list_attr_celeba.txt", ("Smiling",))
    with pytest.raises(
        BenchError, match=r"list_attr_celeba\.txt, line 4: .*000002\.jpg is not there.*2 of 5 .*Put the image"
    ):
        match_images(annotations, folder / "img_align_celeba")


def test_png_images_stand_for_listed_jpegs(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data", count=2)
    for image in (folder / "img_align_celeba").glob("*.jpg"):
        image.rename(image.with_suffix(".png"))
    annotations = read_attributes(folder / "list_attr_celeba.txt", ("Smiling",))
    assert match_images(annotations, folder / "img_align_celeba") == ("000001.png", "000002.png")
