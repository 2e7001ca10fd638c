from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from bench.errors import BenchError
from bench.evaluation import judge_training, judges
from bench.evaluation.candidates import task_of
from bench.evaluation.evaluator import Evaluator, shuffled_targets, translate_split
from bench.evaluation.translations import SHOWN, Translations
from bench.method import Translation
from bench.settings import JudgeSettings
from tests.support import painted_faces
from tests.support.painted_faces import ATTRIBUTES, DATA, RULES, judge_card, painted_store


@pytest.fixture(scope="module")
def judge_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("judges")
    files = folder / "judge_a.safetensors", folder / "judge_b.safetensors"
    for file, name in zip(files, "ab", strict=True):
        split = painted_faces.split(f"judge_{name}", 240, 9)
        plan = JudgeSettings(channels=8, epochs=8, batch_size=32)
        judges.save(file, judge_training.train(split, judge_card(name), plan), judge_card(name))
    return files


def copy(images: Tensor, targets: Tensor) -> Translation:
    return Translation(images)


def whitening(images: Tensor, targets: Tensor) -> Translation:
    """White by the share of attributes asked for: image, mask and segment tell the targets apart."""
    mask = targets.mean(dim=1)[:, None, None, None].expand(-1, 1, *images.shape[2:])
    return Translation(torch.lerp(images, torch.ones_like(images), mask), mask, torch.ones_like(images))


def test_a_copying_translator_scores_as_the_identity_control(judge_files: tuple[Path, Path]) -> None:
    evaluator = Evaluator(painted_store(), "valid", judge_files, DATA)
    measures = evaluator.quick(evaluator.translate(copy))
    expected = evaluator.measure(evaluator.evaluation.identity) | {"fid_judge_valid": measures["fid_judge_valid"]}
    assert measures == pytest.approx(expected, abs=1e-9)
    assert {"quality", "attribute_accuracy", "preservation_accuracy", "fid_judge_valid"} <= set(measures)
    assert {"background_error", "counterfactual_error", "closer_to_counterfactual"} <= set(measures)
    assert measures["quality"] == pytest.approx(0.0, abs=1e-9)
    assert measures["background_error"] == 0.0
    assert measures["attribute_accuracy"] < 0.05
    assert evaluator.preservation_ceiling == measures["preservation_accuracy"] > 0.95


def test_photos_have_no_counterfactual_metrics(judge_files: tuple[Path, Path]) -> None:
    evaluator = Evaluator(painted_store(truth=False), "valid", judge_files, DATA)
    measures = evaluator.quick(evaluator.translate(copy))
    assert not {name for name in measures if "counterfactual" in name}
    assert measures["quality"] == 0.0


def test_only_the_first_images_are_evaluated(judge_files: tuple[Path, Path]) -> None:
    evaluator = Evaluator(painted_store(), "valid", judge_files, DATA, images=60)
    translations = evaluator.translate(copy)
    assert max(int(edited.rows.max()) for edited in translations.edits.values()) < 60
    assert len(evaluator.evaluation.reals) == 60


def test_a_single_image_that_no_edit_concerns_is_an_error_with_a_remedy(judge_files: tuple[Path, Path]) -> None:
    evaluator = Evaluator(painted_store(), "valid", judge_files, DATA, images=0)
    with pytest.raises(BenchError, match="Evaluate more images"):
        evaluator.translate(copy)


def test_judges_in_the_wrong_order_or_of_other_faces_are_refused(
    judge_files: tuple[Path, Path], tmp_path: Path
) -> None:
    with pytest.raises(BenchError, match="Name judge a, then judge b"):
        Evaluator(painted_store(), "valid", (judge_files[1], judge_files[0]), DATA)
    other = painted_faces.PaintedStore(Path("other.json"), "elsewhere", ATTRIBUTES, 16, DATA.edits, {})
    with pytest.raises(BenchError, match=r"other faces than other\.json"):
        Evaluator(other, "valid", judge_files, DATA)


def test_translations_survive_their_file(tmp_path: Path) -> None:
    translations = translate_split(whitening, painted_faces.split("valid", 200, 0), DATA)
    translations.save(tmp_path / "made.safetensors")
    again = Translations.load(tmp_path / "made.safetensors")
    assert set(again.edits) == set(DATA.edits)
    assert not again.shuffled
    for edit, edited in translations.edits.items():
        np.testing.assert_array_equal(again.edits[edit].rows, edited.rows)
        np.testing.assert_array_equal(again.edits[edit].images, edited.images)
        assert edited.masks is not None
        assert again.edits[edit].masks is not None
        np.testing.assert_array_equal(again.edits[edit].masks, edited.masks)
        assert edited.masks.shape == (min(SHOWN, len(edited.rows)), 16, 16)


def test_what_is_shown_is_the_beginning_of_every_edit() -> None:
    translations = translate_split(whitening, painted_faces.split("valid", 200, 0), DATA)
    shown = translations.shown()
    assert set(shown.edits) == set(translations.edits)
    assert not shown.shuffled
    for edit, edited in shown.edits.items():
        assert len(edited.rows) == len(edited.images) == min(SHOWN, len(translations.edits[edit].rows))
        np.testing.assert_array_equal(edited.images, translations.edits[edit].images[:SHOWN])
        np.testing.assert_array_equal(edited.masks, translations.edits[edit].masks)


def test_masks_are_levels_of_the_unit_range() -> None:
    translations = translate_split(whitening, painted_faces.split("valid", 40, 0), DATA)
    masks = translations.edits["Blond_Hair+Smiling"].masks
    assert masks is not None
    assert set(np.unique(masks)) == {170}  # two of three attributes are asked for


def test_a_file_that_holds_no_translations_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"none\.safetensors.*python -m bench score"):
        Translations.load(tmp_path / "none.safetensors")


def test_shuffled_targets_are_of_another_edit_that_changes_a_label() -> None:
    split = painted_faces.split("valid", 240, 0)
    for edit in ATTRIBUTES:
        task_of_edit = task_of(split, RULES, edit, 240)
        shuffled = shuffled_targets(task_of_edit, RULES)
        others = [RULES.targets(task_of_edit.labels, other)[0] for other in ATTRIBUTES if other != edit]
        assert (shuffled != task_of_edit.labels).any(axis=1).all()
        assert (shuffled != task_of_edit.targets).any(axis=1).all()
        assert np.any([(shuffled == other).all(axis=1) for other in others], axis=0).all()
        np.testing.assert_array_equal(shuffled, shuffled_targets(task_of_edit, RULES))


def test_translations_do_not_depend_on_the_batch_size(monkeypatch: pytest.MonkeyPatch) -> None:
    split = painted_faces.split("valid", 100, 0)
    whole = translate_split(whitening, split, DATA)
    monkeypatch.setattr("bench.evaluation.evaluator.BATCH", 9)
    parts = translate_split(whitening, split, DATA)
    for edit, edited in whole.edits.items():
        np.testing.assert_array_equal(parts.edits[edit].images, edited.images)
        np.testing.assert_array_equal(parts.edits[edit].segments, edited.segments)
