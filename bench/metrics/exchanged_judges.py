"""`quality_exchanged`, `attribute_accuracy_exchanged`: the same two measures with the judges' parts exchanged.

Judge B's last map gives the features of q, and judge A says whether an edit is done. A verdict that one judge alone
supports is a verdict on that judge; `sensitivity.csv` judges the claims by these, too (docs/measures/claims.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from bench.evaluation.candidates import Candidate, EvaluationSet
from bench.evaluation.metric import Label, Metric, Score
from bench.metrics.attribute_accuracy import AttributeAccuracy
from bench.metrics.quality import Quality

if TYPE_CHECKING:
    from bench.evaluation.judges import Judge

SUFFIX = "_exchanged"
EXCHANGED = ("quality", "attribute_accuracy")


@dataclass(frozen=True)
class FeaturesOfB:
    """Judge B in the place of A: its last map, standardised on real images (M, H, W, 3) as A's features are."""

    judge: Judge
    reals: NDArray[np.uint8]

    def features(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Features (N, D) of images (N, H, W, 3)."""
        mean, deviation = self._scale
        return (self._maps(images) - mean) / deviation

    @cached_property
    def _scale(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        maps = self._maps(self.reals)
        return maps.mean(axis=0), np.maximum(maps.std(axis=0), 1e-6)

    def _maps(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        from bench.evaluation.judges import PlainJudge, batches

        trunk = cast(PlainJudge, self.judge.network).trunk
        return np.concatenate([trunk(batch).flatten(1).double().cpu() for batch in batches(images, self.judge.device)])


class ExchangedJudges(Metric):
    """Both measures of `EXCHANGED` on an evaluation whose judges have changed places."""

    def __init__(self, evaluation: EvaluationSet) -> None:
        super().__init__(evaluation)
        features = FeaturesOfB(evaluation.judge_b, evaluation.reals)
        judges = (cast("Judge", features), evaluation.judge_a)
        self.exchanged = EvaluationSet(evaluation.split, evaluation.rules, evaluation.edits, judges, evaluation.images)
        self.metrics = (Quality(self.exchanged), AttributeAccuracy(self.exchanged))

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        twin = Candidate(self.exchanged, candidate.images)
        for metric in self.metrics:
            for score in metric.measure(twin):
                if score.metric in EXCHANGED:
                    yield replace(score, metric=f"{score.metric}{SUFFIX}")


LABELS = (
    Label("quality_exchanged", "Quality q, judges exchanged", "higher", place=110),
    Label("attribute_accuracy_exchanged", "Attribute accuracy, judges exchanged", "higher", place=120),
)
METRIC = ExchangedJudges
