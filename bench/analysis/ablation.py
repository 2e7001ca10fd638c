"""What each part of a method changes: every variant against the one below it, which lacks that part and no other.

Two variants make such a pair where their loss family, n_critic and readings are equal and the parts of one are those of
the other and one more. The one below may be the baseline method's. `on_ladder` marks pairs whose parts are the first
ones in the method's own order: attribute loss, then content loss on top, and so on.

Measures: `iteration_ratio`, time per training iteration over that of the variant below, at the run's own size;
`generator_passes`, the difference per generator step; differences of final scores, and `seconds_to_quality_ratio`, mean
over the levels that every seed of both crossed. Scores and seconds compare trainings of equal budgets only.

`effect` reads the interval against the change that matters (`MARGINS`): `better` or `worse` where all of it lies beyond
that change, `none` where all of it lies within, else `open`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench import registry
from bench.analysis import level_times, statistics
from bench.analysis.statistics import UNKNOWN, Interval
from bench.analysis.step_costs import as_trained

if TYPE_CHECKING:
    from bench.method_info import Variant
    from bench.settings import Settings

COLUMNS = (
    "part", "method", "variant", "below", "on_ladder", "family", "budget_kimg", "measure", "levels", "estimate",
    "ci_low", "ci_high", "effect", "seeds", "reason",
)  # fmt: skip
SCORED = ("quality", "attribute_accuracy", "background_error")
# By measure: no change, the change that matters (the bars of claims C3, C4, C6 and C2), and whether lower is better.
MARGINS = {
    "iteration_ratio": (1.0, 0.05, True),
    "seconds_to_quality_ratio": (1.0, 0.1, True),
    "quality_difference": (0.0, 0.03, False),
    "attribute_accuracy_difference": (0.0, 0.02, False),
    "background_error_difference": (0.0, 0.0, True),
}


@dataclass(frozen=True)
class Step:
    """One part that variant `above` has and variant `below` lacks; both as `<method>.<variant>`."""

    part: str
    above: str
    below: str
    on_ladder: bool


def table(
    scores: pd.DataFrame, curves: pd.DataFrame, speed: pd.DataFrame, speed_ratio: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    """The rows of ablation.csv; `curves` with uncontended seconds."""
    rows: list[dict[str, Any]] = []
    for step in steps(settings):
        method, _, variant = step.above.partition(".")
        budgets = [level_times.budget_kimg(settings, model) for model in (step.above, step.below)]
        head = {
            "part": step.part, "method": method, "variant": variant, "below": step.below, "on_ladder": step.on_ladder,
            "family": registry.find(step.above)[1].family, "budget_kimg": budgets[0],
        }  # fmt: skip
        rows += [head | row for row in _costs(speed, speed_ratio, step, settings)]
        if budgets[0] == budgets[1]:
            rows += [head | row for row in _finals(scores, curves, step, settings)]
        elif not any(map(math.isnan, budgets)):
            reason = f"trained on {budgets[1]:g} and {budgets[0]:g} thousand images"
            rows += [head | _row(f"{metric}_difference", UNKNOWN, reason=reason) for metric in SCORED]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def steps(settings: Settings) -> list[Step]:
    """Every pair of trained or timed variants that one part tells apart, in the order of methods and their variants."""
    models = {*(final.model for final in settings.finals), *settings.speed.models}
    base = settings.compare.baseline.partition(".")[0]
    known = {
        f"{name}.{variant.slug}": variant for name, info in registry.methods().items() for variant in info.variants
    }
    pairs = []
    for above, variant in known.items():
        own = above.partition(".")[0]
        for below, plainer in known.items():
            part = _added(variant, plainer)
            if part and {above, below} <= models and below.partition(".")[0] in (own, base):
                order = [name for name in variant.switches if isinstance(variant.switches[name], bool)]
                ladder = set(order[: len(parts(variant))]) == parts(variant) and part == order[len(parts(variant)) - 1]
                pairs.append(Step(part, above, below, ladder))
    return pairs


def parts(variant: Variant) -> frozenset[str]:
    """The parts that a variant has: its switches that are on."""
    return frozenset(name for name, value in variant.switches.items() if value is True)


def _added(variant: Variant, plainer: Variant) -> str:
    """The one part that `variant` has and `plainer` lacks, all else equal; '' where they differ otherwise."""
    added = parts(variant) - parts(plainer)
    if len(added) != 1 or parts(plainer) - parts(variant) or _rest(variant) != _rest(plainer):
        return ""
    return next(iter(added))


def _rest(variant: Variant) -> tuple[object, ...]:
    readings = {name: value for name, value in variant.switches.items() if not isinstance(value, bool)}
    return variant.family, variant.n_critic, readings


def _costs(speed: pd.DataFrame, speed_ratio: pd.DataFrame, step: Step, settings: Settings) -> Iterator[dict[str, Any]]:
    rows = as_trained(speed_ratio, settings)
    rows = rows[
        (rows["method"] + "." + rows["variant"] == step.above)
        & (rows["against"] == step.below)
        & (rows["part"] == "iteration")
    ]
    for row in rows.head(1).to_dict("records"):
        yield _row("iteration_ratio", Interval(row["ratio"], row["ci_low"], row["ci_high"]))
    timed = as_trained(speed[speed["part"] == "generator_step"], settings)
    if "generator_passes" in timed:
        passes = timed.groupby(timed["method"] + "." + timed["variant"])["generator_passes"].first()
        if {step.above, step.below} <= set(passes.dropna().index):
            yield _row("generator_passes", Interval(float(passes[step.above] - passes[step.below]), math.nan, math.nan))


def _finals(scores: pd.DataFrame, curves: pd.DataFrame, step: Step, settings: Settings) -> Iterator[dict[str, Any]]:
    whole = scores[(scores["attribute"] == "all") & (scores["split"] == settings.scoring.shown_split)]
    names = whole["method"] + "." + whole["variant"]
    for metric in SCORED:
        values = [whole[(names == model) & (whole["metric"] == metric)]["value"].dropna() for model in _models(step)]
        if all(map(len, values)):
            found = statistics.difference(values[0], values[1])
            yield _row(f"{metric}_difference", found, seeds=min(map(len, values)))
    found, levels = level_times.ratio(curves, *_models(step), settings.search.targets)
    reason = "" if levels else "no level was crossed by every seed of both within its training"
    yield _row("seconds_to_quality_ratio", found, " ".join(f"{level:g}" for level in levels), reason=reason)


def _models(step: Step) -> tuple[str, str]:
    return step.above, step.below


def _row(measure: str, found: Interval, levels: str = "", seeds: int | None = None, reason: str = "") -> dict[str, Any]:
    return {
        "measure": measure, "levels": levels, "estimate": found.estimate, "ci_low": found.low, "ci_high": found.high,
        "effect": effect(measure, found) if measure in MARGINS else "", "seeds": seeds, "reason": reason,
    }  # fmt: skip


def effect(measure: str, found: Interval) -> str:
    """`better`, `worse`, `none` or `open`, as the module's docstring says."""
    if math.isnan(found.low) or math.isnan(found.high):
        return "open"
    neutral, margin, lower_is_better = MARGINS[measure]
    if found.high < neutral - margin:
        return "better" if lower_is_better else "worse"
    if found.low > neutral + margin:
        return "worse" if lower_is_better else "better"
    return "none" if margin and neutral - margin <= found.low and found.high <= neutral + margin else "open"
