"""From measured blocks to speed.csv, speed_ratio.csv and training_speed.csv: costs of steps, and ratios. No torch.

What differs between processes (memory layout, chosen kernels) is the same in all blocks of one. So with several each
gives one number, the median over its blocks, and the interval is Student's t on their logs; one process alone has the
interval of its blocks' median. Ratios are taken block by block: a slow moment of the machine drops out.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy

from bench import registry
from bench.analysis import models, statistics, step_blocks
from bench.analysis.contract import CONTRACT
from bench.analysis.statistics import UNKNOWN, Interval
from bench.analysis.step_blocks import PARTS, Cost, Floats
from bench.settings import Settings

COLUMNS = (
    "method", "variant", "device", "threads", "resolution", "batch", "attributes", "part", "milliseconds", "ci_low",
    "ci_high", "repeats", "processes", "gflop", "generator_passes", "images_per_second",
)  # fmt: skip
TRAINING_COLUMNS = (
    "method", "variant", "against", "family", "per", "paired", "milliseconds", "ms_ci_low", "ms_ci_high", "ratio",
    "ci_low", "ci_high",
)  # fmt: skip


def tables(blocks: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """speed.csv and speed_ratio.csv of the measured blocks."""
    measured = list(step_blocks.groups(blocks))
    costs = [row for setting, group in measured for row in cost_rows(group, setting)]
    ratios = [row for setting, group in measured for row in ratio_rows(group, setting)]
    return pd.DataFrame(costs, columns=list(COLUMNS)), pd.DataFrame(ratios, columns=list(CONTRACT["speed_ratio"]))


def cost_rows(costs: Sequence[Cost], setting: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows of speed.csv of one group; `setting` holds device, threads, resolution, batch and attributes."""
    for cost in costs:
        seconds = interval(cost.seconds)
        milliseconds = Interval(*(1000 * value for value in seconds))
        yield dict(setting) | {
            **models.columns(cost.model_id), "part": cost.part, **milliseconds.named("milliseconds"),
            "repeats": cost.seconds.size, "processes": len(cost.seconds), "gflop": cost.gflop,
            "generator_passes": cost.generator_passes, "images_per_second": cost.images / seconds.estimate,
        }  # fmt: skip


def ratio_rows(costs: Sequence[Cost], setting: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows of speed_ratio.csv of one group: every variant over every other of its family, measured and by FLOPs."""
    families = {cost.model_id: registry.find(cost.model_id)[1].family for cost in costs}
    for cost, other in itertools.permutations(costs, 2):
        family = families[cost.model_id]
        if cost.part in PARTS and cost.part == other.part and family == families[other.model_id]:
            yield dict(setting) | {
                **models.columns(cost.model_id), "against": other.model_id, "family": family, "part": cost.part,
                **interval(cost.seconds / other.seconds).named("ratio"), "gflop_ratio": cost.gflop / other.gflop,
                "repeats": cost.seconds.size, "processes": len(cost.seconds),
            }  # fmt: skip


def interval(values: Floats, level: float = 0.95) -> Interval:
    """The typical one of positive values (processes, blocks), with the interval that the module's docstring tells."""
    if len(values) == 1:
        return median_interval(values[0], level)
    return statistics.geometric_mean(np.median(values, axis=1), level)


def median_interval(values: Floats, level: float = 0.95) -> Interval:
    """The median with its distribution-free interval: order statistics of the binomial, never narrower than `level`.

    With too few values for that level the interval is their whole range.
    """
    ordered = np.sort(values)
    low = max(int(scipy.stats.binom.ppf((1 - level) / 2, ordered.size, 0.5)) - 1, 0)
    return Interval(float(np.median(ordered)), float(ordered[low]), float(ordered[ordered.size - 1 - low]))


def at_level(value: Interval, processes: int, level: float) -> Interval:
    """A 95 % interval of costs or ratios at another level: by Student's t where `processes` allow it, else normal."""
    critical = scipy.stats.t(processes - 1).ppf if processes > 1 else scipy.stats.norm.ppf
    stretch = float(critical((1 + level) / 2) / critical(0.975))
    low, high = (value.estimate * (bound / value.estimate) ** stretch for bound in (value.low, value.high))
    return Interval(value.estimate, low, high)


def spread(value: Interval, processes: int) -> float:
    """Standard deviation of the logs of processes, from their 95 % interval; NaN below two."""
    if processes < 2:
        return math.nan
    half = math.log(value.high / value.estimate)
    return half / float(scipy.stats.t(processes - 1).ppf(0.975)) * math.sqrt(processes)


def as_trained(speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of speed.csv that were timed at the run's own image size, batch and number of attributes."""
    return speed[
        (speed["resolution"] == settings.data.image_size_px)
        & (speed["batch"] == settings.training.batch_size)
        & (speed["attributes"] == len(settings.data.attributes))
    ]


def part_cost(speed: pd.DataFrame, model_id: str, part: str, settings: Settings, column: str = "milliseconds") -> float:
    """A cost of a part of a model at the run's size, batch and attributes; NaN where it was not measured."""
    rows = as_trained(models.of(speed[speed["part"] == part], registry.without_label(model_id)), settings)
    return float(rows[column].mean()) if column in rows else math.nan


def training_speed(speed: pd.DataFrame, speed_ratio: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of training_speed.csv, at the run's own size: every timed variant over the compared baseline.

    An iteration is one discriminator step and 1 / n_critic of a generator step; a generator update takes n_critic of
    them. Within a loss family ratios are paired block by block; across families they are ratios of two costs.
    """
    timed = as_trained(speed[speed["part"] == "iteration"], settings)
    rows = [row for cost in timed.to_dict("records") for row in _over_baseline(cost, timed, speed_ratio, settings)]
    return pd.DataFrame(rows, columns=list(TRAINING_COLUMNS))


def _over_baseline(
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


def quotient(above: Interval, below: Interval) -> Interval:
    """The ratio of two independent positive numbers, their intervals combined on the log scale (MOVER)."""
    (centre, *limits), (other, *other_limits) = ([math.log(value) for value in numbers] for numbers in (above, below))
    low = math.hypot(centre - limits[0], other_limits[1] - other)
    high = math.hypot(limits[1] - centre, other - other_limits[0])
    ratio = centre - other
    return Interval(math.exp(ratio), math.exp(ratio - low), math.exp(ratio + high))
