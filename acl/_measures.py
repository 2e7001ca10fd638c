"""The numbers that the claims are judged by, read from tidy tables; each with the reason where it cannot be read."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.analysis import control_views, search_arms, seed_pairs, step_costs
from bench.analysis import models as model_rows
from bench.analysis import search_ratio as search_ratios
from bench.analysis.claims import IMPOSSIBLE, INCONCLUSIVE, NOT_TESTED, TOO_FEW, Evidence, Measured, Sample, exactly
from bench.analysis.level_times import seconds_to
from bench.analysis.seed_pairs import Compared
from bench.analysis.statistics import Interval
from bench.analysis.training_costs import SECONDS, step_cost
from bench.training.schedule import steps_of

from . import _refusals as refusals

LEAST_PROCESSES = 5
TRUE_EDITS = ("counterfactual_error_crossing",)  # metrics that photos cannot have
Pair = tuple[str, str]


def search_ratio(evidence: Evidence, pair: Pair, width: float, shift: float = 0.0) -> Measured:
    """Search seconds of the pair's baseline over its challenger's, at the judged level.

    Pools are cut to `width` decades per axis, about their centre moved by `shift` decades.
    """
    search = control_views.main_trials(evidence.search)
    arms = [search_arms.arm(model, search_arms.POOL, search, evidence.speed, evidence.settings) for model in pair]
    if missing := [arm.model_id for arm in arms if arm.rows.empty]:
        return Measured(reason=f"no pool of {missing[0]} was searched")
    if width + 2 * abs(shift) > max(search_arms.widths(arms, evidence.settings)):
        return Measured(reason=f"the pools are narrower than {width + 2 * abs(shift):g} decades")
    cut, level = [arm.cut(width, shift) for arm in arms], evidence.settings.search.level
    trials, rate = min(len(arm.rows) for arm in cut), search_ratios.shrunken_rate(cut[0], level)
    ratio = Measured(
        lambda confidence: search_ratios.seconds_ratio(cut, level, confidence),
        Sample("Miettinen-Nurminen score interval", "trial", trials, rate, models=pair),
        note=search_ratios.in_words(cut, level),
    )
    if evidence.settings.search.confirmations == 0:
        return ratio.refused("hits were not confirmed on fresh seeds", NOT_TESTED)
    if any(arm.clock != "measured" for arm in arms):
        return ratio.refused("the arms' steps and evaluations were not all timed uncontended", NOT_TESTED)
    return ratio.refused(search_ratios.too_few_hits(cut, level), TOO_FEW)


def one_against_one(evidence: Evidence, pair: Pair, width: float) -> Measured:
    """`search_ratio` in the control of these arms where each searches one weight."""
    for view in control_views.views(evidence.search, evidence.settings):
        if view.settings.compare.pair == pair and (view.search["dimension"] == 1).all():
            return search_ratio(replace(evidence, search=view.search, settings=view.settings), pair, width)
    return Measured(reason="no control of search.controls searches one weight against one")


def scores(evidence: Evidence, models: Pair, metric: str, log: bool = False) -> Measured:
    """A test metric of the first model minus (`log`: over) the second's, over training seeds, by pairs where shared."""
    if metric in TRUE_EDITS and evidence.settings.data.source != "drawn":
        return Measured(reason=f"{metric} needs the true edit, which photos do not have", word=IMPOSSIBLE)
    final = model_rows.over_all(evidence.scores, refusals.FINAL_SPLIT)
    final = final[(final["metric"] == metric) & final["value"].notna()]
    by_seed = [model_rows.of(final, model).set_index("seed")["value"] for model in models]
    for model, values in zip(models, by_seed, strict=True):
        if values.empty:
            return Measured(reason=f"{model} has no {metric} on split {refusals.FINAL_SPLIT!r}")
    change = over_seeds(seed_pairs.compare(by_seed[0], by_seed[1], log), models)
    if unearned := seed_pairs.unearned(evidence.scores, metric, models, refusals.FINAL_SPLIT, evidence.settings):
        change = replace(change, sample=replace(change.sample, base=math.nan))  # no more seeds would decide it
    return change.refused(unearned, NOT_TESTED)


def over_seeds(compared: Compared, models: Pair, unit: str = "training seed") -> Measured:
    """What was compared over seeds, as a number that can be judged."""
    sample = Sample(compared.interval_name, unit, compared.count, compared.spread, compared.correlation, models)
    return Measured(compared.at, sample)


def fair(
    evidence: Evidence, change: Measured, models: Pair, bars: Mapping[str, float],
    weights: Callable[[Evidence, Sequence[str]], str],
) -> Measured:  # fmt: skip
    """A number over seeds, refused where budgets differ, `weights` has a reason or the seeds are too few."""
    few = refusals.few(change.sample.count, int(bars["least_seeds"]), "training seed")
    return (
        change.refused(weights(evidence, models), NOT_TESTED)
        .refused(refusals.unequal_budgets(evidence, models), NOT_TESTED)
        .refused(few, TOO_FEW)
    )


