"""`background_error`: mean absolute change, of the [0, 1] range, of the pixels that an edit should leave alone.

Drawn faces: the pixels that the true edit leaves unchanged. Photos, where nobody knows them: the image's border and
all outside a central face ellipse. `_inside` and `_outside` take the pixels inside and outside the frame window apart:
outside it a framed method copies the source by construction.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bench.evaluation.candidates import Candidate, Task
from bench.evaluation.metric import Label, Metric, Score
from bench.evaluation.pixels import absolute_difference, inside_window, masked_mean, photo_background


class BackgroundError(Metric):
    """Pooled over an edit's background pixels, then averaged over edits."""

    quick = True

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        tasks = {edit: self.evaluation.tasks[edit] for edit in candidate.images}
        changes = {edit: absolute_difference(candidate.images[edit], task.sources) for edit, task in tasks.items()}
        for suffix in ("", "_inside", "_outside"):
            by_edit = {
                edit: masked_mean(changes[edit], background(task) & window(task, suffix))
                for edit, task in tasks.items()
            }
            yield from self.over_edits(f"background_error{suffix}", by_edit)


def background(task: Task) -> NDArray[np.bool_]:
    """(n, H, W): pixels that the edit should leave alone."""
    if task.unchanged is not None:
        return task.unchanged
    return np.broadcast_to(photo_background(*task.sources.shape[1:3]), task.sources.shape[:3])


def window(task: Task, suffix: str) -> NDArray[np.bool_]:
    """(H, W): the frame window's `_inside` or `_outside`; all pixels for no suffix."""
    inside = inside_window(*task.sources.shape[1:3])
    return {"": np.ones_like(inside), "_inside": inside, "_outside": ~inside}[suffix]


LABELS = (Label("background_error", "Background error", "lower", place=40, headline=True),)
METRIC = BackgroundError
