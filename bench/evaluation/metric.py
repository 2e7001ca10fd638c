"""What a metric is: a class, one file of `bench/metrics/` each, that measures candidates.

bench/metrics/<name>.py   METRIC: type[Metric]        what measures
                          LABELS: tuple[Label, ...]   how people see what it measures

Such a module imports neither torch nor torchvision at its top: plots and report read its labels.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from bench.evaluation.candidates import Candidate, EvaluationSet

ALL = "all"
Better = Literal["higher", "lower"]


@dataclass(frozen=True)
class Label:
    """How people see the metrics whose names begin with `start`.

    `place` orders panels and columns; the first metric of each `headline` label has a panel in the figures of scores.
    """

    start: str
    text: str
    better: Better
    place: int
    headline: bool = False


@dataclass(frozen=True)
class Score:
    """One number: `attribute` is an edit's name or `all`; `n` is how many images it stands on."""

    metric: str
    attribute: str
    value: float
    n: int


class Metric(ABC):
    """Measures candidates on one evaluation; built once an evaluation, so that what they share is computed once."""

    quick: ClassVar[bool] = False
    """Whether evaluation points and searches take it: it must cost little and import no torchvision."""

    def __init__(self, evaluation: EvaluationSet) -> None:
        self.evaluation = evaluation

    @abstractmethod
    def measure(self, candidate: Candidate) -> Iterator[Score]:
        """Scores of `candidate`; none where the data cannot give them (true counterfactuals of photos)."""

    def over_edits(self, metric: str, by_edit: Mapping[str, tuple[float, int]]) -> Iterator[Score]:
        """A score an edit from (value, n), and `all`: the plain mean over single edits that have a value."""
        measured = {edit: (value, n) for edit, (value, n) in by_edit.items() if n}
        for edit, (value, n) in measured.items():
            yield Score(metric, edit, value, n)
        if single := [measured[edit] for edit in self.evaluation.rules.attributes if edit in measured]:
            yield Score(metric, ALL, float(np.mean([value for value, _ in single])), sum(n for _, n in single))
