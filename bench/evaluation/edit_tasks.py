"""What a split's images are asked: every edit with its sources and targets, and the cells that it falls into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.data.store import Split
from bench.errors import BenchError
from bench.settings.edits import EditRules

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
    sources: NDArray[np.uint8]
    counterfactuals: NDArray[np.uint8] | None
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


def task(split: Split, rules: EditRules, edit: str, images: int | None) -> Task:
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
    if rules.is_exclusive(task.edit):
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
