"""Accuracy of the edits, and of what they leave alone."""

import numpy as np
import pytest

from bench.evaluation.candidates import EvaluationSet
from bench.metrics import (
    attribute_accuracy,
    preservation_accuracy,
)
from tests.support.painted_faces import RULES, SMILE
from tests.support.seeing_judges import (
    Images,
    changed,
    values,
)


def test_copies_do_no_edit_and_true_counterfactuals_do_every_edit(drawn: EvaluationSet) -> None:
    metric = attribute_accuracy.METRIC(drawn)
    assert values(list(metric.measure(drawn.identity))) == {
        "attribute_accuracy": 0.0,
        "attribute_accuracy_flipped": 0.0,
    }
    assert values(list(metric.measure(drawn.counterfactual)))["attribute_accuracy"] == 1.0
    assert values(list(metric.measure(drawn.counterfactual)), "Blond_Hair+Smiling")["attribute_accuracy"] == 1.0


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
