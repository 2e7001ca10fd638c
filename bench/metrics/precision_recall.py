"""`precision_<extractor>_<split>` and `recall_…` of edits, pooled evenly, against the real images (3 neighbours)."""

from collections.abc import Iterator

from bench.evaluation.candidates import Candidate
from bench.evaluation.metric import ALL, Label, Metric, Score

NEIGHBOURS = 3


class PrecisionRecall(Metric):
    """Shares of edits within the reals' manifold, and of reals within the edits'; through torch-fidelity."""

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        # Here: it imports torchvision.
        from torch_fidelity.metric_prc import KEY_METRIC_PRECISION, KEY_METRIC_RECALL, prc_features_to_metric

        for space in self.evaluation.spaces:
            features = candidate.space_features(space)
            values = prc_features_to_metric(features, space.features, prc_neighborhood=NEIGHBOURS, verbose=False)
            for name, key in (("precision", KEY_METRIC_PRECISION), ("recall", KEY_METRIC_RECALL)):
                yield Score(f"{name}_{space.name}_{self.evaluation.split.name}", ALL, values[key], len(features))


LABELS = (Label("precision_", "Precision", "higher", place=90), Label("recall_", "Recall", "higher", place=100))
METRIC = PrecisionRecall
