"""The paper's claims C1-C7 as rules over a run's tidy tables (docs/design.md; what the paper says: README.md).

`BARS` are the bars before any run; a configuration may set others under `bars: {acl: {...}}`, never afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from bench.analysis.claims import Claim, Evidence, Part, Side, level, not_run

from . import _beside as beside
from . import _measures as measures

BARS: Mapping[str, float] = {
    "c1_cosine": 0.05,
    "c2_seconds_ratio": 1.5,
    "c2_width_decades": 3.0,
    "c2_quality_loss": -0.03,
    "c2_accuracy_loss": -0.02,
    "c3_cost_ratio": 1.05,
    "c4_cost_ratio": 0.95,
    "c5_background_ratio": 0.8,
    "c5_edit_error_ratio": 1.05,
    "c6_seconds_ratio": 1.1,
    "c6_quality_loss": -0.03,
    "c6_least_image_size_px": 64,
    "c7_early_gain": 0.03,
    "c7_early_share": 0.25,
    "c7_end_loss": -0.03,
    "least_seeds": 8,
}

OWN = __name__.partition(".")[0]
STARGAN, STARGAN_LSGAN = "stargan_baseline.published", "stargan_baseline.lsgan"
ATTRIBUTE, ATTRIBUTE_WGANGP, CONTENT = f"{OWN}.plus_attribute", f"{OWN}.plus_attribute_wgangp", f"{OWN}.plus_content"
FULL, NOT_GROWING = f"{OWN}.full", f"{OWN}.plus_framing"
PENALTIES, MASKED = f"{OWN}.plus_attribute_penalties", "stargan_baseline.lsgan_mask"
FRAMED, UNFRAMED = f"{OWN}.without_mask", f"{OWN}.without_mask_framing"
GRADIENT_SETTINGS = (("points", "farthest"), ("images", "start"), ("images", "early"))


def judge(evidence: Evidence, bars: Mapping[str, float]) -> Sequence[Claim]:
    """The seven claims, in order."""
    rules = (gradients, search_time, attribute_cost, content_cost, framing, growing, early_quality)
    return [rule(evidence, bars) for rule in rules]


def gradients(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C1: u, the cosine of the descent direction with the way to the target, at generated images far from real ones."""
    cosine, least = bars["c1_cosine"], int(bars["least_seeds"])
    wanted: tuple[tuple[str, str, str | None, Side], ...] = (
        ("classification loss", "classification", None, "<"),
        ("attribute loss (LSGAN)", "attribute", "lsgan", ">="),
        ("attribute loss (WGAN-GP)", "attribute", "wgan_gp", ">="),
    )
    confidence = level(len(wanted) * len(GRADIENT_SETTINGS))
    parts = []
    for experiment, setting in GRADIENT_SETTINGS:
        for label, loss, family, side in wanted:
            found = measures.cosine(evidence.gradients, experiment, setting, loss, family, least, confidence)
            name = f"cosine of the {label}, {experiment}, {setting}"
            parts.append(Part(name, found.interval, side, cosine, 0.0, "gradients.csv", found.reason))
    return Claim(
        "C1", "Early in training the classification loss hardly gives a meaningful gradient; the attribute loss does.",
        tuple(parts),
    )  # fmt: skip


