from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.data.annotations import read_attributes
from bench.data.splits import seeded_partition, split_rows
from bench.errors import BenchError
from tests.support.celeba_shaped import data_settings, names_of, random_labels, write_lists


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
