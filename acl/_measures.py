"""The numbers that the claims are judged by, read from tidy tables; each with the reason where it cannot be read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from bench import statistics, time_to_target
from bench.claims import Evidence
from bench.statistics import UNKNOWN, Interval

FINAL_SPLIT = "test"


@dataclass(frozen=True)
class Measured:
    """A number with its interval, and why it must not be judged ('' where it may be)."""

    interval: Interval
    reason: str = ""


def cosine(
    gradients: pd.DataFrame | None,
    experiment: str,
    setting: str,
    loss: str,
    family: str | None,
    least: int,
    level: float,
) -> Measured:
    """Mean over seeds of the cosine of a loss; setting `farthest` is the largest of numeric settings."""
    if gradients is None:
        return Measured(UNKNOWN, "the gradient experiments were not run")
    rows = gradients[
        (gradients["experiment"] == experiment) & (gradients["measure"] == "cosine") & (gradients["loss"] == loss)
    ]
    if family is not None:
        rows = rows[rows["family"] == family]
    if setting == "farthest":
        distances = pd.to_numeric(rows["setting"])
        rows = rows[distances == distances.max()]
    else:
        rows = rows[rows["setting"] == setting]
    by_seed = rows.groupby("seed")["value"].mean()
    if by_seed.empty:
        return Measured(UNKNOWN, f"{loss} was not measured in experiment {experiment}, {setting}")
    return Measured(statistics.mean(by_seed, level), _few(least, by_seed.size))


def search_ratio(evidence: Evidence, baseline: str, challenger: str, width: float, level: float) -> Measured:
    """Search seconds of `baseline` over `challenger`'s: pools cut to `width`, geometric mean over judged targets."""
    settings = evidence.settings
    arms = [
        time_to_target.arm(model, time_to_target.POOL, evidence.search, evidence.speed, settings)
        for model in (baseline, challenger)
    ]
    if missing := [one.model_id for one in arms if one.rows.empty]:
        return Measured(UNKNOWN, f"no pool of {missing[0]} was searched")
    if width > max(time_to_target.widths(arms, settings)):
        return Measured(UNKNOWN, f"the pools are narrower than {width:g} decades")
    one, two = (arm.cut(width) for arm in arms)
    judged = [
        target
        for target in settings.search.targets
        if one.hits(target).sum() + two.hits(target).sum() >= time_to_target.FEWEST_HITS
    ]
    if not judged:
        return Measured(UNKNOWN, f"no target has {time_to_target.FEWEST_HITS} hits in all")
    hits = [np.stack([arm.hits(target) for target in judged], axis=1) for arm in (one, two)]
    seconds = [np.stack([arm.seconds(target) for target in judged], axis=1) for arm in (one, two)]
    interval = statistics.seconds_ratio(hits[0], seconds[0], hits[1], seconds[1], level)
    if math.isnan(interval.estimate):
        return Measured(UNKNOWN, "one arm has no hit at a judged target")
    if settings.search.confirmations == 0:
        return Measured(interval, "hits were not confirmed on fresh seeds")
    if any(math.isnan(arm.step_seconds) for arm in arms):
        return Measured(interval, "the step costs of the arms were not measured uncontended")
    return Measured(interval)


def score_difference(
    evidence: Evidence, one: str, two: str, metric: str, bars: Mapping[str, float], level: float
) -> Measured:
    """Mean over seeds of a test metric of model `one` minus that of `two`, Welch's t."""
    values, reason = _finals(evidence, (one, two), metric, int(bars["least_seeds"]))
    return Measured(statistics.difference(values[0], values[1], level), reason) if values else Measured(UNKNOWN, reason)


def score_ratio(
    evidence: Evidence, one: str, two: str, metric: str, bars: Mapping[str, float], level: float
) -> Measured:
    """Geometric mean over seeds of a test metric of model `one` over that of `two`, Welch's t on logs."""
    values, reason = _finals(evidence, (one, two), metric, int(bars["least_seeds"]))
    return Measured(statistics.ratio(values[0], values[1], level), reason) if values else Measured(UNKNOWN, reason)


