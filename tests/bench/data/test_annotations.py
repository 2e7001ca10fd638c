from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.data.annotations import read_attributes, read_partition, seeded_partition, split_rows
from bench.errors import BenchError
from tests.support.celeba_shaped import ATTRIBUTES, attribute_rows, data_settings, names_of, random_labels, write_lists

NAMES = names_of(3)
LABELS = random_labels(3)


def write_text(file: Path, rows: list[str], count: str | None = None) -> Path:
    lines = [count or str(len(rows)), " ".join(ATTRIBUTES), *rows]
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.mark.parametrize("padding", [" ", "   ", "\t"])
def test_the_text_form_is_read_with_any_padding(tmp_path: Path, padding: str) -> None:
    file = write_text(tmp_path / "list_attr_celeba.txt", attribute_rows(NAMES, LABELS, padding))
    annotations = read_attributes(file, ATTRIBUTES)
    assert annotations.names == tuple(NAMES)
    assert np.array_equal(annotations.labels, LABELS)
    assert annotations.lines.tolist() == [3, 4, 5]


@pytest.mark.parametrize("first", ["image_id", "Image_ID", '"image_id"'])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_csv_form_of_mirrors_says_the_same(tmp_path: Path, first: str, end: str) -> None:
    file = tmp_path / "list_attr_celeba.csv"
    rows = [",".join(row.split()) for row in attribute_rows(NAMES, LABELS)]
    file.write_bytes(("\ufeff" + end.join([",".join([first, *ATTRIBUTES]), *rows, ""])).encode())
    annotations = read_attributes(file, ATTRIBUTES)
    assert annotations.names == tuple(NAMES)
    assert np.array_equal(annotations.labels, LABELS)
    assert annotations.lines.tolist() == [2, 3, 4]


def test_chosen_attributes_come_in_the_order_asked_for(tmp_path: Path) -> None:
    file = write_text(tmp_path / "a.txt", attribute_rows(NAMES, LABELS))
    assert np.array_equal(read_attributes(file, ("Smiling", "Bald")).labels, LABELS[:, [3, 0]])


def test_a_list_of_one_attribute_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("2\nSmiling\na.jpg 1\nb.jpg -1\n")
    assert read_attributes(file, ("Smiling",)).labels.tolist() == [[True], [False]]


def test_an_unknown_attribute_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    file = write_text(tmp_path / "a.txt", attribute_rows(NAMES, LABELS))
    with pytest.raises(BenchError, match=r"a\.txt: has no attribute 'Smilling'\. Did you mean 'Smiling'\?"):
        read_attributes(file, ("Smilling",))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("000002.jpg 1 -1 1", r"line 4: has 4 fields, expected 5.*Correct the line"),
        ("000002.jpg 1 -1 1 1 1", r"line 4: has 6 fields, expected 5"),
        ("000002.jpg 1 -1 0 1", r"line 4: Blond_Hair of 000002\.jpg is '0'; it can be 1 .* or -1"),
        ("000002.jpg 1 -1 x 1", r"line 4: Blond_Hair of 000002\.jpg is 'x'"),
        ("000001.jpg 1 -1 1 1", r"line 4: 000001\.jpg stands on line 3 already\. Remove"),
    ],
)
def test_a_faulty_row_is_named_by_file_and_line(tmp_path: Path, row: str, message: str) -> None:
    rows = attribute_rows(NAMES, LABELS)
    file = write_text(tmp_path / "a.txt", [rows[0], row, rows[2]])
    with pytest.raises(BenchError, match=rf"a\.txt, {message}"):
        read_attributes(file, ATTRIBUTES)


def test_zeros_and_ones_of_a_mirror_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("image_id,Smiling\na.jpg,1\nb.jpg,0\n")
    with pytest.raises(BenchError, match=r"a\.csv, line 3: Smiling of b\.jpg is '0'"):
        read_attributes(file, ("Smiling",))


