"""`attribute_accuracy`: does judge B see what the edit asked for?

A flipped attribute scores the mean of its on-recall and its off-recall; an exclusive one (hair) the share of images
with it on and every other of its group off; a combined edit the share with all of it. `attribute_accuracy_flipped` is
the mean over flipped attributes alone. The identity copy scores about 0.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bench.evaluation.candidates import Candidate, Task, directions
from bench.evaluation.metric import ALL, Label, Metric, Score
from bench.settings.edits import EditRules, concerned_columns


class AttributeAccuracy(Metric):
    """Share of edits that judge B takes for done, in [0, 1]."""

    quick = True

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        tasks, rules = self.evaluation.tasks, self.evaluation.rules
        by_edit = {
            edit: (recall(tasks[edit], rules, candidate.seen(edit)), len(tasks[edit].rows)) for edit in candidate.images
        }
        yield from self.over_edits("attribute_accuracy", by_edit)
        flipped = [edit for edit in rules.attributes if edit in by_edit and not rules.group(edit)]
        if flipped:
            value = float(np.mean([by_edit[edit][0] for edit in flipped]))
            yield Score("attribute_accuracy_flipped", ALL, value, sum(by_edit[edit][1] for edit in flipped))


def recall(task: Task, rules: EditRules, seen: NDArray[np.bool_]) -> float:
    """Share of the task's images with `seen` (n, C) as its edit asks; single flips: mean over directions present."""
    concerned = concerned_columns(task.edit, rules)
    right = (seen == task.targets)[:, concerned].all(axis=1)
    if task.edit not in rules.attributes:
        return float(right.mean())
    return float(np.mean([right[part].mean() for part in directions(task, rules).values() if len(part)]))


LABELS = (Label("attribute_accuracy", "Attribute accuracy", "higher", place=20, headline=True),)
METRIC = AttributeAccuracy
