"""Translating a user's own photos."""

import argparse
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from bench import registry
from bench.commands import translate
from bench.errors import BenchError
from bench.evaluation.photos import parse_wanted, photo_targets, read_photo
from bench.method import Problem
from bench.settings.edits import EditRules
from bench.training import saved_model

ATTRIBUTES = ("Black_Hair", "Blond_Hair", "Smiling")
RULES = EditRules(ATTRIBUTES, (("Black_Hair", "Blond_Hair"),))


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    """A masked model as training leaves it, untrained."""
    problem = Problem(ATTRIBUTES, 16, 4, 1, 4, (0.3, 0.2, 0.5), (0.3, 0.2, 0.5))
    model = registry.build("acl.plus_mask", {}, {}, problem)
    torch.manual_seed(0)
    card = {
        "model": "acl.plus_mask",
        "weights": dict(model.weights),
        "readings": dict(model.switches),
        "problem": asdict(problem),
        "exclusive": [["Black_Hair", "Blond_Hair"]],
    }
    file = tmp_path / "models" / "model.safetensors"
    saved_model.save(file, model.build_generator(), card)
    return file


def _run(model_file: Path, photos: list[Path], wanted: list[str], folder: Path) -> None:
    translate.run(argparse.Namespace(model=model_file, photos=photos, wanted=wanted, judge=None, output_folder=folder))


def test_photos_of_any_size_and_mode_give_translation_mask_and_segment(model_file: Path, tmp_path: Path) -> None:
    photos = []
    for mode, size in (("RGB", (90, 40)), ("L", (16, 300)), ("RGBA", (7, 7)), ("P", (64, 64)), ("CMYK", (33, 50))):
        photo = tmp_path / f"{mode}.{'jpg' if mode == 'CMYK' else 'png'}"
        Image.new(mode, size).save(photo)
        photos.append(photo)
    _run(model_file, photos, ["Black_Hair=0", "Blond_Hair=1", "Smiling=1"], tmp_path / "out")
    assert len(list((tmp_path / "out").glob("*.png"))) == 3 * len(photos)
    with Image.open(tmp_path / "out" / "RGB.translation.png") as translation:
        assert (translation.size, translation.mode) == ((16, 16), "RGB")
    with Image.open(tmp_path / "out" / "RGB.mask.png") as mask:
        assert (mask.size, mask.mode) == ((16, 16), "L")


def test_setting_a_colour_clears_its_rivals_and_keeps_the_rest() -> None:
    labels = np.array([[True, False, True], [False, False, False]])
    targets = photo_targets(labels, {"Blond_Hair": True}, RULES)
    assert targets.tolist() == [[False, True, True], [False, True, False]]
    assert photo_targets(labels, {"Smiling": False}, RULES)[0].tolist() == [True, False, False]


def test_a_transparent_photo_is_laid_on_white(tmp_path: Path) -> None:
    photo = tmp_path / "clear.png"
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(photo)
    assert (read_photo(photo, 8) == 255).all()


def test_the_middle_square_is_taken(tmp_path: Path) -> None:
    pixels = np.zeros((10, 30, 3), np.uint8)
    pixels[:, 10:20] = 200
    photo = tmp_path / "wide.png"
    Image.fromarray(pixels).save(photo)
    assert (read_photo(photo, 10) == 200).all()


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (["Smilling=1"], "Did you mean 'Smiling'"),
        (["Smiling=2"], "must be 0 or 1"),
        (["Smiling"], "must be 0 or 1"),
        (["Smiling=1", "Smiling=0"], "--set Smiling=0 contradicts --set Smiling=1"),
        (["Black_Hair=1", "Blond_Hair=1"], "--set Black_Hair=1 contradicts --set Blond_Hair=1: a face has one"),
    ],
)
def test_wrong_or_contradictory_attributes_are_named(wanted: list[str], message: str) -> None:
    with pytest.raises(BenchError, match=message):
        parse_wanted(wanted, RULES)


def test_the_same_attribute_twice_and_one_colour_of_several_are_fine() -> None:
    wanted = ["Smiling=1", "Smiling=1", "Black_Hair=0", "Blond_Hair=1"]
    assert parse_wanted(wanted, RULES) == {"Smiling": True, "Black_Hair": False, "Blond_Hair": True}


def test_two_photos_whose_results_would_have_one_name_are_refused(model_file: Path, tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"me\.jpg and .*me\.png would both give me\.translation\.png"):
        _run(model_file, [tmp_path / "me.jpg", tmp_path / "me.png"], ["Smiling=1"], tmp_path / "out")


def test_what_is_no_photo_is_named(model_file: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.jpg"
    text.write_text("not a picture")
    with pytest.raises(BenchError, match=r"text\.jpg cannot be read as a picture"):
        read_photo(text, 16)
    with pytest.raises(BenchError, match=r"absent\.jpg cannot be read .*no such file.*at most 50 million pixels"):
        read_photo(tmp_path / "absent.jpg", 16)


def test_attributes_that_are_not_set_need_a_judge(model_file: Path, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    Image.new("RGB", (20, 20)).save(photo)
    with pytest.raises(BenchError, match=r"no judge .* Name one with --judge"):
        _run(model_file, [photo], ["Smiling=1"], tmp_path / "out")
