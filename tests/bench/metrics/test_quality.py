"""Quality: 0 for the copy, 1 for true edits."""

import pytest

from bench.evaluation.candidates import Candidate, EvaluationSet
from bench.metrics import (
    quality,
)
from tests.support import painted_faces
from tests.support.seeing_judges import (
    Images,
    changed,
    evaluation,
    values,
)


@pytest.mark.parametrize("name", ["drawn", "photos"])
def test_quality_of_the_copy_is_exactly_zero(name: str, request: pytest.FixtureRequest) -> None:
    evaluated: EvaluationSet = request.getfixturevalue(name)
    scores = [score for score in quality.METRIC(evaluated).measure(evaluated.identity) if score.metric == "quality"]
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
    evaluated: EvaluationSet = request.getfixturevalue(name)

    def entangled(edit: str, images: Images) -> Images:
        labels = evaluated.tasks[edit].targets.copy()
        labels[:, 2] = labels[:, 1]  # a smile goes with blond hair
        return painted_faces.paint(images, labels)

    def right(edit: str, images: Images) -> Images:
        return painted_faces.paint(images, evaluated.tasks[edit].targets)

    metric = quality.METRIC(evaluated)
    worse, better = (
        values(list(metric.measure(changed(evaluated, change))), "Blond_Hair")["quality"]
        for change in (entangled, right)
    )
    assert worse < better - 0.1


def test_photo_references_are_of_no_source_have_the_target_labels_and_serve_once(photos: EvaluationSet) -> None:
    metric = quality.METRIC(photos)
    for cell in metric.cells:
        task, rows = photos.tasks[cell.cell.edit], metric.reference_rows(cell.cell)
        assert (photos.split.labels[rows] == task.targets[cell.cell.positions]).all()
        assert len(set(rows.tolist())) == len(rows)
        assert not set(rows.tolist()) & set(task.rows[cell.cell.positions].tolist())


def test_dropped_cells_are_listed_among_the_scores() -> None:
    evaluated = evaluation(faces=90)
    scores = [
        score
        for score in quality.METRIC(evaluated).measure(evaluated.identity)
        if score.metric == "quality_dropped_cell"
    ]
    kept = {cell.name for cell in evaluated.cells.kept}
    assert scores
    assert {score.attribute for score in scores} == {
        "Black_Hair:set",
        "Blond_Hair:set",
        "Smiling:on",
        "Smiling:off",
    } - kept
