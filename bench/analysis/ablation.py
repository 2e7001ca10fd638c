"""What each part of a method changes: every variant against the one below it, which lacks that part and no other.

Both have one loss family, n_critic and readings; the one below may be the baseline method's. `on_ladder` marks pairs
whose parts are the first ones in the method's own order. Scores and seconds compare trainings of equal budgets only.
`effect` reads the interval against the change that matters (`MARGINS`): `better` or `worse` where all of it lies beyond
that change, `none` where all of it lies within, else `open`; also `open` where the leader's edits do not count.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bench import registry
from bench.analysis import level_times, models, seed_pairs
from bench.analysis.statistics import UNKNOWN, Interval
from bench.analysis.step_costs import as_trained, part_cost
from bench.method import Variant
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
    budgets = models.budgets_kimg(settings)
    for step in steps(settings):
        above, below = (budgets.get(model, math.nan) for model in (step.above, step.below))
        head = {"part": step.part, **models.columns(step.above), "below": step.below, "on_ladder": step.on_ladder}
        head |= {"family": registry.find(step.above)[1].family, "budget_kimg": above}
        rows += [head | row for row in _costs(speed, speed_ratio, step, settings)]
        if above == below:
            rows += [head | row for row in _finals(scores, curves, step, settings)]
        elif not math.isnan(above) and not math.isnan(below):
            reason = f"trained on {below:g} and {above:g} thousand images"
            rows += [head | _row(f"{metric}_difference", UNKNOWN, reason=reason) for metric in SCORED]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def steps(settings: Settings) -> list[Step]:
    """Every pair of trained or timed variants that one part tells apart, in the order of methods and their variants."""
    in_run = {*(final.model for final in settings.finals), *settings.speed.models}
    base = settings.compare.baseline.partition(".")[0]
    variants = {
        f"{name}.{variant.slug}": variant for name, info in registry.methods().items() for variant in info.variants
    }
    pairs = []
    for (above, variant), (below, plainer) in itertools.product(variants.items(), repeat=2):
        part = _added(variant, plainer)
        same_paper = below.partition(".")[0] in (above.partition(".")[0], base)
        if part and {above, below} <= in_run and same_paper:
            order = [name for name in variant.switches if isinstance(variant.switches[name], bool)]
            first = order[: len(parts(variant))]
            pairs.append(Step(part, above, below, set(first) == parts(variant) and part == first[-1]))
    return pairs


def parts(variant: Variant) -> frozenset[str]:
    """The parts that a variant has: its switches that are on."""
    return frozenset(name for name, value in variant.switches.items() if value is True)


def _added(variant: Variant, plainer: Variant) -> str:
    """The one part that `variant` has and `plainer` lacks, all else equal; '' where they differ otherwise."""
    added = parts(variant) - parts(plainer)
    rest, plainer_rest = (
        (
            each.family,
            each.n_critic,
            {name: value for name, value in each.switches.items() if not isinstance(value, bool)},
        )
        for each in (variant, plainer)
    )
    same = parts(plainer) <= parts(variant) and rest == plainer_rest
    return next(iter(added)) if same and len(added) == 1 else ""


def _costs(speed: pd.DataFrame, speed_ratio: pd.DataFrame, step: Step, settings: Settings) -> Iterator[dict[str, Any]]:
    rows = models.of(as_trained(speed_ratio, settings), step.above)
    for row in rows[(rows["against"] == step.below) & (rows["part"] == "iteration")].head(1).to_dict("records"):
        yield _row("iteration_ratio", Interval(row["ratio"], row["ci_low"], row["ci_high"]))
    passes = [
        part_cost(speed, model, "generator_step", settings, "generator_passes") for model in (step.above, step.below)
    ]
    if not any(map(math.isnan, passes)):
        yield _row("generator_passes", Interval(passes[0] - passes[1], math.nan, math.nan))


def _finals(scores: pd.DataFrame, curves: pd.DataFrame, step: Step, settings: Settings) -> Iterator[dict[str, Any]]:
    pair, split = (step.above, step.below), settings.scoring.shown_split
    for metric in SCORED:
        compared = seed_pairs.of_scores(scores, metric, pair, split)
        if compared.count:
            reason = seed_pairs.unearned(scores, metric, pair, split, settings)
            row = _row(f"{metric}_difference", compared.at(), seeds=compared.count, reason=reason)
            yield row | ({"effect": "open"} if reason else {})
    ratio, levels = level_times.ratio(curves, step.above, step.below, settings.search.targets)
    reason = "" if levels else "no level was crossed by every seed of both within its training"
    yield _row("seconds_to_quality_ratio", ratio, levels=" ".join(f"{level:g}" for level in levels), reason=reason)


def _row(measure: str, value: Interval, **more: object) -> dict[str, Any]:
    answer = effect(measure, value) if measure in MARGINS else ""
    return {"measure": measure, "levels": "", **value.named(), "effect": answer, "reason": ""} | more


def effect(measure: str, value: Interval) -> str:
    """`better`, `worse`, `none` or `open`, as the module's docstring says."""
    if math.isnan(value.low) or math.isnan(value.high):
        return "open"
    neutral, margin, lower_is_better = MARGINS[measure]
    if value.high < neutral - margin:
        return "better" if lower_is_better else "worse"
    if value.low > neutral + margin:
        return "worse" if lower_is_better else "better"
    return "none" if margin and neutral - margin <= value.low and value.high <= neutral + margin else "open"
