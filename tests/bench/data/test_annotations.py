from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.data.annotations import read_attributes, read_partition
from bench.errors import BenchError
from tests.support.celeba_shaped import ATTRIBUTES, attribute_rows, names_of, random_labels

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
