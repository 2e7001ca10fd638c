"""`quality` (q): KID in judge A's features, from 0 (the identity copy) to 1 (as good as real); the search's objective.

Every attribute and direction is a cell: its edits against a reference that has the target attribute and the sources'
remaining labels. Drawn faces: the true counterfactuals of other identities. Photos: real images of exactly the target
labels, each used once a cell. With K the mean of the cells' KIDs, q = (K_identity - K) / (K_identity - K_floor), where
K_floor is the reference against its own held-out half. (Against plain "reals with the attribute" an edit that drags
correlated attributes along would beat the right one.)

Low variance: cells are paired by source and KID is the U-statistic over pairs of different identities
(`distances.paired_mmd`), so that what edits and reference share in faces and backgrounds cancels, and the floor is the
mean over `HALVINGS` random halvings. It is unbiased whatever the cell's size.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.evaluation.candidates import Candidate, Cell, EvaluationSet, equal_cells
from bench.evaluation.distances import Features, halves_mmd, paired_mmd, polynomial_kernel
from bench.evaluation.metric import ALL, Label, Metric, Score

HALVINGS = 16


@dataclass(frozen=True)
class ReferenceCell:
    """A cell with its reference features (m, D), aligned with its positions, their kernel, and two anchors."""

    cell: Cell
    features: Features
    kernel: Features
    identity: float
    floor: float

    def kid(self, edited: Features) -> float:
        """KID of edited features (m, D) against the reference."""
        return paired_mmd(polynomial_kernel(edited, edited), polynomial_kernel(edited, self.features), self.kernel)


class Quality(Metric):
    """q over all cells (`all`), by attribute, and the sizes of dropped cells (`quality_dropped_cell`)."""

    quick = True

    def __init__(self, evaluation: EvaluationSet) -> None:
        super().__init__(evaluation)
        cells = evaluation.cells
        if not evaluation.has_truth:
            matched = [_matched(evaluation, cell) for cell in cells.kept]
            cells = equal_cells(cell for cell, _ in matched)
            self._rows = {cell.name: rows for cell, rows in matched}
        self.dropped = dict(evaluation.cells.dropped) | dict(cells.dropped)
        self.cells = tuple(self._reference(cell) for cell in cells.kept)

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        kids = [
            reference.kid(candidate.features(reference.cell.edit)[reference.cell.positions]) for reference in self.cells
        ]
        for attribute in (*self.evaluation.rules.attributes, ALL):
            concerned = [pair for pair in zip(self.cells, kids, strict=True) if attribute in (ALL, pair[0].cell.edit)]
            if concerned:
                kid = float(np.mean([kid for _, kid in concerned]))
                identity = float(np.mean([reference.identity for reference, _ in concerned]))
                floor = float(np.mean([reference.floor for reference, _ in concerned]))
                n = sum(len(reference.cell.positions) for reference, _ in concerned)
                yield Score("quality", attribute, (identity - kid) / (identity - floor), n)
        for name, size in self.dropped.items():
            yield Score("quality_dropped_cell", name, float(size), size)

    def reference_rows(self, cell: Cell) -> NDArray[np.int64]:
        """Photos: the split's rows (m,) that a cell's edits are compared with, aligned with its positions."""
        return self._rows[cell.name][: len(cell.positions)]

    def _reference(self, cell: Cell) -> ReferenceCell:
        evaluation = self.evaluation
        if evaluation.has_truth:
            features = evaluation.counterfactual.features(cell.edit)[cell.positions]
        else:
            features = evaluation.judge_a.features(np.asarray(evaluation.split.images[self.reference_rows(cell)]))
        kernel = polynomial_kernel(features, features)
        random = np.random.default_rng(len(features))
        floor = float(np.mean([halves_mmd(kernel, random.permutation(len(features))) for _ in range(HALVINGS)]))
        bare = ReferenceCell(cell, features, kernel, identity=0.0, floor=floor)
        return replace(bare, identity=bare.kid(evaluation.identity.features(cell.edit)[cell.positions]))


def _matched(evaluation: EvaluationSet, cell: Cell) -> tuple[Cell, NDArray[np.int64]]:
    """The cell's positions that find a real image of exactly their target labels, and those images' rows.

    A real image serves once. It has the target attribute, which no source of the cell has: it is of no source.
    """
    free: dict[bytes, list[int]] = {}
    for row in range(len(evaluation.split) - 1, -1, -1):
        free.setdefault(evaluation.split.labels[row].tobytes(), []).append(row)
    positions, rows = [], []
    for position in cell.positions:
        candidates = free.get(evaluation.tasks[cell.edit].targets[position].tobytes())
        if candidates:
            positions.append(position)
            rows.append(candidates.pop())
    return Cell(cell.edit, cell.direction, np.array(positions, np.int64)), np.array(rows, np.int64)


LABELS = (Label("quality", "Quality q", "higher", place=10, headline=True),)
METRIC = Quality
