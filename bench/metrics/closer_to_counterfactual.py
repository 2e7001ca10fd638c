"""`closer_to_counterfactual`: share of edits that are, inside the edit region, nearer to the true counterfactual than
to the source (drawn faces). Needs no judge; 0 for the identity copy, 1 for the true counterfactuals.
"""

from collections.abc import Iterator

import numpy as np

from bench.evaluation.candidates import Candidate
from bench.evaluation.metric import Label, Metric, Score
from bench.evaluation.pixels import absolute_difference


class CloserToCounterfactual(Metric):
    """Share of images, in [0, 1], by summed absolute distance over the edit region."""

    quick = True

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        by_edit = {}
        for edit, images in candidate.images.items():
            task = self.evaluation.tasks[edit]
            if task.counterfactuals is not None and task.unchanged is not None:
                to_truth, to_source = (
                    np.where(task.unchanged, 0, absolute_difference(images, end)).sum(axis=(1, 2), dtype=np.float64)
                    for end in (task.counterfactuals, task.sources)
                )
                by_edit[edit] = (float((to_truth < to_source).mean()), len(images))
        yield from self.over_edits("closer_to_counterfactual", by_edit)


LABELS = (Label("closer_to_counterfactual", "Closer to counterfactual", "higher", place=60, headline=True),)
METRIC = CloserToCounterfactual
