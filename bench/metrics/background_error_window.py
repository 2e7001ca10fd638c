"""`background_error_window`: the background error of the pixels that a framed method may paint in full.

Closer to the border than two frame widths a soft frame copies the source by construction, wholly or in part: an
unchanged generator would score .77 of its error there on the study's faces. So claims on framing are judged inside.
"""

from collections.abc import Iterator

from bench.evaluation.candidates import Candidate
from bench.evaluation.metric import Label, Metric, Score
from bench.evaluation.pixels import FRAME_WIDTH, absolute_difference, inside_window, masked_mean
from bench.metrics.background_error import background

WHOLE = 2 * FRAME_WIDTH  # from here on the window is 1 with either edge


class BackgroundErrorWindow(Metric):
    """Pooled over an edit's background pixels inside the whole window, then averaged over edits."""

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        by_edit = {}
        for edit, images in candidate.images.items():
            task = self.evaluation.tasks[edit]
            inside = background(task) & inside_window(*images.shape[1:3], WHOLE)
            by_edit[edit] = masked_mean(absolute_difference(images, task.sources), inside)
        yield from self.over_edits("background_error_window", by_edit)


LABELS = (Label("background_error_window", "Background error in the whole window", "lower", place=45),)
METRIC = BackgroundErrorWindow
