"""The page's first screen: one headline, four answers, what each part adds; every sentence is made from tables."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from bench import registry
from bench.analysis import control_views, models
from bench.analysis.search_arms import POOL
from bench.plots.kit import theme, words
from bench.plots.kit.order import Answer, Value, headline_values, pair_names
from bench.report import prose
from bench.report.prose import SEEDS_PER_CLAIM
from bench.settings import Settings

SIGNS: Mapping[Answer, str] = {"yes": "✓", "no": "✗", "open": "?"}  # for those who do not see colours
CANNOT_TELL = "Cannot tell"
ALIKE = 1.1  # an interval of a ratio within 1/1.1 and 1.1 says "about as long"
EFFECTS: Mapping[str, Answer] = {"better": "yes", "worse": "no"}


@dataclass(frozen=True)
class Card:
    """One question with its answer: verdict in words, a sentence or two, and where figure and table are."""

    question: str
    answer: Answer
    verdict: str
    text: str
    figure: str
    table: str


@dataclass(frozen=True)
class Part:
    """What one part of the challenger's method does to the time per iteration."""

    name: str
    answer: Answer
    ratio: str
    limits: str
    note: str


def headline(table: pd.DataFrame, settings: Settings) -> str:
    """What the run found about the compared pair, then what it cannot tell."""
    values, (baseline, challenger) = headline_values(table), pair_names(settings)
    sentences, unknown = [_iteration(values.get("iteration"), baseline, challenger)], []
    faster, slower = [], []
    for name, quicker, longer, question in (
        ("search_seconds", "finds good weights {} times as fast", "takes {} times as long to find good weights",
         "finds good weights sooner"),
        ("seconds_to_quality", "is {0} times as fast to quality {1}", "takes {0} times as long to quality {1}",
         "reaches the same quality sooner"),
    ):  # fmt: skip
        value = values.get(name)
        if value and value.answer == "yes":
            faster.append(quicker.format(words.ratio(value.estimate), value.levels))
        elif value and value.answer == "no":
            slower.append(longer.format(words.ratio(1 / value.estimate), value.levels))
        else:
            unknown.append(question)
    if faster or slower:
        sides = [words.listed(side) for side in (faster, slower) if side]
        sentences.append(f"{challenger} {', but '.join(sides)}.")
    quality = values.get("quality")
    if quality is None or quality.answer == "open":
        unknown.append("keeps the quality")
    else:
        lost = "No quality is lost" if quality.answer == "yes" else "Quality is lost"
        sentences.append(f"{lost}: {words.change(quality.estimate, quality.low, quality.high)}.")
    if unknown:
        subject = "it" if any(sentences) else challenger
        sentences.append(f"Whether {subject} {words.listed(unknown, 'or')}, this run cannot tell.")
    return " ".join(filter(None, sentences))


def _iteration(value: Value | None, baseline: str, challenger: str) -> str:
    if value is None or math.isnan(value.low):
        return ""
    cost, subject = words.ratio(1 / value.estimate), f"A training iteration of {challenger}"
    if value.answer == "yes":
        return f"{subject} costs {cost} of {baseline}'s."
    if value.answer == "no":
        return f"{subject} takes {cost} times as long as {baseline}'s."
    limits = words.ratios(1 / value.high, 1 / value.low)
    if value.low > 1 / ALIKE and value.high < ALIKE:
        return f"{subject} takes about as long as {baseline}'s ({cost} {limits})."
    return f"{subject} takes {cost} {limits} of {baseline}'s: undecided."


def cards(table: pd.DataFrame, ablation: pd.DataFrame, settings: Settings) -> list[Card]:
    """The four questions with their answers."""
    values, (baseline, _) = headline_values(table), pair_names(settings)
    values = {name: replace(value, reason=theme.in_words(value.reason)) for name, value in values.items()}
    return [_search(values, baseline), _speed(values), _quality(values), _responsible(parts(ablation, settings))]


def _search(values: Mapping[str, Value], baseline: str) -> Card:
    value, sentences = values.get("search_seconds"), []
    answer, verdict = _faster(value)
    if (hits := values.get("hits")) and (trials := values.get("trials")):
        sentences.append(
            f"{hits.challenger:.0f} of {trials.challenger:.0f} random trials hit quality {hits.levels},"
            f" {baseline} {hits.baseline:.0f} of {trials.baseline:.0f}."
        )
    if (trial := values.get("trial")) and trial.estimate > 0:
        sentences.append(f"A trial costs {words.ratio(1 / trial.estimate)} as much.")
    if value is None or value.reason:
        sentences.append(f"No ratio: {value.reason if value else 'nothing was searched'}.")
    return Card("Finds good loss weights sooner?", answer, verdict, " ".join(sentences), "search_time", "headline")


