"""What the plots of search.csv share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import theme
from bench.plots.kit.order import Model

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

NOTHING = "No search was run."


def completed(search: pd.DataFrame) -> pd.DataFrame:
    """Trials that ended with an objective."""
    return search[search["objective"].notna()]


def samplers(search: pd.DataFrame) -> list[str]:
    """The samplers used, the one with most trials first."""
    return [
        str(name)
        for name in search["sampler"].value_counts().sort_index().sort_values(ascending=False, kind="stable").index
    ]


def arm(search: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The trials of one variant."""
    return search[(search["method"] == model[0]) & (search["variant"] == model[1])]


def title(axis: Axes, model: Model, sampler: str) -> None:
    """Name a panel by its arm and sampler."""
    axis.set_title(f"{theme.label(*model)}\n{sampler} sampler")