def search_time(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C2: search seconds of StarGAN over those with the attribute loss, and what quality it costs."""
    width, confidence = bars["c2_width_decades"], level(3)
    speedup = measures.search_ratio(evidence, STARGAN_LSGAN, ATTRIBUTE, width, confidence)
    parts = [
        Part(
            f"search-seconds ratio at {width:g} decades, geometric mean over targets", speedup.interval, ">=",
            bars["c2_seconds_ratio"], 1.0, "search.csv, speed.csv", speedup.reason,
        )
    ]  # fmt: skip
    for metric, bar in (("quality", "c2_quality_loss"), ("attribute_accuracy", "c2_accuracy_loss")):
        change = measures.score_difference(evidence, ATTRIBUTE, STARGAN_LSGAN, metric, bars, confidence)
        parts.append(Part(f"change in {metric}", change.interval, ">=", bars[bar], 0.0, "scores.csv", change.reason))
    return Claim(
        "C2", "With the attribute loss the search for loss weights is much shorter, at no loss of performance.",
        tuple(parts), tuple(beside.search_time(evidence, STARGAN_LSGAN, ATTRIBUTE, width)),
    )  # fmt: skip


def attribute_cost(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C3: cost of an iteration with the attribute loss over its StarGAN's, within a family, at 5 and 40 attributes."""
    pairs = (("LSGAN", ATTRIBUTE, STARGAN_LSGAN), ("WGAN-GP", ATTRIBUTE_WGANGP, STARGAN))
    cases = [(family, count, one, two) for family, one, two in pairs for count in (5, 40)]
    parts = [
        part
        for family, count, one, two in cases
        for part in _costs(
            evidence,
            f"{family}, {count} attributes",
            one,
            two,
            "iteration",
            count,
            bars["c3_cost_ratio"],
            2 * len(cases),
        )
    ]
    own = tuple(beside.penalties(evidence, PENALTIES, STARGAN))
    return Claim("C3", "The attribute loss hardly adds computation to StarGAN's training.", tuple(parts), own)


def content_cost(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C4: cost of a generator step with the simplified content loss over one with the cycle reconstruction."""
    count, bar = len(evidence.settings.data.attributes), bars["c4_cost_ratio"]
    parts = _costs(evidence, "content loss / cycle", CONTENT, ATTRIBUTE, "generator_step", count, bar, 2)
    own = tuple(beside.iteration(evidence, CONTENT, ATTRIBUTE))
    return Claim("C4", "The simplified content loss cuts computation: one generator pass, not two.", tuple(parts), own)


def framing(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C5: background error inside the window, framing on over off, mask off, and its price on faces that cross it."""
    wanted = (
        ("background-error ratio inside the window", "background_error_inside", "c5_background_ratio"),
        ("inside-edit error ratio on border-crossing faces", "counterfactual_error_crossing", "c5_edit_error_ratio"),
    )
    parts = []
    for name, metric, bar in wanted:
        found = measures.score_ratio(evidence, FRAMED, UNFRAMED, metric, bars, level(len(wanted)))
        parts.append(Part(name, found.interval, "<=", bars[bar], 1.0, "scores.csv", found.reason))
    own = tuple(beside.framing_and_mask(evidence, FULL, UNFRAMED, bars))
    return Claim("C5", "Image framing prevents distortion of the background.", tuple(parts), own)


def growing(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C6: training seconds to each target without growing over those with it, and the final quality."""
    size, least = evidence.settings.data.image_size_px, bars["c6_least_image_size_px"]
    small = f"images of {size} px are below {least:g} px, where growing has nothing to save" if size < least else ""
    speedup = measures.training_ratio(evidence, NOT_GROWING, FULL, bars, level(2))
    change = measures.score_difference(evidence, FULL, NOT_GROWING, "quality", bars, level(2))
    reasons = [small or _unsearched(evidence, (FULL, NOT_GROWING)) or found.reason for found in (speedup, change)]
    return Claim(
        "C6", "An architecture that grows in both directions trains faster.",
        (
            Part(
                "uncontended training-seconds ratio to the targets", speedup.interval, ">=",
                bars["c6_seconds_ratio"], 1.0, "curves.csv, speed.csv", reasons[0],
            ),
            Part("change in quality", change.interval, ">=", bars["c6_quality_loss"], 0.0, "scores.csv", reasons[1]),
        ),
    )  # fmt: skip


def early_quality(evidence: Evidence, bars: Mapping[str, float]) -> Claim:
    """C7: quality of the whole method minus StarGAN's at a share of StarGAN's training seconds, and at the end."""
    share, parts = bars["c7_early_share"], []
    for other in (STARGAN, STARGAN_LSGAN):
        unsearched = _unsearched(evidence, (FULL, other))
        early = measures.early_difference(evidence, FULL, other, share, bars, level(4))
        end = measures.score_difference(evidence, FULL, other, "quality", bars, level(4))
        for name, found, bar, table in (
            (
                f"change in quality at {share:.0%} of the uncontended seconds of {other}",
                early,
                "c7_early_gain",
                "curves.csv, speed.csv",
            ),
            (f"change in quality at the end, against {other}", end, "c7_end_loss", "scores.csv"),
        ):
            parts.append(Part(name, found.interval, ">=", bars[bar], 0.0, table, unsearched or found.reason))
    own = tuple(beside.masked(evidence, FULL, MASKED, share, bars))
    return Claim("C7", "Better results than StarGAN in a short time.", tuple(parts), own)


def _costs(
    evidence: Evidence, label: str, one: str, two: str, part: str, attributes: int, bar: float, parts: int
) -> Iterable[Part]:
    """Milliseconds and FLOPs of `part`, variant `one` over `two`."""
    for column, unit in (("milliseconds", "milliseconds"), ("gflop", "FLOPs")):
        name = f"{unit} of one {part.replace('_', ' ')}, {label}"
        ratio = measures.cost_ratio(evidence, one, two, part, column, attributes, level(parts))
        if math.isnan(ratio.interval.estimate):
            yield not_run(name, "<=", bar, 1.0, "speed_ratio.csv", ratio.reason)
        else:
            yield Part(name, ratio.interval, "<=", bar, 1.0, "speed_ratio.csv")


def _unsearched(evidence: Evidence, models: Sequence[str]) -> str:
    """Why models cannot be judged at their own searched weights; '' where they can."""
    searched = {final.model for final in evidence.settings.finals if final.weights_from[:1] == (final.model,)}
    missing = [model for model in models if model not in searched]
    return f"{missing[0]} was not trained at its own searched weights" if missing else ""
