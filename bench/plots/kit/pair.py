"""The two variants that a run compares: their names, and the rows of headline.csv as answers."""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pandas as pd

from bench import registry
from bench.plots.kit import theme
from bench.settings import Settings

Answer = Literal["yes", "no", "open"]
NUMBERS = ("baseline_value", "challenger_value", "estimate", "ci_low", "ci_high", "bar")


class Names(NamedTuple):
    """The shortest names that tell the compared variants apart."""

    baseline: str
    challenger: str


@dataclass(frozen=True)
class Value:
    """One row of headline.csv."""

    levels: str
    reason: str
    baseline: float
    challenger: float
    estimate: float
    low: float
    high: float
    bar: float

    @property
    def answer(self) -> Answer:
        """Whether the whole interval lies above the bar, below it, or holds it; open without an interval."""
        if math.isnan(self.low) or math.isnan(self.high):
            return "open"
        return "yes" if self.low > self.bar else "no" if self.high < self.bar else "open"


def names(settings: Settings) -> Names:
    """How the two are called: by method, or by variant where both are of one method."""
    pair = settings.compare.pair
    baseline, challenger = (registry.find(model)[0].label for model in pair)
    return Names(*map(theme.label, pair)) if baseline == challenger else Names(baseline, challenger)


def values(headline: pd.DataFrame) -> dict[str, Value]:
    """The rows of headline.csv by measure."""
    rows = headline.astype(dict.fromkeys(NUMBERS, float) | {"levels": object, "reason": object})
    return {
        row["measure"]: Value(str(row["levels"]), row["reason"], *(row[name] for name in NUMBERS))
        for row in rows.fillna({"levels": "", "reason": ""}).to_dict("records")
    }
