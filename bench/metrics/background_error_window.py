"""`background_error_window`: the background error of the pixels that a framed method may paint in full.

Closer to the border than two frame widths a soft frame copies the source by construction, wholly or in part: an
unchanged generator would score .77 of its error there on the study's faces. So claims on framing are judged inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bench.evaluation.candidates import Candidate
from bench.evaluation.metric import Label, Metric, Score
from bench.evaluation.pixels import FRAME_WIDTH, absolute_difference, masked_mean
from bench.metrics.background_error import background


class BackgroundErrorWindow(Metric):
    """Pooled over an edit's background pixels inside the whole window, then averaged over edits."""

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        by_edit = {}
        for edit, images in candidate.images.items():
            task = self.evaluation.tasks[edit]
            inside = background(task) & whole_window(*images.shape[1:3])
            by_edit[edit] = masked_mean(absolute_difference(images, task.sources), inside)
        yield from self.over_edits("background_error_window", by_edit)


@cache
def whole_window(height: int, width: int) -> NDArray[np.bool_]:
    """(H, W): pixels at least two frame widths away from the border, where the window is 1 with either edge."""
    rows, columns = (np.minimum(places, 1 - places) for places in map(_centres, (height, width)))
    return np.minimum(rows[:, None], columns[None, :]) >= 2 * FRAME_WIDTH


def _centres(side: int) -> NDArray[np.float64]:
    return (np.arange(side) + 0.5) / side


LABELS = (Label("background_error_window", "Background error in the whole window", "lower", place=45),)
METRIC = BackgroundErrorWindow
