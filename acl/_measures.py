"""The numbers that the claims are judged by, read from tidy tables; each with the reason where it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bench.analysis import control_views, search_arms, statistics
from bench.analysis import search_ratio as search_ratios
from bench.analysis.claims import Evidence
from bench.analysis.level_times import seconds_to
from bench.analysis.statistics import UNKNOWN, Interval
from bench.analysis.step_costs import at_level
from bench.analysis.training_costs import SECONDS

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
    search = control_views.main_trials(evidence.search)
    arms = [
        search_arms.arm(model, search_arms.POOL, search, evidence.speed, evidence.settings)
        for model in (baseline, challenger)
    ]
    if missing := [arm.model_id for arm in arms if arm.rows.empty]:
        return Measured(UNKNOWN, f"no pool of {missing[0]} was searched")
    if width > max(search_arms.widths(arms, evidence.settings)):
        return Measured(UNKNOWN, f"the pools are narrower than {width:g} decades")
    found = search_ratios.headline(arms[0].cut(width), arms[1].cut(width), evidence.settings.search.targets, level)
    if found.reason:
        return Measured(UNKNOWN, found.reason)
    if evidence.settings.search.confirmations == 0:
        return Measured(found.ratio, "hits were not confirmed on fresh seeds")
    if any(arm.clock != "measured" for arm in arms):
        return Measured(found.ratio, "the costs of the arms' steps and evaluations were not all measured uncontended")
    return Measured(found.ratio)


def one_against_one(evidence: Evidence, baseline: str, challenger: str, width: float, level: float) -> Measured:
    """`search_ratio` in the control of these arms where each searches one weight."""
    for view in control_views.views(evidence.search, evidence.settings):
        pair = (view.settings.compare.baseline, view.settings.compare.challenger)
        if pair == (baseline, challenger) and (view.search["dimension"] == 1).all():
            own = replace(evidence, search=view.search, settings=view.settings)
            return search_ratio(own, baseline, challenger, width, level)
    return Measured(UNKNOWN, "no control of search.controls searches one weight against one")


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
    """Cost of `part` of variant `one` over `two`: milliseconds by block, in pairs; FLOPs are exact."""
    settings, rows = evidence.settings, evidence.speed_ratio
    found = rows[
        (rows["method"] + "." + rows["variant"] == one)
        & (rows["against"] == two)
        & (rows["part"] == part)
        & (rows["attributes"] == attributes)
        & (rows["resolution"] == settings.data.image_size_px)
        & (rows["batch"] == settings.training.batch_size)
    ]
    if found.empty:
        return Measured(UNKNOWN, f"{one} was not timed beside {two} with {attributes} attributes")
    cost = found.iloc[0]
    if column == "gflop":
        return Measured(Interval(*(cost["gflop_ratio"],) * 3))
    interval = Interval(cost["ratio"], cost["ci_low"], cost["ci_high"])
    return Measured(at_level(interval, int(cost["processes"]), level))


def training_ratio(evidence: Evidence, one: str, two: str, bars: Mapping[str, float], level: float) -> Measured:
    """Uncontended training seconds to a quality, model `one` over `two`.

    A seed's time is its geometric mean over the targets that every seed of both reaches; a curve is read linearly
    between its evaluation points.
    """
    curves, reason = _quality_curves(evidence.curves, (one, two))
    if not curves:
        return Measured(UNKNOWN, reason)
    times = {
        target: [[seconds_to(curve[SECONDS], curve["value"], target) for curve in found] for found in curves]
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
    """Quality of `one` minus that of `two`, both after `share` of `two`'s uncontended training seconds."""
    curves, reason = _quality_curves(evidence.curves, (one, two))
    if not curves:
        return Measured(UNKNOWN, reason)
    moment = share * float(np.mean([curve[SECONDS].iloc[-1] for curve in curves[1]]))
    values = [[float(np.interp(moment, curve[SECONDS], curve["value"])) for curve in found] for found in curves]
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


def _quality_curves(curves: pd.DataFrame, models: tuple[str, str]) -> tuple[list[list[pd.DataFrame]], str]:
    """Quality by uncontended seconds, a curve a seed of both models; none where one lacks it, and why."""
    names, both = curves["method"] + "." + curves["variant"], []
    for model in models:
        rows = curves[(names == model) & (curves["metric"] == "quality")]
        if rows.empty:
            return [], f"{model} was not trained"
        if rows[SECONDS].isna().any():
            return [], f"the steps of {model} were not timed (speed.models)"
        both.append([found.sort_values("images_seen") for _, found in rows.groupby("seed")])
    return both, ""
