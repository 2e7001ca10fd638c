"""The objective over loss weights: how large each variant's good zone is.

A pool is drawn evenly over the box of log weights, so the hits' share of it is the good zone's share of the box; a zone
of share p in D axes of W decades is as large as a box of W p^(1/D) decades an axis. `low` and `high` are the smallest
and largest weight that hit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench.analysis import search_arms, statistics
from bench.analysis.search_arms import POOL, Arm

if TYPE_CHECKING:
    from bench.settings import Settings

ZONE_COLUMNS = (
    "method", "variant", "target", "weight", "dimension", "range_decades", "trials", "hits", "share", "share_ci_low",
    "share_ci_high", "width_decades", "width_ci_low", "width_ci_high", "low", "high",
)  # fmt: skip


def good_zones(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of good_zones.csv: one a pool, target and weight."""
    rows: list[dict[str, Any]] = []
    for arm in _pools(search, speed, settings):
        method, variant = arm.model_id.split(".")
        axes = arm.searched
        for target in settings.search.targets:
            hit = arm.hits(target)
            share = statistics.hit_rate(int(hit.sum()), len(hit))
            for axis in axes:
                decades = float(np.log10(axis.high / axis.low))
                values = arm.rows[axis.name][hit]
                width = [decades * one ** (1 / len(axes)) for one in share]
                rows.append(
                    {
                        "method": method, "variant": variant, "target": target, "weight": axis.name,
                        "dimension": len(axes), "range_decades": decades, "trials": len(hit), "hits": int(hit.sum()),
                        "share": share.estimate, "share_ci_low": share.low, "share_ci_high": share.high,
                        "width_decades": width[0], "width_ci_low": width[1], "width_ci_high": width[2],
                        "low": values.min(), "high": values.max(),
                    }
                )  # fmt: skip
    return pd.DataFrame(rows, columns=list(ZONE_COLUMNS))


def _pools(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> Iterator[Arm]:
    for model in dict.fromkeys(search["method"] + "." + search["variant"]):
        arm = search_arms.arm(model, POOL, search, speed, settings)
        if len(arm.rows):
            yield arm
