"""GPUs: counted as the process may use them; a run on CelebA does not start without one unless told to."""

from pathlib import Path
from typing import Any

import pytest

from bench.runtime.gpus import visible
from bench.settings import load_settings, parse_settings
from bench.workflow.jobs import GO_ON, gpu_refusal
from tests import ROOT


@pytest.mark.parametrize(
    ("named", "names"),
    [
        ("", ()),
        ("-1", ()),
        ("0,3", ("0", "3")),
        ("GPU-8a1f, GPU-77,", ("GPU-8a1f", "GPU-77")),
        ("1,-1,2", ("1",)),
    ],
)
def test_cuda_visible_devices_decides_where_it_is_set(named: str, names: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "nvidia0").touch()
    assert visible({"CUDA_VISIBLE_DEVICES": named}, tmp_path) == names


def test_gpus_of_the_machine_are_counted_without_their_control_devices(tmp_path: Path) -> None:
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "null"):
        (tmp_path / name).touch()
    assert visible({}, tmp_path) == ("0", "1")


def test_celeba_is_refused_without_a_card_unless_told_to_go_on() -> None:
    celeba = load_settings(ROOT / "config" / "config.yaml")
    reason = gpu_refusal(celeba, 0, {})
    assert reason is not None
    assert GO_ON in reason
    assert gpu_refusal(celeba, 0, {GO_ON: "1"}) is None
    assert gpu_refusal(celeba, 1, {}) is None


def test_drawn_faces_need_no_gpu(smoke_content: dict[str, Any]) -> None:
    assert gpu_refusal(parse_settings(smoke_content, "smoke"), 0, {}) is None
