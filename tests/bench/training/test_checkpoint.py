"""A checkpoint is whole and of this work, or it is not used."""

from pathlib import Path

import numpy as np
import pytest
import torch

from bench.training.checkpoint import Checkpoints, random_state, set_random_state

CPU = torch.device("cpu")


@pytest.fixture
def checkpoints(tmp_path: Path) -> Checkpoints:
    store = Checkpoints(tmp_path, "mine")
    for step in (1, 2, 3):
        store.save(step, {"step": step, "weights": {"w": torch.full((4,), float(step))}})
    return store


def test_the_newest_of_two_kept_is_loaded(checkpoints: Checkpoints, tmp_path: Path) -> None:
    saved = checkpoints.load(CPU)
    assert saved is not None
    assert saved["step"] == 3
    assert saved["weights"]["w"].tolist() == [3.0] * 4
    assert len(list(tmp_path.glob("*.checkpoint"))) == 2


@pytest.mark.parametrize("spoil", ["cut", "flip", "empty", "no header"])
def test_a_torn_checkpoint_is_passed_over_for_the_one_before(
    checkpoints: Checkpoints, tmp_path: Path, spoil: str, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = max(tmp_path.glob("*.checkpoint"))
    content = newest.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    newest.write_bytes({"cut": content[:-7], "flip": flipped, "empty": b"", "no header": b"\xff\n"}[spoil])
    saved = checkpoints.load(CPU)
    assert saved is not None
    assert saved["step"] == 2
    assert newest.name in capsys.readouterr().err


def test_with_all_torn_training_starts_from_none(checkpoints: Checkpoints, tmp_path: Path) -> None:
    for file in tmp_path.glob("*.checkpoint"):
        file.write_bytes(b"torn")
    assert checkpoints.load(CPU) is None


def test_a_foreign_checkpoint_is_never_used(
    checkpoints: Checkpoints, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Checkpoints(tmp_path, "another").load(CPU) is None
    assert capsys.readouterr().err.count("it belongs to another training") == 2


def test_what_a_killed_writer_left_is_cleared(checkpoints: Checkpoints, tmp_path: Path) -> None:
    left = tmp_path / ".step000000004.0a1b2c3d.checkpoint"
    left.write_bytes(b"half")
    assert checkpoints.load(CPU) is not None
    assert not left.exists()


def test_random_states_go_through_a_checkpoint(tmp_path: Path) -> None:
    store = Checkpoints(tmp_path, "mine")
    store.save(1, {"random": random_state()})
    expected = (torch.rand(3).tolist(), np.random.random(3).tolist())
    saved = store.load(CPU)
    assert saved is not None
    set_random_state(saved["random"])
    assert (torch.rand(3).tolist(), np.random.random(3).tolist()) == expected
