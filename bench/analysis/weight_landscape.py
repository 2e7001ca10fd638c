"""The objective over loss weights: how large each variant's good zone is, and how much each weight matters.

A pool is drawn evenly over the box of log weights, so the hits' share of it is the good zone's share of the box; a zone
of share p in D axes of W decades is as large as a box of W p^(1/D) decades an axis. `low` and `high` are the smallest
and largest weight that hit.

The importance of a weight is the part of the objective's variance that a quadratic surface over log weights loses
without that weight, with the p of the F test of the two surfaces.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.regression.linear_model import OLS

from bench.analysis import search_arms, statistics
from bench.analysis.search_arms import POOL, Arm

if TYPE_CHECKING:
    from bench.settings import Settings

ZONE_COLUMNS = (
    "method", "variant", "target", "weight", "dimension", "range_decades", "trials", "hits", "share", "share_ci_low",
    "share_ci_high", "width_decades", "width_ci_low", "width_ci_high", "low", "high",
)  # fmt: skip
IMPORTANCE_COLUMNS = ("method", "variant", "weight", "trials", "importance", "explained", "p")


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


def importance(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of importance.csv: one a pool and weight; values are blank where the pool is too small for a surface."""
    rows: list[dict[str, Any]] = []
    for arm in _pools(search, speed, settings):
        method, variant = arm.model_id.split(".")
        done = arm.rows[arm.rows["objective"].notna()]
        names = [axis.name for axis in arm.searched]
        logs = np.log10(done[names].to_numpy(dtype=float))
        shares = weight_importance(logs, done["objective"].to_numpy(dtype=float))
        for name, found in zip(names, shares, strict=True):
            head = {"method": method, "variant": variant, "weight": name, "trials": len(done)}
            rows.append(head | dict(zip(("importance", "explained", "p"), found, strict=True)))
    return pd.DataFrame(rows, columns=list(IMPORTANCE_COLUMNS))


def weight_importance(logs: NDArray[np.float64], objective: NDArray[np.float64]) -> list[tuple[float, float, float]]:
    """For each column of `logs` (N, D): variance lost without it, variance the whole surface explains, p of F.

    NaN where N is not above the number of the surface's terms, or the objective does not vary.
    """
    axes = range(logs.shape[1])
    terms = _surface(logs, axes)
    if len(objective) <= terms.shape[1] or np.ptp(objective) == 0:
        return [(math.nan, math.nan, math.nan)] * logs.shape[1]
    whole = OLS(objective, terms).fit()
    found = []
    for axis in axes:
        without = OLS(objective, _surface(logs, [one for one in axes if one != axis])).fit()
        _, p, _ = whole.compare_f_test(without)
        found.append((float(whole.rsquared - without.rsquared), float(whole.rsquared), float(p)))
    return found


def _surface(logs: NDArray[np.float64], axes: Sequence[int]) -> NDArray[np.float64]:
    """Columns of a quadratic surface over some axes: 1, x, x^2, x y."""
    centred = logs - logs.mean(axis=0)
    columns = [np.ones(len(logs))]
    columns += [centred[:, axis] ** power for axis in axes for power in (1, 2)]
    columns += [centred[:, one] * centred[:, two] for one, two in combinations(axes, 2)]
    return np.stack(columns, axis=1)


def _pools(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> Iterator[Arm]:
    for model in dict.fromkeys(search["method"] + "." + search["variant"]):
        arm = search_arms.arm(model, POOL, search, speed, settings)
        if len(arm.rows):
            yield arm
