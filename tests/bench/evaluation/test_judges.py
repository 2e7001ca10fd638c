import json
from pathlib import Path

import numpy as np
import pytest
import torch

from bench.errors import BenchError
from bench.evaluation import judge_training, judges
from bench.settings import JudgeSettings
from tests.support import painted_faces
from tests.support.painted_faces import ATTRIBUTES, judge_card

PLAN = JudgeSettings(channels=8, epochs=10, batch_size=32)


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_judge_learns_what_is_painted_and_equal_seeds_give_equal_bits(name: str) -> None:
    split = painted_faces.split(f"judge_{name}", 240, 1)
    networks = [judge_training.train(split, judge_card(name), PLAN) for _ in range(2)]
    accuracy = judge_training.accuracies(networks[0], painted_faces.split("valid", 120, 2), ATTRIBUTES)
    assert min(accuracy.values()) > 0.95
    states = [network.state_dict() for network in networks]
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])


def test_the_judges_differ_in_architecture() -> None:
    first, second = (judges.build(judge_card(name)) for name in "ab")
    kinds = [{type(module) for module in network.modules()} for network in (first, second)]
    assert torch.nn.AvgPool2d in kinds[0] - kinds[1]
    assert torch.nn.MaxPool2d in kinds[1] - kinds[0]


@pytest.mark.parametrize("size", [16, 32, 64, 128])
def test_judges_fit_every_image_size(size: int) -> None:
    for architecture in judges.ARCHITECTURES:
        card = judges.JudgeCard(architecture, ATTRIBUTES, size, 8, 1, "digest", {})
        with torch.no_grad():
            assert judges.build(card).eval()(torch.zeros(2, 3, size, size)).shape == (2, 3)


def test_a_saved_judge_loads_with_its_card_and_says_the_same(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = judges.build(judge_card("a")).eval()
    judges.save(tmp_path / "judge_a.safetensors", network, judge_card("a"))
    loaded = judges.load(tmp_path / "judge_a.safetensors")
    images = painted_faces.split("valid", 8, 0).images
    assert loaded.card == judge_card("a")
    assert json.loads((tmp_path / "judge_a.json").read_text())["data_digest"] == "digest"
    again = judges.Judge(network, judge_card("a"), "", torch.device("cpu"))
    np.testing.assert_array_equal(loaded.features(images), again.features(images))


def test_a_file_that_is_no_judge_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"judge_a.*python -m bench judge"):
        judges.load(tmp_path / "judge_a.safetensors")
    judges.save(tmp_path / "judge_a.safetensors", judges.build(judge_card("a")), judge_card("b"))
    with pytest.raises(BenchError, match=r"judge_a\.safetensors cannot be used"):
        judges.load(tmp_path / "judge_a.safetensors")


def test_no_images_for_a_judge_is_an_error_that_names_the_setting() -> None:
    with pytest.raises(BenchError, match="judges_share"):
        judge_training.train(painted_faces.split("judge_a", 0, 1), judge_card("a"), PLAN)


def test_augmentation_keeps_form_and_repeats_from_a_seed() -> None:
    images = torch.from_numpy(painted_faces.split("train", 12, 0).images).permute(0, 3, 1, 2)
    augmentation = judge_training.augmentation(16)
    augmented = []
    for _ in range(2):
        torch.manual_seed(5)
        augmented.append(torch.stack([augmentation(images) for _ in range(20)]))
    assert augmented[0].dtype == torch.uint8
    assert augmented[0].shape == (20, *images.shape)
    assert torch.equal(augmented[0], augmented[1])
    assert not torch.equal(augmented[0][0], augmented[0][1])


def test_block_quantisation_keeps_flat_blocks_and_loses_fine_detail_first() -> None:
    quantise = judge_training.BlockQuantisation(1.0, 1.0)
    flat = torch.full((2, 3, 16, 16), 128, dtype=torch.uint8)
    assert torch.equal(quantise(flat), flat)
    wave = 128 + 3 * torch.cos(torch.arange(16) * torch.pi)  # the finest wave, under half its step
    fine = wave.round().to(torch.uint8).expand(1, 3, 16, 16)
    assert quantise(fine).float().std() < 0.2 * fine.float().std()
    coarse = torch.where(torch.arange(16) < 8, 60, 190).to(torch.uint8).expand(1, 3, 16, 16)
    assert (quantise(coarse).float() - coarse.float()).abs().max() < 3
