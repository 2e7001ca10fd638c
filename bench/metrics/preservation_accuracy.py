"""`preservation_accuracy`: judge B's agreement with the source's labels on the attributes that the edit is not about.

The identity copy scores the judge's own accuracy: the ceiling.
"""

from collections.abc import Iterator

import numpy as np

from bench.evaluation.candidates import Candidate
from bench.evaluation.metric import Label, Metric, Score
from bench.settings.edits import concerned_columns


class PreservationAccuracy(Metric):
    """Share of (image, attribute not edited) that judge B sees as the source is labelled, in [0, 1]."""

    quick = True

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        by_edit = {}
        for edit in candidate.images:
            task = self.evaluation.tasks[edit]
            unedited = np.ones(task.labels.shape[1], dtype=bool)
            unedited[concerned_columns(edit, self.evaluation.rules)] = False
            if unedited.any():
                agreement = (candidate.seen(edit) == task.labels)[:, unedited]
                by_edit[edit] = (float(agreement.mean()), len(task.rows))
        yield from self.over_edits("preservation_accuracy", by_edit)


LABELS = (Label("preservation_accuracy", "Preservation accuracy", "higher", place=30, headline=True),)
METRIC = PreservationAccuracy
