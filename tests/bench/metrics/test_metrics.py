import dataclasses
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bench.data.tensors import to_model
from bench.errors import BenchError
from bench.evaluation import judges
from bench.evaluation.candidates import Candidate, EvaluationSet
from bench.evaluation.distances import polynomial_kernel
from bench.evaluation.edit_tasks import CELL_EQUAL, Cell, equal_cells
from bench.evaluation.feature_extractors import JudgeExtractor, feature_space
from bench.evaluation.judges import FEATURES, Judge, ResidualJudge
from bench.evaluation.metric import Score
from bench.evaluation.pixels import inside_window, photo_background
from bench.evaluation.translations import EditedImages
from bench.metrics import (
    attribute_accuracy,
    background_error,
    closer_to_counterfactual,
    counterfactual_error,
    exchanged_judges,
    fid,
    kid,
    precision_recall,
    preservation_accuracy,
    quality,
)
from tests.support import painted_faces
from tests.support.painted_faces import ATTRIBUTES, DATA, HAIR, RULES, SMILE, judge_card

Images = NDArray[np.uint8]


class SeesPixels(nn.Module):
    """A perfect judge B: reads the painted attributes off the pixels."""

    def forward(self, images: Tensor) -> Tensor:
        levels = (images + 1) * 127.5
        hair, smile = levels[:, :, HAIR].mean((2, 3)), levels[:, :, SMILE[0], SMILE[1]].mean((2, 3))
        return torch.stack([60 - hair[:, 0], hair[:, 0] - 200, smile[:, 0] - 200], dim=1)


class SeesFeatures(ResidualJudge):
    """A judge A whose features are means of parts of the image, each on a scale of about 1."""

    def __init__(self) -> None:
        super().__init__(3, painted_faces.SIZE, 8)

    def embed(self, images: Tensor) -> Tensor:
        parts = (images[:, :, HAIR], images[:, :, SMILE[0], SMILE[1]], images[:, :, 5:10])
        return torch.cat([part.mean((2, 3)) for part in parts], dim=1) * 2


class SeesPixelsAndFeatures(SeesPixels):
    """That judge B, with features before its head, on a scale far from 1."""

    def trunk(self, images: Tensor) -> Tensor:
        features: Tensor = 50 + 7 * SeesFeatures().embed(images)
        return features


class SeesFeaturesAndPixels(SeesFeatures):
    """That judge A, which also says what it sees."""

    def forward(self, images: Tensor) -> Tensor:
        seen: Tensor = SeesPixels()(images)
        return seen


class SeesNothing(SeesFeatures):
    """A judge A to which every attribute is off."""

    def forward(self, images: Tensor) -> Tensor:
        return torch.full((len(images), 3), -1.0)


def judge(network: nn.Module, name: str) -> Judge:
    return Judge(network.eval(), judge_card(name), name * 16, torch.device("cpu"))


def evaluation(truth: bool = True, faces: int = 240, images: int | None = None) -> EvaluationSet:
    split = painted_faces.split("valid", faces, 3, truth)
    return EvaluationSet(split, RULES, DATA.edits, (judge(SeesFeatures(), "a"), judge(SeesPixels(), "b")), images)


@pytest.fixture(scope="module")
def drawn() -> EvaluationSet:
    return evaluation()


@pytest.fixture(scope="module")
def photos() -> EvaluationSet:
    return evaluation(truth=False)


def changed(one: EvaluationSet, change: Callable[[str, Images], Images]) -> Candidate:
    return Candidate(one, {edit: change(edit, task.sources.copy()) for edit, task in one.tasks.items()})


def values(scores: list[Score], attribute: str = "all") -> dict[str, float]:
    return {score.metric: score.value for score in scores if score.attribute == attribute}


def test_copies_do_no_edit_and_true_counterfactuals_do_every_edit(drawn: EvaluationSet) -> None:
    metric = attribute_accuracy.METRIC(drawn)
    assert values(list(metric.measure(drawn.identity))) == {
        "attribute_accuracy": 0.0,
        "attribute_accuracy_flipped": 0.0,
    }
    assert values(list(metric.measure(drawn.counterfactual)))["attribute_accuracy"] == 1.0
    assert values(list(metric.measure(drawn.counterfactual)), "Blond_Hair+Smiling")["attribute_accuracy"] == 1.0


def exchanged(judge_a: nn.Module) -> EvaluationSet:
    split = painted_faces.split("valid", 240, 3, True)
    pair = (judge(judge_a, "a"), judge(SeesPixelsAndFeatures(), "b"))
    return EvaluationSet(split, RULES, DATA.edits, pair, None)


