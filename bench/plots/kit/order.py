"""Which models are shown, in which order and under which headings; the compared pair's names and ratios."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from bench import registry
from bench.analysis.models import budgets_kimg, ids, of
from bench.plots.kit import theme
from bench.settings import Settings

Answer = Literal["yes", "no", "open"]
NUMBERS = ("baseline_value", "challenger_value", "estimate", "ci_low", "ci_high", "bar")


def models(table: pd.DataFrame, settings: Settings) -> list[str]:
    """The models `<method>.<variant>` of a table: the baseline's method, the others, the controls."""
    return sorted(set(ids(table)), key=lambda model: place(model, settings))


def fixed_controls(table: pd.DataFrame, settings: Settings) -> list[str]:
    """The controls of a table, without the shuffled targets of each model."""
    controls = [model for model in models(table, settings) if model.startswith("control.")]
    return [control for control in controls if not control.startswith(theme.SHUFFLED)]


def by_model(table: pd.DataFrame, settings: Settings) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows of each model, in showing order."""
    return ((model, of(table, model)) for model in models(table, settings))


def place(model: str, settings: Settings) -> tuple[bool, bool, str, int, str]:
    """Sorts by method (the baseline's before the others), then as it lists its variants; controls come last."""
    method, variant = model.split(".")
    first = settings.compare.baseline.partition(".")[0]
    if method == "control":
        return True, False, "", theme.control_place(variant), variant
    slugs = [listed.slug for listed in registry.methods()[method].variants]
    return False, method != first, method, slugs.index(registry.without_label(variant)), variant


def scored_split(scores: pd.DataFrame) -> str:
    """`test` where the trained models were scored on it, else `valid`."""
    trained = scores[scores["method"] != "control"]
    return "test" if (trained["split"] == "test").any() else "valid"


def by_budget(rows: Sequence[str], settings: Settings) -> list[tuple[str, list[str]]]:
    """Models under one heading per image budget, the compared pair's budget first; controls last, without one."""
    budgets = budgets_kimg(settings)
    first = budgets.get(settings.compare.challenger)
    of_rows = {budgets[row] for row in rows if row in budgets}
    groups = [
        (f"{budget:g} thousand images", [row for row in rows if budgets.get(row) == budget])
        for budget in sorted(of_rows, key=lambda budget: (budget != first, -budget))
    ]
    controls = [row for row in rows if row.startswith("control.")]
    others = [row for row in rows if row not in budgets and row not in controls]
    return [*groups, *(group for group in (("other models", others), ("controls", controls)) if group[1])]


def headed(rows: Sequence[str], settings: Settings) -> list[tuple[str, str | None]]:
    """A line (text, model) per model under its heading, whose own line has no model."""
    lines: list[tuple[str, str | None]] = []
    for heading, models_below in by_budget(rows, settings):
        lines += [(heading, None), *((theme.label(model), model) for model in models_below)]
    return lines


def label(axes: Sequence[theme.Axes], lines: Sequence[tuple[str, str | None]]) -> None:
    """Name the rows of `headed` over axes that share them: headings bold, with a line over each."""
    theme.rows(axes, [text for text, _ in lines])
    headings = [row for row, (_, model) in enumerate(lines) if model is None]
    for axis in axes:
        texts = axis.get_yticklabels()  # none where the axis on the left has them
        for row in headings:
            axis.axhline(row - 0.5, color=theme.QUIET, linewidth=0.6)
            if texts:
                texts[row].set_fontweight("bold")


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


def pair_names(settings: Settings) -> tuple[str, str]:
    """The names of baseline and challenger: their methods', or their variants' where both are of one method."""
    pair = settings.compare.pair
    baseline, challenger = (registry.find(model)[0].label for model in pair)
    return (theme.label(pair[0]), theme.label(pair[1])) if baseline == challenger else (baseline, challenger)


def headline_values(headline: pd.DataFrame) -> dict[str, Value]:
    """The rows of headline.csv by measure."""
    rows = headline.astype(dict.fromkeys(NUMBERS, float) | {"levels": object, "reason": object})
    return {
        row["measure"]: Value(str(row["levels"]), row["reason"], *(row[name] for name in NUMBERS))
        for row in rows.fillna({"levels": "", "reason": ""}).to_dict("records")
    }