def _speed(values: Mapping[str, Value]) -> Card:
    answer, verdict = _faster(values.get("iteration"), "Per iteration: ")
    update = values.get("generator_update")
    sentences = [f"Per generator update: {_faster(update)[1]}."] if update else []
    level = values.get("seconds_to_quality")
    if level is None or math.isnan(level.estimate):
        reason = f" ({level.reason})" if level and level.reason else ""
        sentences.append(f"To equal quality: cannot tell{reason}.")
    else:
        ratio, sides = _faster(level)[1], f"{words.seconds(level.challenger)} against {words.seconds(level.baseline)}"
        sentences.append(f"To quality {level.levels}: {ratio[0].lower() + ratio[1:]} ({sides}).")
    return Card("Trains faster?", answer, verdict, " ".join(sentences), "training_speed", "headline")


def _faster(value: Value | None, before: str = "") -> tuple[Answer, str]:
    """A ratio as answer and verdict: `1.71× as fast [1.64, 1.73]`, `1.20× as long [...]`, or that it is not known."""
    if value is None or value.answer == "open":
        return "open", f"{before}cannot tell" if before else CANNOT_TELL
    if value.answer == "yes":
        return "yes", f"{before}{words.ratio(value.estimate)}× as fast {words.ratios(value.low, value.high)}"
    limits = words.ratios(1 / value.high, 1 / value.low)
    return "no", f"{before}{words.ratio(1 / value.estimate)}× as long {limits}"


def _quality(values: Mapping[str, Value]) -> Card:
    value, accuracy = values.get("quality"), values.get("attribute_accuracy")
    sentences = []
    if value and not math.isnan(value.estimate):
        change = words.change(value.estimate, value.low, value.high)
        decides = value.reason or f"difference {change}; a loss of up to {-value.bar:.2f} is allowed"
        sentences.append(f"Quality {value.challenger:.2f} against {value.baseline:.2f}: {decides}.")
    elif value:
        sentences.append(f"{value.reason[:1].upper()}{value.reason[1:]}.")
    if accuracy and not math.isnan(accuracy.estimate):
        change = words.change(accuracy.estimate, accuracy.low, accuracy.high)
        decided = {"yes": "no loss", "no": "a loss", "open": "undecided"}[accuracy.answer]
        sentences.append(f"Attribute accuracy: change {change}, {decided} (up to {-accuracy.bar:.2f} is allowed).")
    answer = value.answer if value else "open"
    if accuracy and answer == "yes" and accuracy.answer != "yes":
        answer = accuracy.answer
    verdict = {"yes": "No loss", "no": "There is a loss", "open": CANNOT_TELL}[answer]
    return Card("At no loss of quality?", answer, verdict, " ".join(sentences), "scores_by_model", "headline")


def _responsible(parts: list[Part]) -> Card:
    faster, slower, unclear = ([part for part in parts if part.answer == answer] for answer in SIGNS)
    within = [part.name for part in unclear if part.note.startswith("within")]
    undecided = [part.name for part in unclear if part.name not in within and part.ratio]
    groups = (
        ("Time per iteration: {}.", [f"{part.name} {part.ratio}" for part in faster]),
        ("Slower with {}.", [f"{part.name} ({part.ratio})" for part in slower]),
        ("Within 5 % of no change: {}.", within),
        ("Undecided: {}.", undecided),
    )
    sentences = [sentence.format(words.listed(names)) for sentence, names in groups if names]
    answer: Answer = "open"
    verdict = CANNOT_TELL
    if faster:
        answer, verdict = "yes", f"The {words.listed([part.name for part in faster])}"
    elif parts and not undecided and all(part.ratio for part in parts):
        answer, verdict = "no", "No part saves time"
    text = " ".join(sentences) or "No two variants that one part tells apart were timed."
    return Card("Which part saves time?", answer, verdict, text, "ablation", "ablation")


