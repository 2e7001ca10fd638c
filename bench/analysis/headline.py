"""The compared pair in a dozen numbers: how many times as fast the challenger is, and what that costs in quality.

`kind` ratio: the baseline's time over the challenger's; difference: challenger minus baseline; count: no estimate.
`bar` is what the interval must clear for an answer: 1 for ratios, the allowed loss for differences. An estimate without
interval decides nothing; `reason` says why one of them is missing.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from bench import registry
from bench.analysis import level_times, models, seed_pairs, statistics
from bench.analysis.search_arms import POOL
from bench.analysis.statistics import UNKNOWN, Interval
from bench.settings import Settings

COLUMNS = (
    "measure", "kind", "unit", "levels", "baseline_value", "challenger_value", "estimate", "ci_low", "ci_high", "bar",
    "reason",
)  # fmt: skip
ALLOWED_LOSS = {"quality": -0.03, "attribute_accuracy": -0.02}  # as claim C2 (docs/measures/claims.md)


def table(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """The rows of headline.csv from scores, curves, time_to_target, search_ratio and the tables of costs."""
    rows = [
        *_speed(tables["training_speed"], settings), _trial(tables["trial_costs"], settings),
        _to_quality(tables["curves"], settings), *_search(tables["time_to_target"], tables["search_ratio"], settings),
        _end_to_end(tables["end_to_end"], settings), *_quality(tables["scores"], settings),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _pair(table: pd.DataFrame, settings: Settings) -> list[pd.DataFrame]:
    """The rows of the baseline, and those of the challenger."""
    return [models.of(table, model) for model in settings.compare.pair]


def _speed(speed: pd.DataFrame, settings: Settings) -> Iterator[dict[str, Any]]:
    critics = {registry.find(model)[1].n_critic for model in settings.compare.pair}
    for per in ("iteration",) if len(critics) == 1 else ("iteration", "generator_update"):
        baseline, challenger = _pair(speed[speed["per"] == per], settings)
        if baseline.empty or challenger.empty:
            yield _row(per, "ratio", "ms", reason="the steps of both were not timed in this run")
            continue
        costs, row = [float(side["milliseconds"].iloc[0]) for side in (baseline, challenger)], challenger.iloc[0]
        yield _row(per, "ratio", "ms", costs, Interval(1 / row["ratio"], 1 / row["ci_high"], 1 / row["ci_low"]))


def _trial(costs: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    pools = _pair(costs[costs["sampler"] == POOL], settings)
    if not all(map(len, pools)):
        return _row("trial", "ratio", "s", reason="not both variants were searched at random")
    seconds = [float((side["training_seconds"] + side["evaluation_seconds"]).iloc[0]) for side in pools]
    return _row("trial", "ratio", "s", seconds, _without_interval(seconds))


def _to_quality(curves: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    pair, budgets = settings.compare.pair, models.budgets_kimg(settings)
    if not set(pair) <= set(budgets) or budgets[pair[0]] != budgets[pair[1]]:
        return _row("seconds_to_quality", "ratio", "s", reason="the two were not trained on the same number of images")
    for target in sorted(settings.search.targets, reverse=True):
        ratio, levels = level_times.ratio(curves, *pair, [target])
        if levels:
            lines = [level_times.quality_lines(curves, model) for model in pair]
            means = [statistics.geometric_mean(level_times.until(*line, target).seconds).estimate for line in lines]
            return _row("seconds_to_quality", "ratio", "s", means, ratio, levels=f"{target:g}")
    reason = "no level was crossed by every seed of both within its training"
    return _row("seconds_to_quality", "ratio", "s", reason=reason)


def _search(times: pd.DataFrame, ratios: pd.DataFrame, settings: Settings) -> Iterator[dict[str, Any]]:
    name, level = "/".join(settings.compare.pair), settings.search.level
    pools = times[(times["comparison"] == name) & (times["sampler"] == POOL)]
    pools = pools[(pools["width_decades"] == pools["width_decades"].max()) & (pools["target"] == level)]
    for measure in ("hits", "trials") if len(pools) else ():
        counts = [float(side[measure].iloc[0]) for side in _pair(pools, settings)]
        yield _row(measure, "count", "trials", counts, levels=f"{level:g}", bar=math.nan)
    rows = ratios[(ratios["comparison"] == name) & (ratios["range_shift"] == 0)]
    if rows.empty:
        yield _row("search_seconds", "ratio", "s", reason="not both variants were searched at random")
        return
    widest = rows[rows["centre"] == rows["centre"].iloc[0]].sort_values("width_decades").iloc[-1]
    ratio = Interval(widest["seconds_ratio"], widest["ci_low"], widest["ci_high"])
    if widest["reason"]:
        ratio = Interval(ratio.estimate, math.nan, math.nan)
    yield _row("search_seconds", "ratio", "s", value=ratio, levels=f"{level:g}", reason=widest["reason"])


def _end_to_end(totals: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    seconds = [side.set_index("target")["total_seconds"] for side in _pair(totals[totals["hits"] > 0], settings)]
    shared = set(seconds[0].index) & set(seconds[1].index)
    if not shared:
        return _row("search_and_training", "ratio", "s", reason="no level was hit by the searches of both")
    totals_at = [float(side[max(shared)]) for side in seconds]
    return _row("search_and_training", "ratio", "s", totals_at, _without_interval(totals_at), levels=f"{max(shared):g}")


def _quality(scores: pd.DataFrame, settings: Settings) -> Iterator[dict[str, Any]]:
    split = settings.scoring.shown_split
    final = models.over_all(scores, split)
    for metric, bar in ALLOWED_LOSS.items():
        sides = _pair(final[final["metric"] == metric].dropna(subset="value"), settings)
        baseline, challenger = (side.set_index("seed")["value"] for side in sides)
        if baseline.empty or challenger.empty:
            yield _row(metric, "difference", "", bar=bar, reason="not both models were scored in this run")
            continue
        means = [float(baseline.mean()), float(challenger.mean())]
        value = seed_pairs.compare(challenger, baseline).at()
        reason = seed_pairs.unearned(scores, metric, settings.compare.pair, split, settings)
        value = Interval(value.estimate, math.nan, math.nan) if reason else value
        yield _row(metric, "difference", "", means, value, bar=bar, reason=reason)


def _without_interval(sides: Sequence[float]) -> Interval:
    return Interval(sides[0] / sides[1], math.nan, math.nan)


def _row(
    measure: str, kind: str, unit: str, sides: Sequence[float] = (math.nan, math.nan), value: Interval = UNKNOWN,
    **more: object,
) -> dict[str, Any]:  # fmt: skip
    row = {"measure": measure, "kind": kind, "unit": unit, "levels": "", **value.named(), "bar": 1.0, "reason": ""}
    return row | {"baseline_value": sides[0], "challenger_value": sides[1]} | more