def cost_ratio(evidence: Evidence, model: str, against: str, part: str, column: str, attributes: int) -> Measured:
    """Cost of `part` of variant `model` over `against`: milliseconds by block, in pairs; FLOPs are exact."""
    settings, rows = evidence.settings, model_rows.of(evidence.speed_ratio, model)
    size, batch = settings.data.image_size_px, settings.training.batch_size
    wanted = {"against": against, "part": part, "attributes": attributes, "resolution": size, "batch": batch}
    timed = rows[(rows[list(wanted)] == list(wanted.values())).all(axis=1)]
    if timed.empty:
        return Measured(reason=f"{model} was not timed beside {against} with {attributes} attributes")
    cost = timed.iloc[0]
    if column == "gflop":
        return exactly(float(cost["gflop_ratio"]))
    interval, processes = Interval(cost["ratio"], cost["ci_low"], cost["ci_high"]), int(cost["processes"])
    spread = step_costs.spread(interval, processes)
    ratio = Measured(
        lambda level: step_costs.at_level(interval, processes, level),
        Sample("Student's t on logs", "process", processes, spread, models=(model, against)),
    )
    few = refusals.few(processes, LEAST_PROCESSES, "process")
    return ratio.refused(few and f"{few} (blocks of one process share what differs between processes)", TOO_FEW)


def training_ratio(evidence: Evidence, model: str, against: str) -> Measured:
    """Uncontended training seconds to the levels, `model` over `against`, by restricted means.

    A seed's time to a level that it never reached is that of the shorter training's end, and so is any later one: a
    level that one side never reaches counts against it. Levels that no seed reached, or that both sides reached before
    their first evaluation point, are left out.
    """
    curves, reason = _quality_curves(evidence.curves, (model, against))
    if reason:
        return Measured(reason=reason)
    end = min(float(curve[SECONDS].iloc[-1]) for side in curves for curve in side.values())
    times: tuple[list[NDArray[np.float64]], ...] = ([], [])  # a row of seeds for each level, of either side
    for target in evidence.settings.search.targets:
        early = [any(curve["value"].iloc[0] >= target for curve in side.values()) for side in curves]
        if any(early) and not all(early):
            alone = (model, against)[early.index(True)]
            why = f"{alone} alone reached level {target:g} before its first evaluation point (training.evaluations)"
            return Measured(reason=why)
        readings = [[seconds_to(curve[SECONDS], curve["value"], target) for curve in side.values()] for side in curves]
        if not any(early) and not np.isnan(np.concatenate(readings)).all():
            for side, reading in zip(times, readings, strict=True):
                side.append(np.fmin(reading, end))  # of NaN and the end: the end
    if not times[0]:
        return Measured(reason="no level was reached between two evaluation points by any seed", word=INCONCLUSIVE)
    means = [
        pd.Series(np.exp(np.mean(np.log(side), axis=0)), index=list(curve))
        for side, curve in zip(times, curves, strict=True)
    ]
    at_end = np.concatenate([*times[0], *times[1]]) == end
    note = f"{at_end.sum()} of {at_end.size} times are censored at the shorter training's end" if at_end.any() else ""
    return replace(over_seeds(seed_pairs.compare(means[0], means[1], log=True), (model, against)), note=note)


def saved_operations(evidence: Evidence, model: str, against: str) -> float:
    """Share of `against`'s training operations that `model` saves, by the phases of its growth; NaN if unknown."""
    steps = steps_of(1000 * evidence.settings.training.budget_kimg, evidence.settings.training.batch_size)
    costs = [step_cost(evidence.speed, name, evidence.settings, "gflop").mean(steps) for name in (model, against)]
    return 1 - costs[0] / costs[1]


def short_quality(evidence: Evidence, model: str, against: str, share: float, bar: float = -math.inf) -> Measured:
    """Test quality of `model` minus that of `against`, each after a training of its own at a small budget.

    `against`'s training must take that share of the seconds of its full one, and `model`'s no more. Where `model` took
    fewer seconds, an estimate below `bar` says nothing.
    """
    short = (f"{model}{refusals.SHORT}", f"{against}{refusals.SHORT}")
    if missing := [name for name in short if refusals.final_of(evidence, name) is None]:
        return Measured(reason=f"there is no training at a short budget of its own: {missing[0]} among finals")
    seconds = [_training_seconds(evidence, name) for name in (*short, against)]
    if any(map(math.isnan, seconds)):
        return Measured(reason="a training was not timed (speed.models), or lacks its full budget")
    change = scores(evidence, short, "quality")
    times = f"{model} {seconds[0]:.3g} s, {against} {seconds[1]:.3g} s of its {seconds[2]:.3g} s"
    if seconds[0] > 1.02 * seconds[1] or not 0.95 * share <= seconds[1] / seconds[2] <= 1.05 * share:
        return change.refused(f"the short trainings do not take {share:.0%} of the seconds: {times}", NOT_TESTED)
    if seconds[0] < 0.95 * seconds[1] and change.at(0.95).estimate < bar:
        change = change.refused(f"the lower one had fewer seconds: {times}", NOT_TESTED)
    return replace(change, note=times) if not change.reason else change


def _training_seconds(evidence: Evidence, model: str) -> float:
    kimg = model_rows.budgets_kimg(evidence.settings).get(model)
    if kimg is None:
        return math.nan
    steps = steps_of(1000 * kimg, evidence.settings.training.batch_size)
    return steps * step_cost(evidence.speed, model, evidence.settings).mean(steps)


def _quality_curves(curves: pd.DataFrame, models: Pair) -> tuple[list[dict[int, pd.DataFrame]], str]:
    """Quality by uncontended seconds, a curve by seed of both models; or why one lacks it."""
    both: list[dict[int, pd.DataFrame]] = []
    for model in models:
        rows = model_rows.of(curves[curves["metric"] == "quality"], model)
        if rows.empty:
            return [], f"{model} was not trained"
        if rows[SECONDS].isna().any():
            return [], f"the steps of {model} were not timed (speed.models)"
        both.append({seed: rows[rows["seed"] == seed].sort_values("images_seen") for seed in rows["seed"].unique()})
    return both, ""
