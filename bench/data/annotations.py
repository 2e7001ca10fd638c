"""Reads CelebA's annotation files, in the official text form and in the comma-separated form of its mirrors.

Text: line 1 a count, line 2 the attribute names, then `000001.jpg  -1  1 ...` padded by any number of spaces.
CSV: `image_id,Name,...`, then `000001.jpg,-1,1,...`, without a count. The partition file has no header as text and one
as CSV, and says 0 (train), 1 (valid) or 2 (test). Every fault is a BenchError that names file, line and remedy.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.registry import nearest
from bench.settings import DataSettings

VALUES = {"1": True, "-1": False}
PARTITIONS = {"0": "train", "1": "valid", "2": "test"}
ID_COLUMNS = {"image_id", "image", "file", "filename", "id"}
# CelebA's own shares, for folders without a partition file.
SEEDED_SHARES = {"train": 0.8, "valid": 0.1, "test": 0.1}
_PARTITION, _JUDGES = 0, 1


@dataclass(frozen=True)
class Annotations:
    """Names of the images in file order, the chosen `attributes`, `labels` (N, C) bool, and each row's line number."""

    file: Path
    names: tuple[str, ...]
    attributes: tuple[str, ...]
    labels: NDArray[np.bool_]
    lines: NDArray[np.int64]


@dataclass(frozen=True)
class _Row:
    """One line that holds something: its number, counted from 1, and its fields."""

    line: int
    fields: list[str]


def read_attributes(file: Path, attributes: Sequence[str]) -> Annotations:
    """Read the columns `attributes`, in that order, of every image in list_attr_celeba.txt or .csv."""
    rows = list(_rows(file))
    has_count = bool(rows) and len(rows[0].fields) == 1 and rows[0].fields[0].isdigit()
    expected = rows.pop(0) if has_count else None
    header = _take_header(rows, file)
    if repeated := [name for place, name in enumerate(header) if name in header[:place]]:
        raise BenchError(
            f"{file}: its header names {repeated[0]!r} twice. Rename one column, or put back the original."
        )
    if expected is not None and expected.fields[0] != str(len(rows)):
        raise BenchError(
            f"{file}, line {expected.line}: announces {expected.fields[0]} images, but {len(rows)} rows follow. "
            "The file is cut short or was edited: put back the whole file, or correct the count."
        )
    if unknown := next((name for name in attributes if name not in header), None):
        raise BenchError(f"{file}: has no attribute {unknown!r}.{nearest(unknown, header)} Correct data.attributes.")
    columns = [header.index(name) for name in attributes]
    labels = np.empty((len(rows), len(columns)), np.bool_)
    for index, row in enumerate(rows):
        values = _values(row, header, file)
        labels[index] = [values[column] for column in columns]
    _refuse_repeats(rows, file)
    lines = np.array([row.line for row in rows], np.int64)
    return Annotations(file, tuple(row.fields[0] for row in rows), tuple(attributes), labels, lines)


def read_partition(file: Path, names: Sequence[str]) -> NDArray[np.str_]:
    """The split of each of `names`, 'train', 'valid' or 'test', from list_eval_partition.txt or .csv."""
    rows = [row for row in _rows(file) if row.fields[0].lower() not in ID_COLUMNS]
    for row in rows:
        if len(row.fields) != 2:
            raise BenchError(
                f"{file}, line {row.line}: has {len(row.fields)} fields, expected 2: an image and its partition. "
                "Correct the line, or put back the original file."
            )
        if row.fields[1] not in PARTITIONS:
            raise BenchError(
                f"{file}, line {row.line}: partition {row.fields[1]!r} of {row.fields[0]} is none of 0 (train), "
                "1 (valid), 2 (test). Correct the line, or put back the original file."
            )
    _refuse_repeats(rows, file)
    partition = {row.fields[0]: PARTITIONS[row.fields[1]] for row in rows}
    if missing := [name for name in names if name not in partition]:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise BenchError(
            f"{file}: has no line for {missing[0]}{more}, which the attributes file lists. Add the lines, or "
            "remove the file for a seeded split."
        )
    return np.array([partition[name] for name in names], np.str_)


