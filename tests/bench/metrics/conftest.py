"""The evaluations that the tests of metrics share."""

import pytest

from bench.evaluation.candidates import EvaluationSet
from tests.support.seeing_judges import (
    evaluation,
)


@pytest.fixture(scope="module")
def drawn() -> EvaluationSet:
    return evaluation()


@pytest.fixture(scope="module")
def photos() -> EvaluationSet:
    return evaluation(truth=False)
