"""`counterfactual_error`: mean absolute distance to the true counterfactual, of the [0, 1] range (drawn faces).

`counterfactual_error` is inside the edit region, `_outside` outside it; `_relative` is the inside error divided by the
identity copy's (1: no better than not editing); `_crossing` is the inside error over the faces of which the true
edit visibly changes a pixel (by more than `VISIBLE`) outside the frame window, where framing has its price. (The edit
region itself would not tell them: it is the unchanged pixels' complement, grown by JPEG blocks and the resize.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from bench.evaluation.candidates import Candidate, EvaluationSet
from bench.evaluation.metric import Label, Metric, Score
from bench.evaluation.pixels import absolute_difference, inside_window, masked_mean

VISIBLE = 0.05


class CounterfactualError(Metric):
    """Pooled over an edit's pixels, then averaged over edits."""

    quick = True

    def __init__(self, evaluation: EvaluationSet) -> None:
        super().__init__(evaluation)
        self.truths = {
            edit: (task.counterfactuals, ~task.unchanged)
            for edit, task in evaluation.tasks.items()
            if task.counterfactuals is not None and task.unchanged is not None
        }
        self.identity = self._errors(evaluation.identity, outside=False)

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        inside = self._errors(candidate, outside=False)
        relative = {
            edit: (error / self.identity[edit][0], n)
            for edit, (error, n) in inside.items()
            if self.identity[edit][0] > 0
        }
        yield from self.over_edits("counterfactual_error", inside)
        yield from self.over_edits("counterfactual_error_outside", self._errors(candidate, outside=True))
        yield from self.over_edits("counterfactual_error_relative", relative)
        yield from self.over_edits("counterfactual_error_crossing", self._crossing(candidate))

    def _errors(self, candidate: Candidate, outside: bool) -> dict[str, tuple[float, int]]:
        return {
            edit: masked_mean(absolute_difference(candidate.images[edit], truth), region != outside)
            for edit, (truth, region) in self._of(candidate).items()
        }

    def _crossing(self, candidate: Candidate) -> dict[str, tuple[float, int]]:
        errors = {}
        for edit, (truth, region) in self._of(candidate).items():
            change = absolute_difference(truth, self.evaluation.tasks[edit].sources)
            crosses = ((change > VISIBLE) & ~inside_window(*region.shape[1:])).any(axis=(1, 2))
            distance = absolute_difference(candidate.images[edit][crosses], truth[crosses])
            errors[edit] = masked_mean(distance, region[crosses])
        return errors

    def _of(self, candidate: Candidate) -> Mapping[str, tuple[NDArray[np.uint8], NDArray[np.bool_]]]:
        return {edit: truth for edit, truth in self.truths.items() if edit in candidate.images}


LABELS = (Label("counterfactual_error", "Counterfactual error", "lower", place=50, headline=True),)
METRIC = CounterfactualError
