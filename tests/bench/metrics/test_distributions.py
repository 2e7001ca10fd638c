"""FID, KID, precision and recall."""

from collections.abc import Mapping

import numpy as np
import pytest

from bench.evaluation.candidates import EvaluationSet
from bench.evaluation.distances import polynomial_kernel
from bench.evaluation.feature_extractors import JudgeExtractor, feature_space
from bench.metrics import (
    fid,
    kid,
    precision_recall,
)
from tests.support.seeing_judges import (
    evaluation,
    values,
)


def test_distribution_metrics_name_their_protocol_and_are_silent_without_a_feature_space(
    drawn: EvaluationSet,
) -> None:
    evaluated = evaluation()
    metrics = [module.METRIC(evaluated) for module in (fid, kid, precision_recall)]
    assert not [score for metric in metrics for score in metric.measure(evaluated.identity)]
    space = feature_space("judge", JudgeExtractor(evaluated.judge_a), evaluated.reals, "cpu")
    evaluated.spaces = (space,)
    by_metric: Mapping[str, float] = values(
        [score for metric in metrics for score in metric.measure(evaluated.identity)]
    )
    assert set(by_metric) == {
        "fid_judge_valid",
        "kid_judge_valid_full",
        "precision_judge_valid",
        "recall_judge_valid",
    }
    assert by_metric["precision_judge_valid"] > 0.9


def test_kid_is_the_u_statistic_over_all_pairs_of_edits_and_reals() -> None:
    evaluated = evaluation()
    evaluated.spaces = (feature_space("judge", JudgeExtractor(evaluated.judge_a), evaluated.reals, "cpu"),)
    (kid_scores,) = kid.METRIC(evaluated).measure(evaluated.identity)
    features, reals = (
        evaluated.identity.space_features(evaluated.spaces[0]).numpy(),
        evaluated.spaces[0].features.numpy(),
    )
    kernels = polynomial_kernel(features, features), polynomial_kernel(features, reals), polynomial_kernel(reals, reals)
    within = sum((kernel.sum() - np.trace(kernel)) / (len(kernel) * (len(kernel) - 1)) for kernel in kernels[::2])
    assert kid_scores.value == pytest.approx(within - 2 * kernels[1].mean(), abs=1e-9)
