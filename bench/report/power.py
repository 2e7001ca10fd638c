"""What size of effect the run could have seen, in sentences and as a table."""

import math
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from bench.analysis.power import POWER
from bench.analysis.statistics import FEWEST_SEEDS
from bench.plots.kit import metric_labels, theme
from bench.plots.kit.words import interval, number

CAPTION = (
    "What could have been seen. Base: the first model's hit rate with its Clopper-Pearson interval, or the observed "
    "standard deviation. Power of a ratio: the probability that pools of this size tell so many times the base rate "
    "from it (Miettinen-Nurminen interval, 95 %)."
)


def sentences(power: pd.DataFrame) -> Iterator[str]:
    """One sentence per comparison and kind of evidence."""
    for comparison, rows in power.groupby("comparison", sort=False):
        names = " against ".join(map(theme.label, str(comparison).split("/")))
        for pool in rows[rows["measure"] == "hit rate"].head(1).to_dict("records"):
            yield f"{names}: {_pools(pool)}"
        for sampler, studies in rows[rows["measure"] == "log seconds"].groupby("sampler", sort=False):
            yield f"{names}, {sampler} sampler: {_studies(studies)}"
        for row in rows[rows["unit"] == "seeds"].to_dict("records"):
            label = metric_labels.name(row["measure"]).lower()
            yield f"{names}, {label} on the {row['split']} split: {_seeds(row)}"


def _pools(row: Mapping[Hashable, Any]) -> str:
    size = f"pools of {row['count']:.0f} trials per variant"
    if not row["base"] > 0:
        return f"{size}; the first model never hit quality {row['target']:g}, so no effect size can be stated."
    rate = f"{number(row['base'])} {interval(row['base_ci_low'], row['base_ci_high'])}"
    sentence = f"{size}. At quality {row['target']:g} the first model's hit rate was {rate}: "
    if not math.isnan(row["power_3x"]):
        sentence += f"three times that rate is found with probability {number(row['power_3x'])}; "
    if math.isinf(row["smallest_effect"]):
        return sentence + f"no ratio is found with probability {POWER:g}."
    return sentence + f"a ratio of {number(row['smallest_effect'])} is found with probability {POWER:g}."


def _studies(rows: pd.DataFrame) -> str:
    first, judged = rows.iloc[0], rows[rows["base"].notna()].sort_values("target").to_dict("records")
    size = f"{first['count']:.0f} {'study' if first['count'] == 1 else 'studies'} per variant"
    if not judged:
        return f"{size}; no target was reached by every one of several studies, so no ratio of times can be judged."
    lowest_and_highest = judged[:: max(1, len(judged) - 1)]
    ends = ", ".join(f"{number(row['smallest_effect'])} (quality {row['target']:g})" for row in lowest_and_highest)
    return f"{size}; ratios of seconds to a target that are found with probability {POWER:g}: {ends}."


def _seeds(row: Mapping[Hashable, Any]) -> str:
    if math.isnan(row["smallest_effect"]):
        return f"{row['count']:.0f} seeds per model are too few to know their spread ({FEWEST_SEEDS} are needed)."
    return (
        f"{row['count']:.0f} seeds per model, whose differences have a standard deviation of {number(row['base'])};"
        f" a difference of {number(row['smallest_effect'])} is found with probability {POWER:g}."
    )
