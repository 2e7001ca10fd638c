"""`fid_<extractor>_<split>`: FID of edits, pooled evenly over attributes and directions, against the real images.

It is reported, never searched: its bias depends on the model and on the number of images.
"""

from collections.abc import Iterator

from bench.evaluation.candidates import Candidate
from bench.evaluation.metric import ALL, Label, Metric, Score


class Fid(Metric):
    """Fréchet distance through torch-fidelity, in every feature space."""

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        # Here: it imports torchvision.
        from torch_fidelity.metric_fid import KEY_METRIC_FID, fid_features_to_statistics, fid_statistics_to_metric

        for space in self.evaluation.spaces:
            features = candidate.space_features(space)
            statistics = map(fid_features_to_statistics, (features, space.features))
            value = fid_statistics_to_metric(*statistics, verbose=False)[KEY_METRIC_FID]
            yield Score(f"fid_{space.name}_{self.evaluation.split.name}", ALL, value, len(features))


LABELS = (Label("fid_", "FID", "lower", place=70, headline=True),)
METRIC = Fid
