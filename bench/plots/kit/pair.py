"""The two variants that a run compares: their names, and the rows of headline.csv as answers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bench import registry
from bench.analysis import models
from bench.plots.kit import theme

if TYPE_CHECKING:
    import pandas as pd

    from bench.settings import Settings

Answer = Literal["yes", "no", "open"]


@dataclass(frozen=True)
class Names:
    """The compared variants: full labels, and the shortest names that tell them apart."""

    baseline: str
    challenger: str
    baseline_label: str
    challenger_label: str


@dataclass(frozen=True)
class Value:
    """One row of headline.csv."""

    levels: str
    baseline: float
    challenger: float
    estimate: float
    low: float
    high: float
    bar: float
    reason: str

    @property
    def answer(self) -> Answer:
        """Whether the whole interval lies above the bar, below it, or holds it; open without an interval."""
        if math.isnan(self.low) or math.isnan(self.high):
            return "open"
        return "yes" if self.low > self.bar else "no" if self.high < self.bar else "open"


def names(settings: Settings) -> Names:
    """How the two are called: by method, or by variant where both are of one method."""
    pair = models.compared(settings)
    labels = [theme.label(model) for model in pair]
    methods = [registry.find(model)[0].label for model in pair]
    short = labels if methods[0] == methods[1] else methods
    return Names(short[0], short[1], labels[0], labels[1])


def values(headline: pd.DataFrame) -> dict[str, Value]:
    """The rows of headline.csv by measure."""
    return {str(row["measure"]): _value(row) for row in headline.to_dict("records")}


def _value(row: Mapping[Hashable, Any]) -> Value:
    columns = ("baseline_value", "challenger_value", "estimate", "ci_low", "ci_high", "bar")
    baseline, challenger, estimate, low, high, bar = (float(row[name]) for name in columns)
    return Value(_text(row["levels"]), baseline, challenger, estimate, low, high, bar, _text(row["reason"]))


def _text(value: object) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)
