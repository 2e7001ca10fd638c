"""Cards: counted as the process may use them; a run on CelebA does not start without one unless told to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench import cards, settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("visible", "expected"), [("", 0), ("-1", 0), ("0", 1), ("0,3", 2), ("GPU-a,GPU-b,", 2)])
def test_visible_devices_decide_where_they_are_set(visible: str, expected: int, tmp_path: Path) -> None:
    (tmp_path / "nvidia0").touch()
    assert cards.count({"CUDA_VISIBLE_DEVICES": visible}, tmp_path) == expected


def test_cards_of_the_machine_are_counted_without_their_control_devices(tmp_path: Path) -> None:
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "null"):
        (tmp_path / name).touch()
    assert cards.count({}, tmp_path) == 2


def test_celeba_is_refused_without_a_card_unless_told_to_go_on() -> None:
    celeba = settings.load(ROOT / "config" / "config.yaml")
    reason = cards.refusal(celeba, 0, {})
    assert reason is not None
    assert cards.GO_ON in reason
    assert cards.refusal(celeba, 0, {cards.GO_ON: "1"}) is None
    assert cards.refusal(celeba, 1, {}) is None


def test_drawn_faces_need_no_card(smoke_content: dict[str, Any]) -> None:
    assert cards.refusal(settings.parse(smoke_content, "smoke"), 0, {}) is None


def test_hours_count_every_trial_and_every_seed(smoke_content: dict[str, Any]) -> None:
    """13 trials x 0.032 + 2 pilots x 0.0064 + 3 trainings x 0.064 kimg are 620.8 images, at 46 x 64 a second."""
    assert cards.hours(settings.parse(smoke_content, "smoke")) == pytest.approx(620.8 / (46 * 64) / 3600)
