"""The page's first screen: one headline, four answers, what each part adds; every sentence is made from tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import registry
from bench.analysis import control_views
from bench.plots.kit import pair, words
from bench.plots.kit.pair import Answer, Names, Value

if TYPE_CHECKING:
    import pandas as pd

    from bench.settings import Settings

SIGNS: Mapping[Answer, str] = {"yes": "✓", "no": "✗", "open": "?"}
CANNOT_TELL = "Cannot tell"
ALIKE = 1.1  # an interval of a ratio within 1/1.1 and 1.1 says "about as long"
FEWEST_SEEDS = 8  # that a verdict on quality needs (DESIGN section 6)
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

    @property
    def sign(self) -> str:
        """A mark for those who do not see colours."""
        return SIGNS[self.answer]


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
    found, names = pair.values(table), pair.names(settings)
    said, unknown = [_iteration(found, names)], []
    faster, slower = [], []
    for name, quicker, longer, question in (
        ("search_seconds", "finds good weights {} times as fast", "takes {} times as long to find good weights",
         "finds good weights sooner"),
        ("seconds_to_quality", "is {0} times as fast to quality {1}", "takes {0} times as long to quality {1}",
         "reaches the same quality sooner"),
    ):  # fmt: skip
        value = found.get(name)
        answer = value.answer if value else "open"
        if value and answer == "yes":
            faster.append(quicker.format(words.ratio(value.estimate), value.levels))
        elif value and answer == "no":
            slower.append(longer.format(words.ratio(1 / value.estimate), value.levels))
        else:
            unknown.append(question)
    if faster or slower:
        sides = [words.listed(side) for side in (faster, slower) if side]
        said.append(f"{names.challenger} {', but '.join(sides)}.")
    quality = found.get("quality")
    change = words.change(quality.estimate, quality.low, quality.high) if quality else ""
    if quality is None or quality.answer == "open":
        unknown.append("keeps the quality")
    else:
        said.append(f"{'No quality is lost' if quality.answer == 'yes' else 'Quality is lost'}: {change}.")
    if unknown:
        subject = "it" if any(said) else names.challenger
        said.append(f"Whether {subject} {words.listed(unknown, 'or')}, this run cannot tell.")
    return " ".join(filter(None, said))


def _iteration(found: Mapping[str, Value], names: Names) -> str:
    value = found.get("iteration")
    if value is None or math.isnan(value.low):
        return ""
    cost, subject = 1 / value.estimate, f"A training iteration of {names.challenger}"
    if value.answer == "yes":
        return f"{subject} costs {words.ratio(cost)} of {names.baseline}'s."
    if value.answer == "no":
        return (
            f"A training iteration of {names.challenger} takes {words.ratio(cost)} times as long as {names.baseline}'s."
        )
    limits = words.ratios(1 / value.high, 1 / value.low)
    if value.low > 1 / ALIKE and value.high < ALIKE:
        return f"{subject} takes about as long as {names.baseline}'s ({words.ratio(cost)} {limits})."
    return f"{subject} takes {words.ratio(cost)} {limits} of {names.baseline}'s: undecided."


def cards(table: pd.DataFrame, ablation: pd.DataFrame, settings: Settings) -> list[Card]:
    """The four questions with their answers."""
    found, names = pair.values(table), pair.names(settings)
    parts = _parts(ablation, settings)
    return [_search(found, names), _speed(found, names), _quality(found), _responsible(parts)]


def _search(found: Mapping[str, Value], names: Names) -> Card:
    value, said = found.get("search_seconds"), []
    answer, verdict = _faster(value, "")
    if (hits := found.get("hits")) and (trials := found.get("trials")):
        said.append(
            f"{hits.challenger:.0f} of {trials.challenger:.0f} random trials hit quality {hits.levels},"
            f" {names.baseline} {hits.baseline:.0f} of {trials.baseline:.0f}."
        )
    if (trial := found.get("trial")) and trial.estimate > 0:
        said.append(f"A trial costs {words.ratio(1 / trial.estimate)} as much.")
    if value is None or value.reason:
        said.append(f"No ratio: {value.reason if value else 'nothing was searched'}.")
    return Card("Finds good loss weights sooner?", answer, verdict, " ".join(said), "search_time", "headline")


def _speed(found: Mapping[str, Value], names: Names) -> Card:
    answer, verdict = _faster(found.get("iteration"), "Per iteration: ")
    said = []
    if update := found.get("generator_update"):
        _, told = _faster(update, "")
        said.append(f"Per generator update: {told}.")
    level = found.get("seconds_to_quality")
    if level is None or math.isnan(level.estimate):
        said.append(f"To equal quality: cannot tell{f' ({level.reason})' if level and level.reason else ''}.")
    else:
        _, told = _faster(level, "")
        said.append(
            f"To quality {level.levels}: {told[0].lower() + told[1:]} ({words.seconds(level.challenger)} against"
            f" {words.seconds(level.baseline)})."
        )
    return Card("Trains faster?", answer, verdict, " ".join(said), "training_speed", "headline")


def _faster(value: Value | None, before: str) -> tuple[Answer, str]:
    """A ratio as answer and verdict: `1.71× as fast [1.64, 1.73]`, `1.20× as long [...]`, or that it is not known."""
    if value is None or value.answer == "open":
        return "open", f"{before}cannot tell" if before else CANNOT_TELL
    if value.answer == "yes":
        return "yes", f"{before}{words.ratio(value.estimate)}× as fast {words.ratios(value.low, value.high)}"
    limits = words.ratios(1 / value.high, 1 / value.low)
    return "no", f"{before}{words.ratio(1 / value.estimate)}× as long {limits}"


def _quality(found: Mapping[str, Value]) -> Card:
    value, accuracy = found.get("quality"), found.get("attribute_accuracy")
    said = []
    if value and not math.isnan(value.estimate):
        said.append(
            f"Quality {value.challenger:.2f} against {value.baseline:.2f}: difference"
            f" {words.change(value.estimate, value.low, value.high)}; a loss of up to {-value.bar:.2f} is allowed."
        )
    elif value:
        said.append(f"{value.reason[:1].upper()}{value.reason[1:]}.")
    if accuracy and not math.isnan(accuracy.estimate):
        said.append(f"Attribute accuracy {words.change(accuracy.estimate, accuracy.low, accuracy.high)}.")
    answer = value.answer if value else "open"
    if accuracy and answer == "yes" and accuracy.answer != "yes":
        answer = accuracy.answer
    verdict = {"yes": "No loss", "no": "There is a loss", "open": CANNOT_TELL}[answer]
    return Card("At no loss of quality?", answer, verdict, " ".join(said), "scores_by_model", "headline")


def _responsible(parts: list[Part]) -> Card:
    by_answer = {answer: [part for part in parts if part.answer == answer] for answer in SIGNS}
    within = [part.name for part in by_answer["open"] if part.note.startswith("within")]
    undecided = [part.name for part in by_answer["open"] if part.name not in within and part.ratio]
    said = []
    if by_answer["yes"]:
        said.append(f"Time per iteration: {words.listed([f'{part.name} {part.ratio}' for part in by_answer['yes']])}.")
    if by_answer["no"]:
        said.append(f"Slower with {words.listed([f'{part.name} ({part.ratio})' for part in by_answer['no']])}.")
    if within:
        said.append(f"Within 5 % of no change: {words.listed(within)}.")
    if undecided:
        said.append(f"Undecided: {words.listed(undecided)}.")
    if by_answer["yes"]:
        verdict = f"The {words.listed([part.name for part in by_answer['yes']])}"
    elif parts and not undecided and all(part.ratio for part in parts):
        verdict = "No part saves time"
    else:
        verdict = CANNOT_TELL
    answer: Answer = "yes" if by_answer["yes"] else "no" if verdict.startswith("No") else "open"
    if not said:
        said.append("No two variants that one part tells apart were timed.")
    return Card("Which part is responsible?", answer, verdict, " ".join(said), "ablation", "ablation")


def parts(ablation: pd.DataFrame, settings: Settings) -> list[Part]:
    """Every part of the challenger's method in its own order, against the variant below it."""
    return _parts(ablation, settings)