def parts(ablation: pd.DataFrame, settings: Settings) -> list[Part]:
    """Every part of the challenger's method in its own order, against the variant below it."""
    method = registry.find(settings.compare.challenger)[0]
    switches = [item for variant in method.variants for item in variant.switches.items()]
    names = dict.fromkeys(name for name, value in switches if isinstance(value, bool))
    of_method = ablation[ablation["method"] == method.name].sort_values("on_ladder", ascending=False, kind="stable")
    return [_part(name, of_method[of_method["part"] == name]) for name in names]


def _part(name: str, rows: pd.DataFrame) -> Part:
    """The first variant that has the part and was timed; other measures from the first that shows an effect."""
    timed = rows[rows["measure"] == "iteration_ratio"].head(1).to_dict("records")
    if not timed:
        return Part(words.plain(name), "open", "", "", "not tested in this run")
    row = timed[0]
    same = rows[(rows["variant"] == row["variant"]) & (rows["below"] == row["below"])].set_index("measure")
    effects = {"better": "saves time", "worse": "costs time", "none": "within 5 % of no change"}
    notes = [effects.get(row["effect"], "undecided")]
    variants = registry.methods()[row["method"]].variants
    if all(bool(variant.growth) == (variant.switches.get(name) is True) for variant in variants):
        notes[0] += ", once fully grown"  # the smaller stages of this part's own schedule cost less
    if "generator_passes" in same.index and (passes := float(same.loc["generator_passes", "estimate"])):
        count = f"{abs(passes):g} generator pass{'es' if abs(passes) > 1 else ''}"
        notes.append(f"{count} {'fewer' if passes < 0 else 'more'} per step")
    shown = rows[rows["effect"].isin(EFFECTS)]
    for measure, note in (
        ("seconds_to_quality_ratio", "{0} times as long to quality {2}"), ("quality_difference", "quality {1}"),
    ):  # fmt: skip
        for other in shown[shown["measure"] == measure].head(1).to_dict("records"):
            value, levels = float(other["estimate"]), str(other["levels"]).replace(" ", ", ")
            notes.append(note.format(words.ratio(value), words.signed(value), levels) + _apart(other, row))
    ratio, limits = f"{words.ratio(row['estimate'])}×", words.ratios(row["ci_low"], row["ci_high"])
    return Part(words.plain(name), EFFECTS.get(row["effect"], "open"), ratio, limits, "; ".join(notes))


def _apart(other: Mapping[Hashable, Any], row: Mapping[Hashable, Any]) -> str:
    """By which other parts the variant of `other` differs from that of `row`; '' where by none."""
    if other["variant"] == row["variant"]:
        return ""
    variants = (registry.find(f"{of['method']}.{of['variant']}")[1] for of in (other, row))
    its_parts, row_parts = ({name for name, value in variant.switches.items() if value is True} for variant in variants)
    sides = (("with", its_parts - row_parts), ("without", row_parts - its_parts))
    return "".join(f" ({word} {words.listed(sorted(map(words.plain, names)))})" for word, names in sides if names)


def context(settings: Settings, tables: Mapping[str, pd.DataFrame], origin: Sequence[str]) -> list[str]:
    """Where the numbers come from: data, size, seeds, trials, and what `origin` knows of commit, date and machine."""
    data, seeds = settings.data, [len(final.seeds) for final in settings.finals]
    source = {"drawn": "drawn faces", "celeba": "CelebA"}.get(data.source, "own photos")
    facts = [f"Run {settings.run}", f"{source}, {data.image_size_px} px"]
    if seeds:
        facts.append(f"{_span(seeds)} training seed{'s' if max(seeds) > 1 else ''} per model")
    search = control_views.main_trials(tables["search"])
    counts = search[search["sampler"] == POOL].groupby(["method", "variant"]).size().tolist()
    if counts:
        facts.append(f"{_span(counts)} random trials per variant")
    facts += [text for text in origin if text]
    if prose.pair_seeds(settings) < SEEDS_PER_CLAIM:
        facts.append("a first look: too few runs for most verdicts")
    return facts


def budgets(settings: Settings) -> str:
    """On how many images the compared pair is trained, in words that fit behind a comma; '' where none is."""
    kimg = models.budgets_kimg(settings)
    images = [f"{1000 * kimg[model]:,.0f}" for model in reversed(settings.compare.pair) if model in kimg]
    if len(images) < 2:
        return ""
    if len(set(images)) == 1:
        return f", both trained on {images[0]} images"
    return f", trained on {words.listed(images)} images: their quality is not comparable"


def _span(counts: list[int]) -> str:
    low, high = min(counts), max(counts)
    return f"{low}" if low == high else f"{low} to {high}"
