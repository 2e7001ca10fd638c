"""Metrics by exchanged judges."""

import numpy as np
import pytest
from torch import nn

from bench.evaluation.candidates import EvaluationSet
from bench.metrics import (
    attribute_accuracy,
    exchanged_judges,
)
from tests.support import painted_faces
from tests.support.painted_faces import DATA, RULES
from tests.support.seeing_judges import (
    SeesFeaturesAndPixels,
    SeesNothing,
    SeesPixelsAndFeatures,
    judge,
    values,
)


def exchanged(judge_a: nn.Module) -> EvaluationSet:
    split = painted_faces.split("valid", 240, 3, True)
    pair = (judge(judge_a, "a"), judge(SeesPixelsAndFeatures(), "b"))
    return EvaluationSet(split, RULES, DATA.edits, pair, None)


def test_exchanged_judges_give_copies_0_and_true_edits_1() -> None:
    of_run = exchanged(SeesFeaturesAndPixels())
    metric = exchanged_judges.METRIC(of_run)
    truth, copy = (values(list(metric.measure(candidate))) for candidate in (of_run.counterfactual, of_run.identity))
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