def test_a_file_with_fewer_rows_than_announced_is_cut_short(tmp_path: Path) -> None:
    file = write_text(tmp_path / "a.txt", attribute_rows(NAMES, LABELS), count="4")
    with pytest.raises(BenchError, match="line 1: announces 4 images, but 3 rows follow"):
        read_attributes(file, ATTRIBUTES)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "lists no images"),
        (b"1\n", "lists no images"),
        (b"a.jpg 1 -1\nb.jpg 1 -1\n", "line 1: expected attribute names, found values"),
        (b"<!DOCTYPE html><html>quota</html>", "is a web page"),
        (b"\xff\xd8\xff\xe0\x00\x80", "is not a text file"),
    ],
)
def test_what_is_no_annotations_file_is_told_so(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(BenchError, match=message):
        read_attributes(tmp_path / "a.txt", ("Smiling",))


def test_a_missing_annotations_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"No annotations file .*a\.txt"):
        read_attributes(tmp_path / "a.txt", ("Smiling",))


@pytest.mark.parametrize("content", ["a 0\nb   1\nc 2\n", "image_id,partition\na,0\nb,1\nc,2\n"])
def test_the_partition_is_read_in_both_forms_and_in_the_order_asked_for(tmp_path: Path, content: str) -> None:
    (tmp_path / "p").write_text(content)
    assert read_partition(tmp_path / "p", ["c", "a", "b"]).tolist() == ["test", "train", "valid"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a 0\nb 3\n", r"line 2: partition '3' of b is none of 0"),
        ("a 0\nb\n", r"line 2: has 1 fields, expected 2"),
        ("a 0\nb 1\na 1\n", r"line 3: a stands on line 1 already"),
        ("a 0\n", r"has no line for b and 1 more"),
    ],
)
def test_a_faulty_partition_is_named_by_file_and_line(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "p").write_text(content)
    with pytest.raises(BenchError, match=message):
        read_partition(tmp_path / "p", ["a", "b", "c"])


def rows_of(folder: Path, count: int = 40, official: bool = True, **changes: float) -> dict[str, list[int]]:
    write_lists(folder, names_of(count), random_labels(count))
    annotations = read_attributes(folder / "list_attr_celeba.txt", ("Smiling",))
    partition = folder / "list_eval_partition.txt" if official else None
    rows = split_rows(annotations, partition, data_settings(folder, **changes))
    return {name: members.tolist() for name, members in rows.items()}


@pytest.mark.parametrize("official", [True, False])
def test_the_splits_are_disjoint_and_hold_every_image(tmp_path: Path, official: bool) -> None:
    rows = rows_of(tmp_path, official=official)
    assert sorted(rows) == ["judge_a", "judge_b", "test", "train", "valid"]
    assert sorted(row for members in rows.values() for row in members) == list(range(40))
    assert all(members == sorted(members) for members in rows.values())


def test_the_official_partition_is_kept_and_judges_share_train_alone(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, judges_share=0.5)
    assert (rows["valid"], rows["test"]) == (list(range(28, 34)), list(range(34, 40)))
    assert (len(rows["train"]), len(rows["judge_a"]), len(rows["judge_b"])) == (14, 7, 7)


def test_a_seed_gives_the_same_splits_again_and_another_seed_others(tmp_path: Path) -> None:
    assert rows_of(tmp_path) == rows_of(tmp_path)
    assert rows_of(tmp_path)["judge_a"] != rows_of(tmp_path, split_seed=2)["judge_a"]


def test_a_split_without_images_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"leaves no image to split 'train'.*judges_share"):
        rows_of(tmp_path, judges_share=1.0)
    with pytest.raises(BenchError, match=r"seeded split of .* leaves no image to split 'valid'"):
        rows_of(tmp_path, count=3, official=False)


@given(count=st.integers(0, 500), seed=st.integers(0, 1000))
@settings(deadline=None)
def test_the_seeded_partition_keeps_celebas_shares(count: int, seed: int) -> None:
    partition = seeded_partition(count, seed)
    assert len(partition) == count
    assert np.count_nonzero(partition == "valid") == np.count_nonzero(partition == "test") == round(count / 10)
