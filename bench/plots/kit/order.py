"""The order in which models are shown, in every figure and table alike."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from bench import registry
from bench.analysis.models import ids, of
from bench.plots.kit import theme
from bench.settings import Settings


def models(table: pd.DataFrame, settings: Settings) -> list[str]:
    """The models `<method>.<variant>` of a table: the baseline's method, the others, the controls."""
    return sorted(set(ids(table)), key=lambda model: place(model, settings))


def fixed_controls(table: pd.DataFrame, settings: Settings) -> list[str]:
    """The controls of a table, without the shuffled targets of each model."""
    controls = [model for model in models(table, settings) if model.startswith("control.")]
    return [control for control in controls if not control.startswith(theme.SHUFFLED)]


def by_model(table: pd.DataFrame, settings: Settings) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows of each model, in showing order."""
    for model in models(table, settings):
        yield model, of(table, model)


def place(model: str, settings: Settings) -> tuple[bool, bool, str, int, str]:
    """Sorts by method (the baseline's before the others), then as it lists its variants; controls come last."""
    method, variant = model.split(".")
    first = settings.compare.baseline.partition(".")[0]
    if method == "control":
        return True, False, "", theme.control_place(variant), variant
    slugs = [listed.slug for listed in registry.methods()[method].variants]
    return False, method != first, method, slugs.index(registry.without_label(variant)), variant
