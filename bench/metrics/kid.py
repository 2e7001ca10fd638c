"""`kid_<extractor>_<split>_full`: KID of edits, pooled evenly, against the real images, over all pairs of images.

The whole U-statistic, not a mean over random subsets: those leave a Monte-Carlo error, 12 % at 25 subsets.
"""

from collections.abc import Iterator
from functools import cache

from bench.evaluation.candidates import Candidate, EvaluationSet
from bench.evaluation.distances import mean_kernel
from bench.evaluation.metric import ALL, Label, Metric, Score


class Kid(Metric):
    """The unbiased squared MMD with a cubic kernel, in every feature space."""

    def __init__(self, evaluation: EvaluationSet) -> None:
        super().__init__(evaluation)
        self._among_reals = cache(lambda space: mean_kernel(space.features.numpy()))

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        for space in self.evaluation.spaces:
            features, reals = candidate.space_features(space).numpy(), space.features.numpy()
            kid = mean_kernel(features) + self._among_reals(space) - 2.0 * mean_kernel(features, reals)
            yield Score(f"kid_{space.name}_{self.evaluation.split.name}_full", ALL, kid, len(features))


LABELS = (Label("kid_", "KID", "lower", place=80),)
METRIC = Kid