def test_exchanged_judges_give_copies_0_and_true_edits_1() -> None:
    of_run = exchanged(SeesFeaturesAndPixels())
    metric = exchanged_judges.METRIC(of_run)
    truth, copy = (values(list(metric.measure(one))) for one in (of_run.counterfactual, of_run.identity))
    assert truth == pytest.approx({"quality_exchanged": 1.0, "attribute_accuracy_exchanged": 1.0}, abs=0.02)
    assert copy == pytest.approx({"quality_exchanged": 0.0, "attribute_accuracy_exchanged": 0.0})


def test_what_only_one_judge_sees_is_lost_when_they_are_exchanged() -> None:
    of_run = exchanged(SeesNothing())
    truth = values(list(exchanged_judges.METRIC(of_run).measure(of_run.counterfactual)))
    assert values(list(attribute_accuracy.METRIC(of_run).measure(of_run.counterfactual)))["attribute_accuracy"] == 1.0
    assert truth["attribute_accuracy_exchanged"] < 0.5


def test_judge_b_gives_standardised_features(drawn: EvaluationSet) -> None:
    features = exchanged_judges.FeaturesOfB(judge(SeesPixelsAndFeatures(), "b"), drawn.reals).features(drawn.reals)
    assert np.abs(features.mean(axis=0)).max() < 1e-6
    spread = features.std(axis=0)
    assert spread[spread > 0.5] == pytest.approx(1.0, abs=1e-6)


def test_a_flip_scores_the_mean_of_both_directions_however_many_images_each_has(drawn: EvaluationSet) -> None:
    task = drawn.tasks["Smiling"]
    always_on = np.ones_like(task.labels)
    assert attribute_accuracy.recall(task, RULES, always_on) == 0.5


def test_hair_is_right_only_with_every_other_colour_off(drawn: EvaluationSet) -> None:
    task = drawn.tasks["Blond_Hair"]
    both = task.targets.copy()
    both[:, 0] = True
    assert attribute_accuracy.recall(task, RULES, task.targets) == 1.0
    assert attribute_accuracy.recall(task, RULES, both) == 0.0


def test_preservation_counts_only_attributes_that_the_edit_is_not_about(drawn: EvaluationSet) -> None:
    metric = preservation_accuracy.METRIC(drawn)
    assert values(list(metric.measure(drawn.identity)))["preservation_accuracy"] == 1.0

    def smile_too(edit: str, images: Images) -> Images:
        images[:, SMILE[0], SMILE[1]] = (250, 60, 60)
        return images

    scores = list(metric.measure(changed(drawn, smile_too)))
    hair = drawn.tasks["Black_Hair"].labels[:, 2].mean()
    assert values(scores, "Black_Hair")["preservation_accuracy"] == pytest.approx(hair)
    assert values(scores, "Smiling")["preservation_accuracy"] == 1.0
    assert "preservation_accuracy" not in values(scores, "Blond_Hair+Smiling")  # it is about every attribute there is


def test_background_error_sees_only_pixels_that_the_true_edit_leaves(drawn: EvaluationSet) -> None:
    metric = background_error.METRIC(drawn)
    assert values(list(metric.measure(drawn.counterfactual)))["background_error"] == 0.0

    def brighter_bottom_row(edit: str, images: Images) -> Images:
        images[:, -1] += 51
        return images

    scores = values(list(metric.measure(changed(drawn, brighter_bottom_row))), "Smiling")
    unchanged = drawn.tasks["Smiling"].unchanged
    assert unchanged is not None
    share = 16 / unchanged.sum(axis=(1, 2)).mean()
    assert scores["background_error"] == pytest.approx(0.2 * share, rel=1e-5)
    assert scores["background_error_inside"] == 0.0
    assert scores["background_error_outside"] == pytest.approx(0.2 * 16 / 60, rel=1e-5)


def test_photos_have_their_border_and_all_outside_a_central_ellipse_as_background(photos: EvaluationSet) -> None:
    def face_only(edit: str, images: Images) -> Images:
        images[:, ~photo_background(16, 16)] = 0
        return images

    metric = background_error.METRIC(photos)
    assert values(list(metric.measure(changed(photos, face_only))))["background_error"] == 0.0
    assert photo_background(16, 16)[~inside_window(16, 16)].all()
    assert not photo_background(16, 16)[8, 8]


