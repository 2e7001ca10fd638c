"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.runtime import atomic_files


def test_a_file_appears_whole_with_its_folders(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "table.csv"
    atomic_files.write_text(target, "x\n1\n")
    assert target.read_text(encoding="utf-8") == "x\n1\n"
    assert [file.name for file in target.parent.iterdir()] == ["table.csv"]


def test_a_failed_write_leaves_the_old_file_and_no_trace(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    target.write_text("old", encoding="utf-8")

    def fail() -> None:
        with atomic_files.appearing_whole(target) as private:
            private.write_text("half", encoding="utf-8")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail()
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_the_private_name_keeps_the_suffix(tmp_path: Path) -> None:
    with atomic_files.appearing_whole(tmp_path / "figure.svg") as private:
        assert private.suffix == ".svg"
        assert private.parent == tmp_path
        private.write_text("<svg/>", encoding="utf-8")


def test_json_that_is_not_json_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        atomic_files.write_json(tmp_path / "card.json", {"quality": float("nan")})
    assert list(tmp_path.iterdir()) == []
