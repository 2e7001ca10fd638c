"""`counterfactual_error`: mean absolute distance to the true counterfactual, of the [0, 1] range (drawn faces).

`counterfactual_error` is inside the edit region, `_outside` outside it; `_relative` is the inside error divided by the
identity copy's (1: no better than not editing); `_crossing` is the inside error over the faces of which the true
edit visibly changes a pixel (by more than `VISIBLE`) outside the frame window, where framing has its price. (The edit
region itself would not tell them: it is the unchanged pixels' complement, grown by JPEG blocks and the resize.)
"""

from collections.abc import Iterator

from bench.evaluation.candidates import Candidate, EvaluationSet
from bench.evaluation.metric import Label, Metric, Score
from bench.evaluation.pixels import absolute_difference, inside_window, masked_mean

VISIBLE = 0.05
Errors = dict[str, tuple[float, int]]  # by edit, with the images that it is the mean of


class CounterfactualError(Metric):
    """Pooled over an edit's pixels, then averaged over edits."""

    quick = True

    def __init__(self, evaluation: EvaluationSet) -> None:
        super().__init__(evaluation)
        self.identity, _, _ = self._errors(evaluation.identity)

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        inside, outside, crossing = self._errors(candidate)
        relative = {
            edit: (error / self.identity[edit][0], n)
            for edit, (error, n) in inside.items()
            if self.identity[edit][0] > 0
        }
        by_suffix = {"": inside, "_outside": outside, "_relative": relative, "_crossing": crossing}
        for suffix, by_edit in by_suffix.items():
            yield from self.over_edits(f"counterfactual_error{suffix}", by_edit)

    def _errors(self, candidate: Candidate) -> tuple[Errors, Errors, Errors]:
        """Inside the edit region, outside it, and inside it on the faces whose true edit crosses the frame window."""
        inside, outside, crossing = {}, {}, {}
        for edit, images in candidate.images.items():
            task = self.evaluation.tasks[edit]
            if task.counterfactuals is not None and task.unchanged is not None:
                error = absolute_difference(images, task.counterfactuals)
                change = absolute_difference(task.counterfactuals, task.sources)
                crosses = ((change > VISIBLE) & ~inside_window(*change.shape[1:])).any(axis=(1, 2))
                inside[edit] = masked_mean(error, ~task.unchanged)
                outside[edit] = masked_mean(error, task.unchanged)
                crossing[edit] = masked_mean(error[crosses], ~task.unchanged[crosses])
        return inside, outside, crossing


LABELS = (Label("counterfactual_error", "Counterfactual error", "lower", place=50, headline=True),)
METRIC = CounterfactualError
