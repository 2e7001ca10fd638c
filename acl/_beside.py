"""What the claims print beside their judged parts: measures that explain a verdict and take no part in it.

Their bar is no effect, and their interval is at 95 %.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from bench.analysis.claims import Evidence, Measured, Part, Side, exactly
from bench.analysis.step_blocks import PARTS
from bench.analysis.step_costs import as_trained

from . import _measures as measures
from ._measures import Pair

CRITIC_STEPS = 5  # discriminator steps a generator step in the WGAN-GP family


def search_time(evidence: Evidence, pair: Pair, width: float) -> Iterable[Part]:
    """C2: the same ratio against no effect; one weight against one; and the compared methods, each as searched."""
    found = measures.search_ratio(evidence, pair, width)
    yield _part("search-seconds ratio against no effect", found, ">=", 1.0, "search.csv, speed.csv")
    found = measures.one_against_one(evidence, pair, width)
    yield _part("search-seconds ratio, one weight against one", found, ">=", 1.0, "search.csv, speed.csv")
    compare = evidence.settings.compare
    whole = compare.baseline, compare.challenger
    if whole != pair:
        name = f"search-seconds ratio of the compared models, {' / '.join(whole)}"
        yield _part(name, measures.search_ratio(evidence, whole, width), ">=", 1.0, "search.csv, speed.csv")
        for metric in ("quality", "attribute_accuracy"):
            found = measures.scores(evidence, (whole[1], whole[0]), metric)
            yield _part(f"change in {metric} of the compared models", found, ">=", 0.0, "scores.csv")


def penalties(evidence: Evidence, one: str, two: str) -> Iterable[Part]:
    """C3: an iteration with one gradient penalty per attribute over its StarGAN's, at 5 and 40 attributes."""
    for count in (5, 40):
        yield from _costs(evidence, f"one penalty per attribute, {count} attributes", one, two, "iteration", count)


def iteration(evidence: Evidence, one: str, two: str) -> Iterable[Part]:
    """C4: a whole iteration, an iteration of the other family's weighting, and passes through the generator."""
    count = len(evidence.settings.data.attributes)
    yield from _costs(evidence, "content loss / cycle", one, two, "iteration", count)
    work = [_by_part(evidence, model, "gflop") for model in (one, two)]
    sides = [found["discriminator_step"] + found["generator_step"] / CRITIC_STEPS for found in work]
    name = f"FLOPs of {CRITIC_STEPS} discriminator steps a generator step, content loss / cycle"
    yield _part(name, _exact(sides), "<=", 1.0, "speed.csv")
    passes = [_by_part(evidence, model, "generator_passes")["generator_step"] for model in (one, two)]
    yield _part("generator passes of a generator step, content loss / cycle", _exact(passes), "<=", 1.0, "speed.csv")


def framing_and_mask(evidence: Evidence, models: Pair) -> Iterable[Part]:
    """C5: framing and mask together over neither."""
    for name, metric in (
        ("background-error ratio inside the window", "background_error_inside"),
        ("inside-edit error ratio on border-crossing faces", "counterfactual_error_crossing"),
    ):
        found = measures.scores(evidence, models, metric, log=True)
        yield _part(f"{name}, framing and mask / neither", found, "<=", 1.0, "scores.csv")


def masked(evidence: Evidence, one: str, two: str, share: float) -> Iterable[Part]:
    """C7: against StarGAN with a mask, which helps any method."""
    early = measures.short_quality(evidence, one, two, share)
    name = f"change in quality after trainings of {share:.0%} of the uncontended seconds of {two}"
    yield _part(name, early, ">=", 0.0, "scores.csv, speed.csv")
    end = measures.scores(evidence, (one, two), "quality")
    yield _part(f"change in quality at the end, against {two}", end, ">=", 0.0, "scores.csv")


def _costs(evidence: Evidence, label: str, one: str, two: str, part: str, attributes: int) -> Iterable[Part]:
    for column, unit in (("milliseconds", "milliseconds"), ("gflop", "FLOPs")):
        found = measures.cost_ratio(evidence, one, two, part, column, attributes)
        yield _part(f"{unit} of one {part}, {label}", found, "<=", 1.0, "speed_ratio.csv")


def _by_part(evidence: Evidence, model: str, column: str) -> pd.Series:
    """A cost of each part of a model's step at the run's own size, batch and attributes; NaN where it is not known."""
    speed = evidence.speed
    own = as_trained(speed[speed["method"] + "." + speed["variant"] == model], evidence.settings)
    values = own.reindex(columns=["part", column]).groupby("part")[column].mean()
    return values.reindex(PARTS).astype(float)


def _exact(sides: list[float]) -> Measured:
    """A ratio of counts, which has no spread."""
    ratio = sides[0] / sides[1] if sides[1] else float("nan")
    return exactly(ratio) if ratio == ratio else Measured(reason="the steps were not timed in this run")


def _part(measure: str, found: Measured, side: Side, no_effect: float, evidence: str) -> Part:
    return Part(measure, found, side, no_effect, no_effect, evidence)
