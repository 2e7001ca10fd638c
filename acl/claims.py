"""The paper's claims C1-C7 as rules over a run's tidy tables (docs/design.md; what the paper says: README.md).

`BARS` are the bars before any run; a configuration may set others under `bars: {acl: {...}}`, never afterwards.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from bench.analysis.claims import IMPOSSIBLE, NOT_TESTED, TOO_FEW, Claim, Evidence, Measured, Part, Side, exactly
from bench.analysis.step_costs import part_cost

from . import _gradient_measures as gradient_measures
from . import _measures as measures
from . import _refusals as refusals
from ._measures import Pair

BARS: Mapping[str, float] = {
    "c1_cosine": 0.05,
    "c1_image_gain": 0.0,
    "c1_least_point_seeds": 64,
    "c2_seconds_ratio": 1.5,
    "c2_width_decades": 3.0,
    "c2_shift_decades": 0.0,
    "c2_quality_loss": -0.03,
    "c2_accuracy_loss": -0.02,
    "c3_cost_ratio": 1.05,
    "c4_cost_ratio": 0.95,
    "c5_background_ratio": 0.8,
    "c5_edit_error_ratio": 1.05,
    "c5_accuracy_loss": -0.02,
    "c6_seconds_ratio": 1.1,
    "c6_quality_loss": -0.03,
    "c6_least_image_size_px": 64,
    "c7_early_gain": 0.03,
    "c7_early_share": 0.25,
    "c7_end_loss": -0.03,
    "least_seeds": 8,
}

CRITIC_STEPS = 5  # discriminator steps per generator step in the WGAN-GP family
OWN = __name__.partition(".")[0]
METHODS = (OWN, "stargan_baseline")  # those that a run must have for these claims to be about it
STARGAN, STARGAN_LSGAN = "stargan_baseline.published", "stargan_baseline.lsgan"
ATTRIBUTE, ATTRIBUTE_WGANGP, CONTENT = f"{OWN}.plus_attribute", f"{OWN}.plus_attribute_wgangp", f"{OWN}.plus_content"
FULL, NOT_GROWING = f"{OWN}.full", f"{OWN}.plus_framing"
PENALTIES, MASKED = f"{OWN}.plus_attribute_penalties", "stargan_baseline.lsgan_mask"
FRAMED, UNFRAMED = f"{OWN}.without_mask", f"{OWN}.without_mask_framing"
MASK_PAIR: Pair = (MASKED, f"{OWN}.plus_attribute_mask")
# The pairs that `compare.claim_pairs` can name, the default first: without a mask, or, for small budgets, with one on
# both sides. Those of C2 differ in the attribute loss alone, those of C5 in framing.
PAIRS: Mapping[str, tuple[Pair, ...]] = {
    "C2": ((STARGAN_LSGAN, ATTRIBUTE), MASK_PAIR),
    "C5": ((UNFRAMED, FRAMED), (f"{OWN}.plus_mask", f"{OWN}.plus_framing")),
}
# Other readings of the same tables: the claims that they change, and the bars that stand for them (sensitivity.csv).
VARIATIONS: Mapping[str, tuple[tuple[str, ...], Mapping[str, float]]] = {
    "ranges of 1 decade": (("C2",), {"c2_width_decades": 1}),
    "ranges of 2 decades": (("C2",), {"c2_width_decades": 2}),
    "ranges of 2 decades, half a decade lower": (("C2",), {"c2_width_decades": 2, "c2_shift_decades": -0.5}),
    "ranges of 2 decades, half a decade higher": (("C2",), {"c2_width_decades": 2, "c2_shift_decades": 0.5}),
}
FAMILY_PAIRS: Mapping[str, Pair] = {"LSGAN": (STARGAN_LSGAN, ATTRIBUTE), "WGAN-GP": (STARGAN, ATTRIBUTE_WGANGP)}


def judge(evidence: Evidence, bars: Mapping[str, float]) -> Sequence[Claim]:
    """The seven claims, in order."""
    rules = (gradients, search_time, attribute_cost, content_cost, framing, growing, early_quality)
    return [rule(evidence, bars) for rule in rules]


def gradients(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C1: where each loss points far from real data, and what it says of an attribute, within a family."""
    return Claim(
        "C1", "Early in training the classification loss hardly gives a meaningful gradient; the attribute loss does.",
        tuple(gradient_measures.parts(evidence, bars, FAMILY_PAIRS)),
        tuple(gradient_measures.controls(evidence, FAMILY_PAIRS)),
    )  # fmt: skip


