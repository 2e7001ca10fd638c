"""Makes the derived tables from the collected ones, and judges the claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd

from bench.analysis import control_views, search_ratio, time_to_target, weight_landscape
from bench.settings import Settings

WRITTEN = ("scores", "speed", "search", "time_to_target", "claims", "curves")
BESIDE = (
    "claim_parts", "reached", "final_quality", "speed_ratio", "ladder", "gradient_means", "search_ratio",
    "search_factors", "good_zones", "importance", "power",
)  # fmt: skip
# Tables made of trials and step costs alone; comparisons have the controls' beside the main ones.
OF_SEARCH: Mapping[str, Callable[[pd.DataFrame, pd.DataFrame, Settings], pd.DataFrame]] = {
    "reached": partial(control_views.with_controls, time_to_target.reached_table),
    "search_ratio": partial(control_views.with_controls, search_ratio.table),
    "search_factors": partial(control_views.with_controls, search_ratio.factors),
    "good_zones": partial(control_views.without_controls, weight_landscape.good_zones),
    "importance": partial(control_views.without_controls, weight_landscape.importance),
}