def _parts(ablation: pd.DataFrame, settings: Settings) -> list[Part]:
    method = registry.find(settings.compare.challenger)[0]
    names = list(dict.fromkeys(name for variant in method.variants for name, on in variant.switches.items()
                               if isinstance(on, bool)))  # fmt: skip
    own = ablation[ablation["method"] == method.name].sort_values("on_ladder", ascending=False, kind="stable")
    return [_part(name, own[own["part"] == name]) for name in names]


def _part(name: str, rows: pd.DataFrame) -> Part:
    """The first variant that has the part and was timed; its other measures where they show an effect."""
    timed = rows[rows["measure"] == "iteration_ratio"].head(1).to_dict("records")
    if not timed:
        return Part(words.part(name), "open", "", "", "not tested in this run")
    row = timed[0]
    same = rows[(rows["variant"] == row["variant"]) & (rows["below"] == row["below"])].set_index("measure")
    notes = [{"better": "saves time", "worse": "costs time", "none": "within 5 % of no change"}.get(
        row["effect"], "undecided")]  # fmt: skip
    if "generator_passes" in same.index and (passes := float(same.loc["generator_passes", "estimate"])):
        count = f"{abs(passes):g} generator pass{'es' if abs(passes) > 1 else ''}"
        notes.append(f"{count} {'fewer' if passes < 0 else 'more'} per step")
    for measure, told in (
        ("seconds_to_quality_ratio", "{0} times as long to quality {2}"), ("quality_difference", "quality {1}"),
    ):  # fmt: skip
        if measure in same.index and same.loc[measure, "effect"] in EFFECTS:
            value = float(same.loc[measure, "estimate"])
            levels = str(same.loc[measure, "levels"]).replace(" ", ", ")
            notes.append(told.format(words.ratio(value), words.signed(value), levels))
    limits = words.ratios(row["ci_low"], row["ci_high"])
    return Part(words.part(name), EFFECTS.get(row["effect"], "open"), f"{words.ratio(row['estimate'])}×", limits,
                "; ".join(notes))  # fmt: skip


