"""`kid_<extractor>_<split>_subset<n>`: KID of edits, pooled evenly, against the real images, over subsets of n images.

n is half the smaller of the two sets: torch-fidelity's default of 1000 needs more images than small splits have.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.evaluation.candidates import Candidate
from bench.evaluation.metric import ALL, Metric, Score


class Kid(Metric):
    """Mean over subsets of the unbiased squared MMD with a cubic kernel, through torch-fidelity."""

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        if not self.evaluation.spaces:
            return
        from torch_fidelity.metric_kid import KEY_METRIC_KID_MEAN, kid_features_to_metric  # here: imports torchvision

        for space in self.evaluation.spaces:
            features = candidate.space_features(space)
            size = min(len(features), len(space.features)) // 2
            if size < 2:  # the unbiased estimate divides by n - 1
                continue
            found = kid_features_to_metric(
                features,
                space.features,
                kid_subsets=self.evaluation.kid_subsets,
                kid_subset_size=size,
                verbose=False,
            )
            name = f"kid_{space.name}_{self.evaluation.split.name}_subset{size}"
            yield Score(name, ALL, found[KEY_METRIC_KID_MEAN], len(features))


METRIC = Kid
