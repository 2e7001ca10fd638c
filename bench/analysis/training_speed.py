"""Time per training iteration and per generator update of every timed variant, over that of the compared baseline.

An iteration is one discriminator step and 1 / n_critic of a generator step. A variant with n_critic 5 so shows a fifth
of a generator step in an iteration; per generator update (n_critic iterations) it shows a whole one. Within a loss
family ratios are paired block by block (speed_ratio.csv); across families they are ratios of the two costs, whose
intervals are combined on the log scale.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench import registry
from bench.analysis.statistics import Interval
from bench.analysis.step_costs import as_trained

if TYPE_CHECKING:
    from bench.settings import Settings

COLUMNS = (
    "method", "variant", "against", "family", "per", "paired", "milliseconds", "ms_ci_low", "ms_ci_high", "ratio",
    "ci_low", "ci_high",
)  # fmt: skip


def table(speed: pd.DataFrame, speed_ratio: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of training_speed.csv, at the run's own image size, batch and number of attributes."""
    timed = as_trained(speed[speed["part"] == "iteration"], settings)
    rows = [row for cost in timed.to_dict("records") for row in _rows(cost, timed, speed_ratio, settings)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(
    cost: dict[Any, Any], timed: pd.DataFrame, speed_ratio: pd.DataFrame, settings: Settings
) -> Iterator[dict[str, Any]]:
    model, against = f"{cost['method']}.{cost['variant']}", settings.compare.baseline
    _, variant = registry.find(model)
    base_critic = registry.find(against)[1].n_critic
    own = Interval(cost["milliseconds"], cost["ci_low"], cost["ci_high"])
    base = timed[timed["method"] + "." + timed["variant"] == against]
    found, paired = Interval(math.nan, math.nan, math.nan), False
    if model == against:
        found = Interval(1.0, 1.0, 1.0)
    elif len(base):
        pairs = as_trained(speed_ratio[speed_ratio["part"] == "iteration"], settings)
        pairs = pairs[(pairs["method"] + "." + pairs["variant"] == model) & (pairs["against"] == against)]
        paired = len(pairs) > 0
        known = pairs[["ratio", "ci_low", "ci_high"]] if paired else base[["milliseconds", "ci_low", "ci_high"]]
        values = Interval(*map(float, known.iloc[0]))
        found = values if paired else quotient(own, values)
    head = {"method": cost["method"], "variant": cost["variant"], "against": against, "family": variant.family}
    for per, times, ratio in (
        ("iteration", 1, 1.0),
        ("generator_update", variant.n_critic, variant.n_critic / base_critic),
    ):
        milliseconds = dict(zip(("milliseconds", "ms_ci_low", "ms_ci_high"), (times * ms for ms in own), strict=True))
        ratios = dict(zip(("ratio", "ci_low", "ci_high"), (ratio * value for value in found), strict=True))
        yield head | {"per": per, "paired": paired} | milliseconds | ratios


def quotient(one: Interval, two: Interval) -> Interval:
    """The ratio of two independent positive numbers, their intervals combined on the log scale (MOVER)."""
    log = [[math.log(value) for value in found] for found in (one, two)]
    low = math.hypot(log[0][0] - log[0][1], log[1][2] - log[1][0])
    high = math.hypot(log[0][2] - log[0][0], log[1][0] - log[1][1])
    centre = log[0][0] - log[1][0]
    return Interval(math.exp(centre), math.exp(centre - low), math.exp(centre + high))