def search_time(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C2: search seconds of StarGAN over those with the attribute loss, and what quality it costs."""
    width, least = bars["c2_width_decades"], int(bars["least_seeds"])
    pair = _pair(evidence, "C2")
    speedup = measures.search_ratio(evidence, pair, width, bars["c2_shift_decades"])
    name = f"search-seconds ratio at {width:g} decades, {' / '.join(pair)}"
    parts = [Part(name, speedup, ">=", bars["c2_seconds_ratio"], 1.0, "search.csv, speed.csv")]
    models = (pair[1], pair[0])
    for metric, bar in (("quality", "c2_quality_loss"), ("attribute_accuracy", "c2_accuracy_loss")):
        change = measures.scores(evidence, models, metric)
        change = measures.fair(evidence, change, models, bars, refusals.unsearched)
        change = change.refused(refusals.one_winner(evidence, models, least), TOO_FEW)
        parts.append(Part(f"change in {metric}", change, ">=", bars[bar], 0.0, "scores.csv"))
    return Claim(
        "C2", "With the attribute loss the search for loss weights is much shorter, at no loss of performance.",
        tuple(parts), tuple(_search_time_beside(evidence, pair, width)),
    )  # fmt: skip


def attribute_cost(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C3: cost of an iteration with the attribute loss over its StarGAN's, within a family, at 5 and 40 attributes."""
    bar = bars["c3_cost_ratio"]
    parts = [
        part
        for family, (against, model) in FAMILY_PAIRS.items()
        for count in (5, 40)
        for part in _cost_parts(evidence, f"{family}, {count} attributes", model, against, "iteration", count, bar)
    ]
    others = [
        part
        for count in (5, 40)
        for part in _cost_parts(
            evidence, f"one penalty per attribute, {count} attributes", PENALTIES, STARGAN, "iteration", count
        )
    ]
    return Claim("C3", "The attribute loss hardly adds computation to StarGAN's training.", tuple(parts), tuple(others))


def content_cost(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C4: cost of a generator step with the simplified content loss over one with the cycle reconstruction."""
    count, bar = len(evidence.settings.data.attributes), bars["c4_cost_ratio"]
    parts = _cost_parts(evidence, "content loss / cycle", CONTENT, ATTRIBUTE, "generator_step", count, bar)
    statement = "The simplified content loss cuts computation: one generator pass, not two."
    return Claim("C4", statement, tuple(parts), tuple(_content_cost_beside(evidence)))


def framing(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C5: background error inside the whole window, framing on over off, and its price on faces that cross it.

    On photos the background is what lies outside a central face ellipse, and the price is a proxy: what framing costs
    in attribute accuracy, since an edit that the window cuts off is seen less often.
    """
    unframed, framed = _pair(evidence, "C5")
    models, photos = (framed, unframed), evidence.settings.data.source != "drawn"
    worse = refusals.worse_than_copy(evidence, unframed, "counterfactual_error_crossing")

    def measured(metric: str, log: bool) -> Measured:
        change = measures.scores(evidence, models, metric, log)
        return measures.fair(evidence, change.refused(worse, NOT_TESTED), models, bars, refusals.other_loss)

    name = "background-error ratio inside the whole window" + (", outside the face ellipse" if photos else "")
    kept = Part(name, measured("background_error_window", True), "<=", bars["c5_background_ratio"], 1.0, "scores.csv")
    if photos:
        price = Part(
            "change in attribute accuracy, a proxy for the price of framing", measured("attribute_accuracy", False),
            ">=", bars["c5_accuracy_loss"], 0.0, "scores.csv",
        )  # fmt: skip
    else:
        price = Part(
            "inside-edit error ratio on border-crossing faces", measured("counterfactual_error_crossing", True),
            "<=", bars["c5_edit_error_ratio"], 1.0, "scores.csv",
        )  # fmt: skip
    both = [
        _beside(
            f"{name}, framing and mask / neither", measures.scores(evidence, (FULL, UNFRAMED), metric, True), "<=", 1.0
        )
        for name, metric in (
            ("background-error ratio inside the whole window", "background_error_window"),
            ("inside-edit error ratio on border-crossing faces", "counterfactual_error_crossing"),
        )
    ]
    return Claim("C5", "Image framing prevents distortion of the background.", (kept, price), tuple(both))


def growing(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C6: training seconds to each target without growing over those with it, and the final quality."""
    size, least = evidence.settings.data.image_size_px, bars["c6_least_image_size_px"]
    small = f"images of {size} px are below {least:g} px, where growing has nothing to save" if size < least else ""
    bar = bars["c6_seconds_ratio"]
    models = (FULL, NOT_GROWING)
    speedup, change = (
        measures.fair(evidence, measured, models, bars, refusals.unsearched)
        for measured in (
            measures.training_ratio(evidence, NOT_GROWING, FULL), measures.scores(evidence, models, "quality"),
        )
    )  # fmt: skip
    if small:
        speedup, change = (replace(measured, reason=small, word=IMPOSSIBLE) for measured in (speedup, change))
    counted = _saved(measures.saved_operations(evidence, FULL, NOT_GROWING), bar)
    speedup = replace(speedup, note="; ".join(filter(None, (speedup.note, counted))))
    name = "uncontended training-seconds ratio to the levels (restricted means)"
    return Claim(
        "C6", "An architecture that grows in both directions trains faster.",
        (
            Part(name, speedup, ">=", bar, 1.0, "curves.csv, speed.csv"),
            Part("change in quality", change, ">=", bars["c6_quality_loss"], 0.0, "scores.csv"),
        ),
    )  # fmt: skip


def early_quality(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C7: quality of the whole method minus StarGAN's after trainings of a share of its seconds, and of all of them."""
    share, gain, least, parts = bars["c7_early_share"], bars["c7_early_gain"], int(bars["least_seeds"]), []
    early_name = f"change in quality after trainings of {share:.0%} of the uncontended seconds of"
    for other in (STARGAN, STARGAN_LSGAN):
        models = (FULL, other)
        short = (f"{FULL}{refusals.SHORT}", f"{other}{refusals.SHORT}")
        early = measures.short_quality(evidence, FULL, other, share, gain)
        early = early.refused(refusals.unsearched(evidence, short), NOT_TESTED)
        early = early.refused(refusals.few(early.sample.count, least, "training seed"), TOO_FEW)
        early = early.refused(refusals.one_winner(evidence, short, least), TOO_FEW)
        end = measures.fair(evidence, measures.scores(evidence, models, "quality"), models, bars, refusals.unsearched)
        end = end.refused(refusals.one_winner(evidence, models, least), TOO_FEW)
        parts.append(Part(f"{early_name} {other}", early, ">=", gain, 0.0, "scores.csv, speed.csv"))
        end_name = f"change in quality at the end, against {other}"
        parts.append(Part(end_name, end, ">=", bars["c7_end_loss"], 0.0, "scores.csv"))
    early = measures.short_quality(evidence, FULL, MASKED, share)
    end = measures.scores(evidence, (FULL, MASKED), "quality")
    masked = (  # StarGAN with a mask, which helps any method
        _beside(f"{early_name} {MASKED}", early, ">=", 0.0, "scores.csv, speed.csv"),
        _beside(f"change in quality at the end, against {MASKED}", end, ">=", 0.0),
    )
    return Claim("C7", "Better results than StarGAN in a short time.", tuple(parts), masked)


def _pair(evidence: Evidence, claim: str) -> Pair:
    """The pair that a claim is judged on: baseline and challenger, as configured."""
    configured = evidence.settings.compare.claim_pairs.get(claim)
    return PAIRS[claim][0] if configured is None else (configured.baseline, configured.challenger)


def _saved(share: float, bar: float) -> str:
    """What growing saves of the operations, and whether that alone can meet the bar."""
    if math.isnan(share):
        return ""
    alone = 1 / (1 - share)
    enough = "which alone would" if alone >= bar else "so that only learning more per image could"
    return f"growing saves {share:.1%} of the operations (a ratio of {alone:.2f}), {enough} meet the bar of {bar:g}"


def _search_time_beside(evidence: Evidence, pair: Pair, width: float) -> Iterator[Part]:
    """The same ratio against no effect; one weight against one; and the compared methods, each as searched."""
    evidence_files = "search.csv, speed.csv"
    ratio = measures.search_ratio(evidence, pair, width)
    yield _beside("search-seconds ratio against no effect", ratio, ">=", 1.0, evidence_files)
    ratio = measures.one_against_one(evidence, pair, width)
    yield _beside("search-seconds ratio, one weight against one", ratio, ">=", 1.0, evidence_files)
    compared = evidence.settings.compare.pair
    if compared != pair:
        name = f"search-seconds ratio of the compared models, {' / '.join(compared)}"
        yield _beside(name, measures.search_ratio(evidence, compared, width), ">=", 1.0, evidence_files)
        for metric in ("quality", "attribute_accuracy"):
            change = measures.scores(evidence, (compared[1], compared[0]), metric)
            yield _beside(f"change in {metric} of the compared models", change, ">=", 0.0)


def _cost_parts(
    evidence: Evidence, label: str, model: str, against: str, part: str, attributes: int, bar: float = 1.0
) -> Iterator[Part]:
    """Milliseconds and FLOPs of `part`, variant `model` over `against`."""
    for column, unit in (("milliseconds", "milliseconds"), ("gflop", "FLOPs")):
        ratio = measures.cost_ratio(evidence, model, against, part, column, attributes)
        yield Part(f"{unit} of one {part.replace('_', ' ')}, {label}", ratio, "<=", bar, 1.0, "speed_ratio.csv")


def _content_cost_beside(evidence: Evidence) -> Iterator[Part]:
    """A whole iteration, an iteration of the other family's weighting, and passes through the generator."""
    count, pair = len(evidence.settings.data.attributes), (CONTENT, ATTRIBUTE)
    yield from _cost_parts(evidence, "content loss / cycle", *pair, "iteration", count)
    critic, generator, passes = (
        np.array([part_cost(evidence.speed, model, part, evidence.settings, column) for model in pair])
        for part, column in (
            ("discriminator_step", "gflop"), ("generator_step", "gflop"), ("generator_step", "generator_passes"),
        )
    )  # fmt: skip
    for name, (ours, cycle) in (
        (f"FLOPs of {CRITIC_STEPS} discriminator steps per generator step", critic + generator / CRITIC_STEPS),
        ("generator passes of a generator step", passes),
    ):
        known = cycle != 0 and not math.isnan(ours / cycle)
        ratio = exactly(float(ours / cycle)) if known else Measured(reason="the steps were not timed in this run")
        yield _beside(f"{name}, content loss / cycle", ratio, "<=", 1.0, "speed.csv")


def _beside(measure: str, measured: Measured, side: Side, no_effect: float, evidence: str = "scores.csv") -> Part:
    """A measure that explains a verdict and takes no part in it: its bar is no effect."""
    return Part(measure, measured, side, no_effect, no_effect, evidence)