def test_counterfactual_error_is_divided_by_the_copys(drawn: EvaluationSet) -> None:
    metric = counterfactual_error.METRIC(drawn)
    truth, copy = (values(list(metric.measure(one))) for one in (drawn.counterfactual, drawn.identity))
    assert truth["counterfactual_error"] == truth["counterfactual_error_outside"] == 0.0
    assert copy["counterfactual_error_relative"] == 1.0
    assert copy["counterfactual_error_outside"] == 0.0

    def half_way(edit: str, images: Images) -> Images:
        truth = drawn.tasks[edit].counterfactuals
        assert truth is not None
        return ((images.astype(int) + truth) // 2).astype(np.uint8)

    half = values(list(metric.measure(changed(drawn, half_way))))
    assert half["counterfactual_error_relative"] == pytest.approx(0.5, abs=0.01)


def test_the_price_at_the_border_counts_only_faces_whose_edit_crosses_the_window(drawn: EvaluationSet) -> None:
    scores = list(counterfactual_error.METRIC(drawn).measure(drawn.identity))
    crossing = {score.attribute: score.n for score in scores if score.metric == "counterfactual_error_crossing"}
    assert crossing["Black_Hair"] == len(drawn.tasks["Black_Hair"].rows)
    assert "Smiling" not in crossing


def test_closer_to_counterfactual_is_judged_inside_the_edit_region_alone(drawn: EvaluationSet) -> None:
    metric = closer_to_counterfactual.METRIC(drawn)

    def spoiled_truth(edit: str, images: Images) -> Images:
        task = drawn.tasks[edit]
        assert task.counterfactuals is not None
        assert task.unchanged is not None
        return np.where(task.unchanged[..., None], 0, task.counterfactuals).astype(np.uint8)

    assert values(list(metric.measure(changed(drawn, spoiled_truth)))) == {"closer_to_counterfactual": 1.0}
    assert values(list(metric.measure(drawn.identity))) == {"closer_to_counterfactual": 0.0}


@pytest.mark.parametrize("name", ["drawn", "photos"])
def test_quality_of_the_copy_is_exactly_zero(name: str, request: pytest.FixtureRequest) -> None:
    one: EvaluationSet = request.getfixturevalue(name)
    scores = [score for score in quality.METRIC(one).measure(one.identity) if score.metric == "quality"]
    assert [score.value for score in scores] == [0.0] * 4


def test_quality_of_true_counterfactuals_is_near_one(drawn: EvaluationSet) -> None:
    assert values(list(quality.METRIC(drawn).measure(drawn.counterfactual)))["quality"] == pytest.approx(1.0, abs=0.03)


def test_true_edits_are_as_good_as_real_photos_with_the_target_labels(
    photos: EvaluationSet, drawn: EvaluationSet
) -> None:
    true = Candidate(photos, drawn.counterfactual.images)
    assert values(list(quality.METRIC(photos).measure(true)))["quality"] == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("name", ["drawn", "photos"])
def test_an_edit_that_drags_another_attribute_along_is_worse_than_the_right_one(
    name: str, request: pytest.FixtureRequest
) -> None:
    one: EvaluationSet = request.getfixturevalue(name)

    def entangled(edit: str, images: Images) -> Images:
        labels = one.tasks[edit].targets.copy()
        labels[:, 2] = labels[:, 1]  # a smile goes with blond hair
        return painted_faces.paint(images, labels)

    def right(edit: str, images: Images) -> Images:
        return painted_faces.paint(images, one.tasks[edit].targets)

    metric = quality.METRIC(one)
    worse, better = (
        values(list(metric.measure(changed(one, change))), "Blond_Hair")["quality"] for change in (entangled, right)
    )
    assert worse < better - 0.1


def test_photo_references_are_of_no_source_have_the_target_labels_and_serve_once(photos: EvaluationSet) -> None:
    metric = quality.METRIC(photos)
    for one in metric.cells:
        task, rows = photos.tasks[one.cell.edit], metric.reference_rows(one.cell)
        assert (photos.split.labels[rows] == task.targets[one.cell.positions]).all()
        assert len(set(rows.tolist())) == len(rows)
        assert not set(rows.tolist()) & set(task.rows[one.cell.positions].tolist())


def test_small_cells_are_dropped_and_listed() -> None:
    sizes = {"Black_Hair": 49, "Blond_Hair": 50, "Smiling": 900}
    cells = equal_cells(Cell(edit, "set", np.arange(size)) for edit, size in sizes.items())
    assert cells.dropped == {"Black_Hair:set": 49}
    assert [len(cell.positions) for cell in cells.kept] == [50, CELL_EQUAL]


def test_cells_are_of_equal_size_where_all_are_large() -> None:
    cells = equal_cells(Cell(edit, "set", np.arange(size)) for edit, size in (("a", 300), ("b", 900)))
    assert [len(cell.positions) for cell in cells.kept] == [300, 300]


def test_a_miniature_keeps_its_small_cells() -> None:
    cells = equal_cells(Cell(edit, "set", np.arange(size)) for edit, size in (("a", 9), ("b", 1)))
    assert [cell.edit for cell in cells.kept] == ["a"]
    assert cells.dropped == {"b:set": 1}
    with pytest.raises(BenchError, match="Evaluate more images"):
        equal_cells([Cell("a", "set", np.arange(3))])


def test_dropped_cells_are_listed_among_the_scores() -> None:
    one = evaluation(faces=90)
    scores = [score for score in quality.METRIC(one).measure(one.identity) if score.metric == "quality_dropped_cell"]
    kept = {cell.name for cell in one.cells.kept}
    assert scores
    assert {score.attribute for score in scores} == {
        "Black_Hair:set",
        "Blond_Hair:set",
        "Smiling:on",
        "Smiling:off",
    } - kept


def test_translations_of_other_images_are_refused(drawn: EvaluationSet) -> None:
    edited = {edit: EditedImages(task.rows, task.sources) for edit, task in drawn.tasks.items()}
    assert drawn.candidate(edited).images.keys() == drawn.tasks.keys()
    task = drawn.tasks["Smiling"]
    with pytest.raises(BenchError, match="other images"):
        drawn.candidate(edited | {"Smiling": EditedImages(task.rows[1:], task.sources[1:])})
    with pytest.raises(BenchError, match="lack the edit Smiling"):
        drawn.candidate({edit: images for edit, images in edited.items() if edit != "Smiling"})


def test_pools_are_even_over_attributes_and_directions(drawn: EvaluationSet) -> None:
    sizes = {len(cell.positions) for cell in drawn.cells.kept}
    assert len(drawn.identity.pool()) == min(sizes) * len(drawn.cells.kept)
    assert len(drawn.identity.pooled_features()) == len(drawn.identity.pool())


def test_judgements_do_not_depend_on_the_batch_size(drawn: EvaluationSet, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    network = judges.build(dataclasses.replace(judge_card("a"), attributes=ATTRIBUTES)).eval()
    one = judge(network, "a")
    whole = one.features(drawn.reals)
    monkeypatch.setattr(judges, "BATCH", 7)
    assert whole.shape == (240, FEATURES)
    np.testing.assert_allclose(one.features(drawn.reals), whole, atol=1e-5)
    with torch.no_grad():
        np.testing.assert_array_equal(one.predict(drawn.reals), (network(to_model(drawn.reals, "cpu")) > 0).numpy())


def test_distribution_metrics_name_their_protocol_and_are_silent_without_a_feature_space(
    drawn: EvaluationSet, tmp_path: Path
) -> None:
    one = evaluation()
    metrics = [module.METRIC(one) for module in (fid, kid, precision_recall)]
    assert not [score for metric in metrics for score in metric.measure(one.identity)]
    space = feature_space("judge", JudgeExtractor(one.judge_a), one.reals, tmp_path, "cpu")
    one.spaces = (space,)
    found: Mapping[str, float] = values([score for metric in metrics for score in metric.measure(one.identity)])
    assert set(found) == {
        "fid_judge_valid",
        "kid_judge_valid_full",
        "precision_judge_valid",
        "recall_judge_valid",
    }
    assert found["precision_judge_valid"] > 0.9


def test_kid_is_the_u_statistic_over_all_pairs_of_edits_and_reals(tmp_path: Path) -> None:
    one = evaluation()
    one.spaces = (feature_space("judge", JudgeExtractor(one.judge_a), one.reals, tmp_path, "cpu"),)
    (found,) = kid.METRIC(one).measure(one.identity)
    features, reals = one.identity.space_features(one.spaces[0]).numpy(), one.spaces[0].features.numpy()
    kernels = polynomial_kernel(features, features), polynomial_kernel(features, reals), polynomial_kernel(reals, reals)
    within = sum((kernel.sum() - np.trace(kernel)) / (len(kernel) * (len(kernel) - 1)) for kernel in kernels[::2])
    assert found.value == pytest.approx(within - 2 * kernels[1].mean(), abs=1e-9)


def test_importing_the_evaluator_imports_no_torchvision() -> None:
    code = (
        "import sys, bench.evaluation.evaluator, bench.evaluation.inference, bench.registry\n"
        "bench.registry.metrics()\n"
        "print('torchvision' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
