"""The order in which models are shown, in every figure and table alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench import registry
from bench.plots.kit import theme

if TYPE_CHECKING:
    import pandas as pd

    from bench.settings import Settings

Model = tuple[str, str]


def models(table: pd.DataFrame, settings: Settings) -> list[Model]:
    """The (method, variant) pairs of a table: the baseline's method, the others, the controls."""
    pairs = set(zip(table["method"], table["variant"], strict=True))
    return sorted(pairs, key=lambda model: place(model, settings))


def by_model(table: pd.DataFrame, settings: Settings) -> Iterator[tuple[Model, pd.DataFrame]]:
    """The rows of each model, in showing order."""
    for method, variant in models(table, settings):
        yield (method, variant), table[(table["method"] == method) & (table["variant"] == variant)]


def place(model: Model, settings: Settings) -> tuple[bool, bool, str, int, str]:
    """Sorts by method (the baseline's before the others), then as it lists its variants; controls come last."""
    method, variant = model
    first = settings.compare.baseline.partition(".")[0]
    if method == "control":
        fixed = list(theme.CONTROLS)
        return True, False, "", fixed.index(variant) if variant in fixed else len(fixed), variant
    slugs = [listed.slug for listed in registry.methods()[method].variants]
    return False, method != first, method, slugs.index(registry.without_label(variant)), variant
