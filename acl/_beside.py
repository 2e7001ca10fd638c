"""What the claims print beside their judged parts: measures that explain a verdict and take no part in it.

Their bar is no effect, and their interval is at 95 %.
"""

from __future__ import annotations

from collections.abc import Iterable

from bench.analysis import models as model_rows
from bench.analysis.claims import Evidence, Measured, Part, Side, exactly
from bench.analysis.step_blocks import PARTS
from bench.analysis.step_costs import part_cost

from . import _measures as measures
from ._measures import Pair

CRITIC_STEPS = 5  # discriminator steps per generator step in the WGAN-GP family


def search_time(evidence: Evidence, pair: Pair, width: float) -> Iterable[Part]:
    """C2: the same ratio against no effect; one weight against one; and the compared methods, each as searched."""
    evidence_files = "search.csv, speed.csv"
    ratio = measures.search_ratio(evidence, pair, width)
    yield _part("search-seconds ratio against no effect", ratio, ">=", 1.0, evidence_files)
    ratio = measures.one_against_one(evidence, pair, width)
    yield _part("search-seconds ratio, one weight against one", ratio, ">=", 1.0, evidence_files)
    compared = model_rows.compared(evidence.settings)
    if compared != pair:
        name = f"search-seconds ratio of the compared models, {' / '.join(compared)}"
        yield _part(name, measures.search_ratio(evidence, compared, width), ">=", 1.0, evidence_files)
        for metric in ("quality", "attribute_accuracy"):
            change = measures.scores(evidence, (compared[1], compared[0]), metric)
            yield _part(f"change in {metric} of the compared models", change, ">=", 0.0, "scores.csv")


def penalties(evidence: Evidence, model: str, against: str) -> Iterable[Part]:
    """C3: an iteration with one gradient penalty per attribute over its StarGAN's, at 5 and 40 attributes."""
    for count in (5, 40):
        label = f"one penalty per attribute, {count} attributes"
        yield from measures.cost_parts(evidence, label, model, against, "iteration", count)


def iteration(evidence: Evidence, model: str, against: str) -> Iterable[Part]:
    """C4: a whole iteration, an iteration of the other family's weighting, and passes through the generator."""
    count = len(evidence.settings.data.attributes)
    yield from measures.cost_parts(evidence, "content loss / cycle", model, against, "iteration", count)
    work = [_by_part(evidence, name, "gflop") for name in (model, against)]
    sides = [parts["discriminator_step"] + parts["generator_step"] / CRITIC_STEPS for parts in work]
    name = f"FLOPs of {CRITIC_STEPS} discriminator steps per generator step, content loss / cycle"
    yield _part(name, _exact(sides), "<=", 1.0, "speed.csv")
    passes = [_by_part(evidence, name, "generator_passes")["generator_step"] for name in (model, against)]
    yield _part("generator passes of a generator step, content loss / cycle", _exact(passes), "<=", 1.0, "speed.csv")


def framing_and_mask(evidence: Evidence, models: Pair) -> Iterable[Part]:
    """C5: framing and mask together over neither."""
    for name, metric in (
        ("background-error ratio inside the whole window", "background_error_window"),
        ("inside-edit error ratio on border-crossing faces", "counterfactual_error_crossing"),
    ):
        ratio = measures.scores(evidence, models, metric, log=True)
        yield _part(f"{name}, framing and mask / neither", ratio, "<=", 1.0, "scores.csv")


def masked(evidence: Evidence, model: str, against: str, share: float) -> Iterable[Part]:
    """C7: against StarGAN with a mask, which helps any method."""
    early = measures.short_quality(evidence, model, against, share)
    name = f"change in quality after trainings of {share:.0%} of the uncontended seconds of {against}"
    yield _part(name, early, ">=", 0.0, "scores.csv, speed.csv")
    end = measures.scores(evidence, (model, against), "quality")
    yield _part(f"change in quality at the end, against {against}", end, ">=", 0.0, "scores.csv")


def _by_part(evidence: Evidence, model: str, column: str) -> dict[str, float]:
    """A cost of each part of a model's step at the run's own size, batch and attributes; NaN where it is not known."""
    return {part: part_cost(evidence.speed, model, part, evidence.settings, column) for part in PARTS}


def _exact(sides: list[float]) -> Measured:
    """A ratio of counts, which has no spread."""
    ratio = sides[0] / sides[1] if sides[1] else float("nan")
    return exactly(ratio) if ratio == ratio else Measured(reason="the steps were not timed in this run")


def _part(measure: str, measured: Measured, side: Side, no_effect: float, evidence: str) -> Part:
    return Part(measure, measured, side, no_effect, no_effect, evidence)
