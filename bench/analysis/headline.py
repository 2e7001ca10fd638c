"""The compared pair in a dozen numbers: how many times as fast the challenger is, and what that costs in quality.

`kind` ratio: `estimate` is the baseline's time over the challenger's, above 1 where the challenger is faster. `kind`
difference: challenger minus baseline. `kind` count: no estimate. `bar` is the value that the interval must clear for an
answer: 1 for ratios, the allowed loss for differences. An estimate without interval decides nothing; `reason` says why
an estimate is missing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench import registry
from bench.analysis import level_times, statistics
from bench.analysis.search_arms import POOL
from bench.analysis.statistics import UNKNOWN, Interval

if TYPE_CHECKING:
    from bench.settings import Settings

COLUMNS = (
    "measure", "kind", "unit", "levels", "baseline_value", "challenger_value", "estimate", "ci_low", "ci_high", "bar",
    "reason",
)  # fmt: skip
ALLOWED_LOSS = {"quality": -0.03, "attribute_accuracy": -0.02}  # as claim C2 of DESIGN section 6


def table(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """The rows of headline.csv from scores, curves, time_to_target, search_ratio and the tables of costs."""
    rows = [
        *_speed(tables["training_speed"], settings), *_trial(tables["trial_costs"], settings),
        _to_quality(tables["curves"], settings), *_search(tables["time_to_target"], tables["search_ratio"], settings),
        _end_to_end(tables["end_to_end"], settings), *_quality(tables["scores"], settings),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _pair(table: pd.DataFrame, settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of the baseline, and those of the challenger."""
    names = table["method"].astype(str) + "." + table["variant"].astype(str)
    return table[names == settings.compare.baseline], table[names == settings.compare.challenger]


def _speed(speed: pd.DataFrame, settings: Settings) -> Iterator[dict[str, Any]]:
    critics = {registry.find(model)[1].n_critic for model in (settings.compare.baseline, settings.compare.challenger)}
    for per in ("iteration",) if len(critics) == 1 else ("iteration", "generator_update"):
        baseline, challenger = _pair(speed[speed["per"] == per], settings)
        if baseline.empty or challenger.empty:
            yield _row(per, "ratio", "ms", reason="the steps of both were not timed in this run")
            continue
        costs, row = (float(side["milliseconds"].iloc[0]) for side in (baseline, challenger)), challenger.iloc[0]
        faster = Interval(1 / row["ratio"], 1 / row["ci_high"], 1 / row["ci_low"])
        yield _row(per, "ratio", "ms", tuple(costs), faster)


def _trial(costs: pd.DataFrame, settings: Settings) -> Iterator[dict[str, Any]]:
    sides = [
        side["training_seconds"] + side["evaluation_seconds"]
        for side in _pair(costs[costs["sampler"] == POOL], settings)
    ]
    if not all(map(len, sides)):
        yield _row("trial", "ratio", "s", reason="not both variants were searched at random")
        return
    baseline, challenger = (float(side.iloc[0]) for side in sides)
    yield _row("trial", "ratio", "s", (baseline, challenger), Interval(baseline / challenger, math.nan, math.nan))


def _to_quality(curves: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    pair = (settings.compare.baseline, settings.compare.challenger)
    budgets = [level_times.budget_kimg(settings, model) for model in pair]
    if budgets[0] != budgets[1]:
        return _row("seconds_to_quality", "ratio", "s", reason="the two were not trained on the same number of images")
    for target in sorted(settings.search.targets, reverse=True):
        found, levels = level_times.ratio(curves, *pair, [target])
        if levels:
            lines = [level_times.quality_lines(curves, model) for model in pair]
            values = [statistics.geometric_mean(level_times.until(*line, target).seconds).estimate for line in lines]
            return _row("seconds_to_quality", "ratio", "s", (values[0], values[1]), found, f"{target:g}")
    reason = "no level was crossed by every seed of both within its training"
    return _row("seconds_to_quality", "ratio", "s", reason=reason)


def _search(times: pd.DataFrame, ratios: pd.DataFrame, settings: Settings) -> Iterator[dict[str, Any]]:
    name = f"{settings.compare.baseline}/{settings.compare.challenger}"
    own = times[(times["comparison"] == name) & (times["sampler"] == POOL)]
    own = own[own["width_decades"] == own["width_decades"].max()]
    for target in sorted(own["target"].unique())[:1]:
        sides = _pair(own[own["target"] == target], settings)
        for measure in ("hits", "trials"):
            counts = [float(side[measure].iloc[0]) for side in sides]
            yield _row(measure, "count", "trials", (counts[0], counts[1]), levels=f"{target:g}")
    rows = ratios[(ratios["comparison"] == name) & (ratios["range_shift"] == 0)]
    rows = rows[rows["centre"] == rows["centre"].iloc[0]] if len(rows) else rows
    widest = rows.sort_values("width_decades").tail(1).to_dict("records")
    if not widest:
        yield _row("search_seconds", "ratio", "s", reason="not both variants were searched at random")
    for row in widest:
        found = Interval(row["seconds_ratio"], row["ci_low"], row["ci_high"])
        reason = "" if math.isfinite(found.estimate) else str(row["reason"])
        yield _row("search_seconds", "ratio", "s", found=found, reason=reason)


def _end_to_end(totals: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    sides = _pair(totals[totals["hits"] > 0], settings)
    shared = set(sides[0]["target"]) & set(sides[1]["target"])
    if not shared:
        return _row("search_and_training", "ratio", "s", reason="no level was hit by the searches of both")
    target = max(shared)
    baseline, challenger = (float(side[side["target"] == target]["total_seconds"].iloc[0]) for side in sides)
    found = Interval(baseline / challenger, math.nan, math.nan)
    return _row("search_and_training", "ratio", "s", (baseline, challenger), found, f"{target:g}")


def _quality(scores: pd.DataFrame, settings: Settings) -> Iterator[dict[str, Any]]:
    whole = scores[(scores["attribute"] == "all") & (scores["split"] == settings.scoring.shown_split)]
    for metric, bar in ALLOWED_LOSS.items():
        sides = [side["value"].dropna() for side in _pair(whole[whole["metric"] == metric], settings)]
        if not all(map(len, sides)):
            yield _row(metric, "difference", "", bar=bar, reason="not both models were scored in this run")
            continue
        found = statistics.difference(sides[1], sides[0])
        yield _row(metric, "difference", "", (float(sides[0].mean()), float(sides[1].mean())), found, bar=bar)


def _row(
    measure: str,
    kind: str,
    unit: str,
    values: tuple[float, ...] = (math.nan, math.nan),
    found: Interval = UNKNOWN,
    levels: str = "",
    bar: float = 1.0,
    reason: str = "",
) -> dict[str, Any]:
    return {
        "measure": measure, "kind": kind, "unit": unit, "levels": levels, "baseline_value": values[0],
        "challenger_value": values[1], "estimate": found.estimate, "ci_low": found.low, "ci_high": found.high,
        "bar": bar if kind != "count" else math.nan, "reason": reason,
    }  # fmt: skip