def context(settings: Settings, tables: Mapping[str, pd.DataFrame], origin: Mapping[str, str]) -> list[str]:
    """Where the numbers come from: data, size, seeds, trials, and what `origin` knows of commit, date and machine."""
    data, seeds = settings.data, [len(final.seeds) for final in settings.finals]
    source = {"drawn": "drawn faces", "celeba": "CelebA"}.get(data.source, "own photos")
    said = [f"Run {settings.run}", f"{source}, {data.image_size_px} px"]
    if seeds:
        said.append(f"{_span(seeds)} training seed{'s' if max(seeds) > 1 else ''} per model")
    search = control_views.main_trials(tables["search"])
    counts = search[search["sampler"] == "random"].groupby(["method", "variant"]).size().tolist()
    if counts:
        said.append(f"{_span(counts)} random trials per variant")
    few = ["a first look: too few runs for most verdicts"] if seeds and min(seeds) < FEWEST_SEEDS else []
    return [*said, *(text for text in origin.values() if text), *few]


def budgets(settings: Settings) -> str:
    """On how many images the compared pair is trained, in words that fit behind a comma; '' where none is."""
    kimg = {final.model: final.budget_kimg or settings.training.budget_kimg for final in settings.finals}
    pair_kimg = [kimg.get(model) for model in (settings.compare.challenger, settings.compare.baseline)]
    known = [f"{1000 * images:,.0f}" for images in pair_kimg if images]
    if len(known) < 2:
        return ""
    if known[0] == known[1]:
        return f", both trained on {known[0]} images"
    return f", trained on {known[0]} and {known[1]} images: their quality is not comparable"


def _span(counts: list[int]) -> str:
    low, high = min(counts), max(counts)
    return f"{low}" if low == high else f"{low} to {high}"
