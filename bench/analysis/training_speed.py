"""Time per training iteration and per generator update of every timed variant, over that of the compared baseline.

An iteration is one discriminator step and 1 / n_critic of a generator step; a generator update takes n_critic of them.
Within a loss family ratios are paired block by block (speed_ratio.csv); across families they are ratios of two costs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from bench import registry
from bench.analysis import models
from bench.analysis.statistics import UNKNOWN, Interval
from bench.analysis.step_costs import as_trained
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
    variant, base_critic = registry.find(model)[1], registry.find(against)[1].n_critic
    milliseconds = Interval(cost["milliseconds"], cost["ci_low"], cost["ci_high"])
    base = models.of(timed, against)
    pairs = as_trained(models.of(speed_ratio[speed_ratio["part"] == "iteration"], model), settings)
    pairs = pairs[pairs["against"] == against]
    paired = len(base) > 0 and len(pairs) > 0
    if model == against:
        ratio = Interval(1.0, 1.0, 1.0)
    elif paired:
        ratio = Interval(*map(float, pairs[["ratio", "ci_low", "ci_high"]].iloc[0]))
    elif len(base):
        ratio = quotient(milliseconds, Interval(*map(float, base[["milliseconds", "ci_low", "ci_high"]].iloc[0])))
    else:
        ratio = UNKNOWN
    head = {**models.columns(model), "against": against, "family": variant.family, "paired": paired}
    for per, steps, base_steps in (("iteration", 1, 1), ("generator_update", variant.n_critic, base_critic)):
        cost_of = Interval(*(steps * value for value in milliseconds)).named("milliseconds", "ms_ci")
        yield head | {"per": per} | cost_of | Interval(*(steps / base_steps * value for value in ratio)).named("ratio")


def quotient(one: Interval, two: Interval) -> Interval:
    """The ratio of two independent positive numbers, their intervals combined on the log scale (MOVER)."""
    (centre, *limits), (other, *other_limits) = ([math.log(value) for value in numbers] for numbers in (one, two))
    low = math.hypot(centre - limits[0], other_limits[1] - other)
    high = math.hypot(limits[1] - centre, other - other_limits[0])
    ratio = centre - other
    return Interval(math.exp(ratio), math.exp(ratio - low), math.exp(ratio + high))
