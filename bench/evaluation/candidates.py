"""What metrics measure: the edits asked of a split's images, the cells that they fall into, and a candidate's images.

It imports no torch: plots read the labels of metrics, which stand beside what measures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench.data.store import Split
from bench.errors import BenchError
from bench.evaluation.translations import EditedImages
from bench.settings.edits import EditRules

if TYPE_CHECKING:
    from bench.evaluation.feature_extractors import FeatureSpace
    from bench.evaluation.judges import Judge

Images = NDArray[np.uint8]
CELL_LEAST = 50
CELL_LEAST_EVER = 4  # two halves of two pairs
CELL_EQUAL = 250
CELL_MOST = 1000


@dataclass(frozen=True)
class Task:
    """One edit of the evaluated images; all arrays are aligned with `rows` (n,), the rows it changes a label of.

    `labels` and `targets` are (n, C) bool, `sources` (n, H, W, 3) uint8. On drawn faces `counterfactuals` has the shape
    of `sources`, and `unchanged` (n, H, W) bool says which pixels the true edit leaves alone; on photos both are None.
    """

    edit: str
    rows: NDArray[np.int64]
    labels: NDArray[np.bool_]
    targets: NDArray[np.bool_]
    sources: Images
    counterfactuals: Images | None
    unchanged: NDArray[np.bool_] | None


@dataclass(frozen=True)
class Cell:
    """One attribute and direction (`on`, `off`, or `set` within an exclusive group): positions in its task's rows."""

    edit: str
    direction: str
    positions: NDArray[np.int64]

    @property
    def name(self) -> str:
        """`<attribute>:<direction>`."""
        return f"{self.edit}:{self.direction}"


@dataclass(frozen=True)
class Cells:
    """The cells that pooled metrics use, at one size as far as they reach it, and the sizes of those left out."""

    kept: tuple[Cell, ...]
    dropped: Mapping[str, int]


def task_of(split: Split, rules: EditRules, edit: str, images: int | None) -> Task:
    """The task of `edit` over the first `images` rows (None: all) of `split`."""
    labels = np.asarray(split.labels[:images])
    targets, applies = rules.targets(labels, edit)
    truth = None if split.counterfactuals is None else split.counterfactuals[edit]
    if truth is not None:
        applies = applies & np.asarray(truth.applies[:images])
    rows = np.flatnonzero(applies)
    return Task(
        edit,
        rows,
        labels[rows],
        targets[rows],
        np.asarray(split.images[rows]),
        None if truth is None else np.asarray(truth.images[rows]),
        None if truth is None else np.asarray(truth.unchanged[rows]),
    )


def directions(task: Task, rules: EditRules) -> Mapping[str, NDArray[np.int64]]:
    """Positions in a single edit's task, by direction: `set` for exclusive attributes, else `on` and `off`."""
    if rules.group(task.edit):
        return {"set": np.arange(len(task.rows))}
    turned_on = task.targets[:, rules.attributes.index(task.edit)]
    return {"on": np.flatnonzero(turned_on), "off": np.flatnonzero(~turned_on)}


def equal_cells(cells: Iterable[Cell]) -> Cells:
    """Drop cells under `CELL_LEAST` images and cut the rest to the smallest one's size, but not below `CELL_EQUAL`.

    Where no cell has so many, every cell of `CELL_LEAST_EVER` is kept: a miniature still gets a number, of some worth.
    BenchError if there is none.
    """
    cells = list(cells)
    least = CELL_LEAST if any(len(cell.positions) >= CELL_LEAST for cell in cells) else CELL_LEAST_EVER
    kept = [cell for cell in cells if len(cell.positions) >= least]
    if not kept:
        raise BenchError(
            f"No attribute and direction has {CELL_LEAST_EVER} images to edit. Evaluate more images: raise"
            " search.evaluation_images, training.evaluation_images, scoring.images, or the size of the split."
        )
    size = min(max(min(len(cell.positions) for cell in kept), CELL_EQUAL), CELL_MOST)
    cut = tuple(Cell(cell.edit, cell.direction, cell.positions[:size]) for cell in kept)
    return Cells(cut, {cell.name: len(cell.positions) for cell in cells if len(cell.positions) < least})


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
        every = {edit: task_of(self.split, self.rules, edit, self.images) for edit in self.edits}
        tasks = {edit: task for edit, task in every.items() if len(task.rows)}
        if not any(edit in tasks for edit in self.rules.attributes):
            raise BenchError(
                f"No edit changes any label of the {self.images} evaluated images of split {self.split.name!r}."
                " Evaluate more images."
            )
        return tasks

    @cached_property
    def cells(self) -> Cells:
        """Attributes and directions at equal size, for metrics that pool edits evenly."""
        single = [self.tasks[edit] for edit in self.rules.attributes if edit in self.tasks]
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
        if missing := [edit for edit in self.rules.attributes if edit in self.tasks and edit not in images]:
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
        return self._pooled(self.images.__getitem__)

    def pooled_features(self) -> NDArray[np.float64]:
        """Judge A's features of `pool()`."""
        return self._pooled(self.features)

    def _pooled(self, of_edit: Callable[[str], NDArray[Any]]) -> NDArray[Any]:
        cells = self._evaluation.cells.kept
        size = min(len(cell.positions) for cell in cells)
        return np.concatenate([of_edit(cell.edit)[cell.positions[:size]] for cell in cells])


class _Copy(Candidate):
    """The sources themselves: every edit shows images whose features are known."""

    def _features(self, edit: str) -> NDArray[np.float64]:
        return self._evaluation.real_features[self._evaluation.tasks[edit].rows]