def cost_ratio(
    evidence: Evidence, one: str, two: str, part: str, column: str, attributes: int, level: float
) -> Measured:
    """Cost of `part` of variant `one` over `two`. FLOPs are exact; milliseconds carry both of their intervals."""
    settings = evidence.settings
    speed = evidence.speed
    rows = speed[
        (speed["attributes"] == attributes)
        & (speed["part"] == part)
        & (speed["resolution"] == settings.data.image_size_px)
        & (speed["batch"] == settings.training.batch_size)
    ]
    names = rows["method"] + "." + rows["variant"]
    found = [rows[names == model] for model in (one, two)]
    if missing := [model for model, cost in zip((one, two), found, strict=True) if cost[column].isna().all()]:
        return Measured(UNKNOWN, f"{missing[0]} was not timed with {attributes} attributes")
    first, second = (cost.iloc[0] for cost in found)
    log_ratio = math.log(first[column] / second[column])
    if column == "gflop":
        return Measured(Interval(math.exp(log_ratio), math.exp(log_ratio), math.exp(log_ratio)))
    errors = [math.log(cost["ci_high"] / cost["ci_low"]) / (2 * stats.norm.ppf(0.975)) for cost in (first, second)]
    half = stats.norm.ppf((1 + level) / 2) * math.hypot(*errors)
    return Measured(Interval(math.exp(log_ratio), math.exp(log_ratio - half), math.exp(log_ratio + half)))


def training_ratio(evidence: Evidence, one: str, two: str, bars: Mapping[str, float], level: float) -> Measured:
    """Training seconds to a quality, model `one` over `two`: a seed's time is its geometric mean over the targets.

    Targets that every seed of both reaches; a curve is read linearly between its evaluation points.
    """
    curves = [_quality_curves(evidence.curves, model) for model in (one, two)]
    if missing := [model for model, found in zip((one, two), curves, strict=True) if not found]:
        return Measured(UNKNOWN, f"{missing[0]} was not trained")
    times = {
        target: [[_seconds_to(curve, target) for curve in found] for found in curves]
        for target in evidence.settings.search.targets
    }
    reached = [both for both in times.values() if not np.isnan([time for found in both for time in found]).any()]
    if not reached:
        return Measured(UNKNOWN, "no target was reached by every seed of both")
    means = [np.exp(np.mean(np.log([both[side] for both in reached]), axis=0)) for side in (0, 1)]
    return Measured(statistics.ratio(means[0], means[1], level), _few(int(bars["least_seeds"]), *map(len, curves)))


def early_difference(
    evidence: Evidence, one: str, two: str, share: float, bars: Mapping[str, float], level: float
) -> Measured:
    """Quality of `one` minus that of `two`, both after `share` of `two`'s training seconds (mean over seeds)."""
    curves = [_quality_curves(evidence.curves, model) for model in (one, two)]
    if missing := [model for model, found in zip((one, two), curves, strict=True) if not found]:
        return Measured(UNKNOWN, f"{missing[0]} was not trained")
    moment = share * float(np.mean([curve["train_seconds"].iloc[-1] for curve in curves[1]]))
    values = [[float(np.interp(moment, curve["train_seconds"], curve["value"])) for curve in found] for found in curves]
    return Measured(
        statistics.difference(values[0], values[1], level), _few(int(bars["least_seeds"]), *map(len, curves))
    )


def _finals(evidence: Evidence, models: tuple[str, str], metric: str, least: int) -> tuple[list[pd.Series], str]:
    """Values a seed of both models, and why they must not be judged; no values where one was not scored."""
    scores = evidence.scores
    rows = scores[(scores["split"] == FINAL_SPLIT) & (scores["metric"] == metric) & (scores["attribute"] == "all")]
    names = rows["method"] + "." + rows["variant"]
    values = [rows[names == model]["value"].dropna() for model in models]
    for model, found in zip(models, values, strict=True):
        if found.empty:
            return [], f"{model} has no {metric} on split {FINAL_SPLIT!r}"
    return values, _few(least, *(found.size for found in values))


def _few(least: int, *counts: int) -> str:
    return f"{min(counts)} training seeds, fewer than the {least} that a verdict needs" if min(counts) < least else ""


def _quality_curves(curves: pd.DataFrame, model: str) -> list[pd.DataFrame]:
    rows = curves[(curves["method"] + "." + curves["variant"] == model) & (curves["metric"] == "quality")]
    return [found.sort_values("train_seconds") for _, found in rows.groupby("seed")]


def _seconds_to(curve: pd.DataFrame, target: float) -> float:
    """Training seconds at which a quality curve first reaches `target`; NaN where it never does."""
    seconds, values = curve["train_seconds"].to_numpy(dtype=float), curve["value"].to_numpy(dtype=float)
    above = np.flatnonzero(values >= target)
    if above.size == 0:
        return math.nan
    first = int(above[0])
    if first == 0:
        return float(seconds[0])
    return float(np.interp(target, values[first - 1 : first + 1], seconds[first - 1 : first + 1]))
