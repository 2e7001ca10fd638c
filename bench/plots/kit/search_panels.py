"""What the plots of search.csv share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit.order import Model

if TYPE_CHECKING:
    import pandas as pd

NOTHING = "No search was run."


def completed(search: pd.DataFrame) -> pd.DataFrame:
    """Trials that ended with an objective."""
    return search[search["objective"].notna()]


def arm(search: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The trials of one variant."""
    return search[(search["method"] == model[0]) & (search["variant"] == model[1])]
