from __future__ import annotations

import errno
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.runtime import lease
from bench.runtime.atomic_folders import appearing_whole, saying_disk_full


def test_a_folder_appears_with_all_its_files_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), appearing_whole(tmp_path / "made") as private:
        (private / "a").write_text(f"half of {1 / 0}")
    assert not list(tmp_path.glob("*made*"))
    with appearing_whole(tmp_path / "made") as private:
        (private / "a").write_text("whole")
        assert not (tmp_path / "made").exists()
    assert (tmp_path / "made" / "a").read_text() == "whole"


def test_a_new_folder_replaces_the_old_one_whole(tmp_path: Path) -> None:
    for name in ("old", "new"):
        with appearing_whole(tmp_path / "made") as private:
            (private / name).touch()
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["new"]


def test_a_failed_attempt_leaves_the_old_folder_in_place(tmp_path: Path) -> None:
    with appearing_whole(tmp_path / "made") as private:
        (private / "old").touch()
    with pytest.raises(ZeroDivisionError), appearing_whole(tmp_path / "made"):
        raise ZeroDivisionError
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["old"]


def test_a_writer_whose_lease_was_taken_over_replaces_nothing(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="taken over"), appearing_whole(tmp_path / "made"):
        take_over(tmp_path / lease.FOLDER / "made")
    assert not (tmp_path / "made").exists()


def take_over(leases: Path) -> None:
    """What another process does that took this one for dead."""
    current = max(leases.glob("*.json"))
    (leases / f"{int(current.stem) + 1:08d}.json").write_bytes(current.read_bytes())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_with_the_next_step(tmp_path: Path, number: int) -> None:
    with (
        pytest.raises(BenchError, match=r"No space left for .*made\. Free some space"),
        saying_disk_full(tmp_path / "made"),
    ):
        raise OSError(number, "full")


def test_other_faults_of_the_disk_keep_their_own_words(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), saying_disk_full(tmp_path):
        raise PermissionError(errno.EACCES, "denied")
