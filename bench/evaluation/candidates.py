"""What metrics measure: the evaluated images of a split with their edits, and a candidate's images for those edits.

It imports no torch: plots read the labels of metrics, which stand beside what measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bench.data.store import Split
from bench.errors import BenchError
from bench.evaluation import edit_tasks
from bench.evaluation.edit_tasks import Cell, Cells, Task, directions, equal_cells
from bench.evaluation.translations import EditedImages
from bench.settings.edits import EditRules

if TYPE_CHECKING:
    from bench.evaluation.feature_extractors import FeatureSpace
    from bench.evaluation.judges import Judge

Images = NDArray[np.uint8]


class EvaluationSet:
    """The first `images` rows of a split (None: all) under every edit, with the two judges.

    `spaces` are the feature spaces of FID, KID, precision and recall; without any, those metrics give nothing.
    """

    def __init__(
        self,
        split: Split,
        rules: EditRules,
        edits: tuple[str, ...],
        judges: tuple[Judge, Judge],
        images: int | None = None,
    ) -> None:
        self.split = split
        self.rules = rules
        self.edits = edits
        self.judge_a, self.judge_b = judges
        self.images = len(split) if images is None else min(images, len(split))
        self.spaces: tuple[FeatureSpace, ...] = ()

    @cached_property
    def tasks(self) -> Mapping[str, Task]:
        """The tasks of all edits that concern any image, single edits first."""
        every = {edit: edit_tasks.task(self.split, self.rules, edit, self.images) for edit in self.edits}
        tasks = {edit: task for edit, task in every.items() if len(task.rows)}
        if not any(edit in tasks for edit in self.rules.single_edits()):
            raise BenchError(
                f"No edit changes any label of the {self.images} evaluated images of split {self.split.name!r}."
                " Evaluate more images."
            )
        return tasks

    @cached_property
    def cells(self) -> Cells:
        """Attributes and directions at equal size, for metrics that pool edits evenly."""
        single = [self.tasks[edit] for edit in self.rules.single_edits() if edit in self.tasks]
        return equal_cells(
            Cell(task.edit, direction, positions)
            for task in single
            for direction, positions in directions(task, self.rules).items()
        )

    @cached_property
    def reals(self) -> Images:
        """All evaluated real images (N, H, W, 3)."""
        return np.asarray(self.split.images[: self.images])

    @cached_property
    def real_features(self) -> NDArray[np.float64]:
        """Judge A's features (N, D) of `reals`."""
        return self.judge_a.features(self.reals)

    @property
    def has_truth(self) -> bool:
        """Whether true counterfactuals are known (drawn faces)."""
        return self.split.counterfactuals is not None

    @cached_property
    def identity(self) -> Candidate:
        """The control that copies every source."""
        return _Copy(self, {edit: task.sources for edit, task in self.tasks.items()})

    @cached_property
    def counterfactual(self) -> Candidate:
        """The control that shows the true counterfactuals; drawn faces only."""
        truths = {edit: task.counterfactuals for edit, task in self.tasks.items()}
        return Candidate(self, {edit: images for edit, images in truths.items() if images is not None})

    def candidate(self, edited: Mapping[str, EditedImages]) -> Candidate:
        """The candidate of some translations; BenchError unless they are of these images and edits."""
        images = {}
        for edit, task in self.tasks.items():
            if edit in edited:
                if not np.array_equal(edited[edit].rows, task.rows):
                    raise BenchError(
                        f"The translations of {edit} are of other images of split {self.split.name!r} than are"
                        " evaluated. Translate again, with this pack and these settings."
                    )
                images[edit] = edited[edit].images
        if missing := [edit for edit in self.rules.single_edits() if edit in self.tasks and edit not in images]:
            raise BenchError(f"The translations lack the edit {missing[0]}. Translate again, with these settings.")
        return Candidate(self, images)


class Candidate:
    """Images for the edits of an evaluation, and what the judges make of them (computed once)."""

    def __init__(self, evaluation: EvaluationSet, images: Mapping[str, Images]) -> None:
        self.images = images
        self._evaluation = evaluation
        self.features = cache(self._features)
        self.seen = cache(self._seen)
        # Features (n, D) of `pool()` in a feature space.
        self.space_features = cache(lambda space: space.extract(self.pool()))

    def _features(self, edit: str) -> NDArray[np.float64]:
        """Judge A's features (n, D) of the images for `edit`."""
        return self._evaluation.judge_a.features(self.images[edit])

    def _seen(self, edit: str) -> NDArray[np.bool_]:
        """Attributes (n, C) that judge B sees in the images for `edit`."""
        return self._evaluation.judge_b.predict(self.images[edit])

    def pool(self) -> Images:
        """Images pooled evenly over attributes and directions: the kept cells, each at the smallest one's size."""
        cells = self._evaluation.cells.kept
        size = min(len(cell.positions) for cell in cells)
        return np.concatenate([self.images[cell.edit][cell.positions[:size]] for cell in cells])

    def pooled_features(self) -> NDArray[np.float64]:
        """Judge A's features of `pool()`."""
        cells = self._evaluation.cells.kept
        size = min(len(cell.positions) for cell in cells)
        return np.concatenate([self.features(cell.edit)[cell.positions[:size]] for cell in cells])


class _Copy(Candidate):
    """The sources themselves: every edit shows images whose features are known."""

    def _features(self, edit: str) -> NDArray[np.float64]:
        return self._evaluation.real_features[self._evaluation.tasks[edit].rows]