def _rows(file: Path) -> Iterator[_Row]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BenchError(
            f"No annotations file {file}. Put it there, or name the right folder in data.folder."
        ) from None
    except OSError as error:
        raise BenchError(f"{file} cannot be read ({error.strerror}). Mend that, or name another folder.") from None
    except UnicodeDecodeError as error:
        raise BenchError(f"{file} is not a text file ({error}). Put back the original file.") from None
    lines = text.splitlines()
    if lines and lines[0].lstrip().lower().startswith(("<!doctype", "<html")):
        raise BenchError(f"{file} is a web page, not annotations: its download failed. Download it again by hand.")
    commas = "," in next((line for line in lines if line.strip()), "")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            fields = [field.strip().strip('"') for field in line.split(",")] if commas else line.split()
            yield _Row(number, fields)


def _take_header(rows: list[_Row], file: Path) -> list[str]:
    """Remove the row of attribute names and return the names, without the images' own column."""
    if len(rows) < 2:
        raise BenchError(f"{file} lists no images. Put back the original file.")
    header = rows.pop(0)
    if header.fields[-1] in VALUES:
        raise BenchError(f"{file}, line {header.line}: expected attribute names, found values. Add the line of names.")
    return header.fields[1:] if header.fields[0].lower() in ID_COLUMNS else header.fields


def _values(row: _Row, header: list[str], file: Path) -> list[bool]:
    values = row.fields[1:]
    if len(values) != len(header):
        raise BenchError(
            f"{file}, line {row.line}: has {len(row.fields)} fields, expected {len(header) + 1}: an image name and "
            f"{len(header)} values. Correct the line, or put back the original file."
        )
    try:
        return [VALUES[value] for value in values]
    except KeyError:
        column, value = next((name, value) for name, value in zip(header, values, strict=True) if value not in VALUES)
        raise BenchError(
            f"{file}, line {row.line}: {column} of {row.fields[0]} is {value!r}; it can be 1 (has it) or -1 "
            "(has it not). Correct the line, or put back the original file."
        ) from None


def _refuse_repeats(rows: list[_Row], file: Path) -> None:
    first: dict[str, int] = {}
    for row in rows:
        name = row.fields[0]
        if name in first:
            raise BenchError(f"{file}, line {row.line}: {name} stands on line {first[name]} already. Remove one line.")
        first[name] = row.line


def split_rows(
    annotations: Annotations, partition_file: Path | None, settings: DataSettings
) -> dict[str, NDArray[np.int64]]:
    """Rows of the annotations in each split, ascending: train, judge_a, judge_b, valid and test, all disjoint.

    Each is a function of the names, the partition and a seed; the judges' are two seeded halves of `judges_share` of
    the train partition. BenchError if a split is empty.
    """
    if partition_file is None:
        partition = seeded_partition(len(annotations.names), settings.split_seed)
    else:
        partition = read_partition(partition_file, annotations.names)
    rows = {name: np.flatnonzero(partition == name) for name in SEEDED_SHARES}
    half = round(settings.judges_share * len(rows["train"]) / 2)
    shuffled = np.random.default_rng((settings.split_seed, _JUDGES)).permutation(rows["train"])
    judge_a, judge_b, train = map(np.sort, np.split(shuffled, [half, 2 * half]))
    rows |= {"judge_a": judge_a, "judge_b": judge_b, "train": train}
    for name, members in rows.items():
        if len(members) == 0:
            source = partition_file or f"the seeded split of {annotations.file}"
            raise BenchError(f"{source} leaves no image to split {name!r}. Add images, or change data.judges_share.")
    return rows


def seeded_partition(count: int, seed: int) -> NDArray[np.str_]:
    """'train', 'valid' or 'test' for each of `count` images, in the shares `SEEDED_SHARES`, at random by `seed`."""
    valid, test = (round(SEEDED_SHARES[name] * count) for name in ("valid", "test"))
    names = np.repeat(["train", "valid", "test"], [count - valid - test, valid, test])
    return np.random.default_rng((seed, _PARTITION)).permutation(names)


def describe_seeded(seed: int) -> str:
    """The words that state a seeded split."""
    shares = ", ".join(f"{name} {share:.0%}" for name, share in SEEDED_SHARES.items())
    return f"seeded split (seed {seed}: {shares})"
