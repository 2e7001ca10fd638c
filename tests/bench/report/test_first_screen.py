"""Every sentence of the first screen, on made tables of known truth: both ways and undecided."""

from typing import Any

import pandas as pd
import pytest

from bench.analysis import ablation, headline
from bench.analysis.statistics import Interval
from bench.report import first_screen
from tests.support.made_tables import empty_tables, made_settings, tables

NAN = float("nan")
SETTINGS = made_settings()


def table(**rows: tuple[float, float, float]) -> pd.DataFrame:
    """headline.csv of these estimates with limits; measures that are not named are not known."""
    bars = {"quality": -0.03, "attribute_accuracy": -0.02}
    known = {"seconds_to_quality": ("0.6", 90.0, 60.0), "quality": ("", 0.70, 0.60)}
    measured: list[dict[str, Any]] = []
    for measure in ("iteration", "seconds_to_quality", "search_seconds", "quality", "attribute_accuracy"):
        estimate, low, high = rows.get(measure, (NAN, NAN, NAN))
        levels, base, values = known.get(measure, ("", NAN, NAN))
        measured.append(
            dict(zip(headline.COLUMNS, (
                measure, "", "", levels, base, values, estimate, low, high, bars.get(measure, 1.0),
                "" if measure in rows else "nothing was run",
            ), strict=True))
        )  # fmt: skip
    return pd.DataFrame(measured)


FASTER, SLOWER, OPEN = (1.72, 1.64, 1.81), (0.80, 0.75, 0.85), (1.03, 0.2, 5.0)
KEPT, LOST = (0.01, -0.01, 0.03), (-0.2, -0.3, -0.1)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            {"iteration": FASTER, "seconds_to_quality": OPEN},
            "A training iteration of ACL-GAN costs 0.58 of StarGAN's. Whether it finds good weights sooner, reaches "
            "the same quality sooner or keeps the quality, this run cannot tell.",
        ),
        (
            {"iteration": FASTER, "seconds_to_quality": FASTER, "search_seconds": (2.5, 1.4, 4.4), "quality": KEPT},
            "A training iteration of ACL-GAN costs 0.58 of StarGAN's. ACL-GAN finds good weights 2.50 times as fast "
            "and is 1.72 times as fast to quality 0.6. No quality is lost: +0.01 [−0.01, +0.03].",
        ),
        (
            {"iteration": SLOWER, "seconds_to_quality": SLOWER, "search_seconds": SLOWER, "quality": LOST},
            "A training iteration of ACL-GAN takes 1.25 times as long as StarGAN's. ACL-GAN takes 1.25 times as long "
            "to find good weights and takes 1.25 times as long to quality 0.6. Quality is lost: −0.20 [−0.30, −0.10].",
        ),
        (
            {"iteration": (1.01, 0.98, 1.04), "seconds_to_quality": SLOWER, "search_seconds": FASTER, "quality": KEPT},
            "A training iteration of ACL-GAN takes about as long as StarGAN's (0.99 [0.96, 1.02]). ACL-GAN finds good "
            "weights 1.72 times as fast, but takes 1.25 times as long to quality 0.6. No quality is lost: +0.01 "
            "[−0.01, +0.03].",
        ),
        (
            {"iteration": (1.2, 0.8, 1.8), "quality": KEPT},
            "A training iteration of ACL-GAN takes 0.83 [0.56, 1.25] of StarGAN's: undecided. No quality is lost: "
            "+0.01 [−0.01, +0.03]. Whether it finds good weights sooner or reaches the same quality sooner, this run "
            "cannot tell.",
        ),
        (
            {},
            "Whether ACL-GAN finds good weights sooner, reaches the same quality sooner or keeps the quality, this run "
            "cannot tell.",
        ),
    ],
)  # fmt: skip
def test_the_headline_says_what_was_found_and_what_cannot_be_told(
    rows: dict[str, tuple[float, float, float]], said: str
) -> None:
    assert first_screen.headline(table(**rows), SETTINGS) == said


def cards(**rows: tuple[float, float, float]) -> list[first_screen.Card]:
    return first_screen.cards(table(**rows), tables()["ablation"].iloc[:0], SETTINGS)


@pytest.mark.parametrize(
    ("value", "answer", "verdict"),
    [
        (FASTER, "yes", "1.72× as fast [1.64, 1.81]"), (SLOWER, "no", "1.25× as long [1.18, 1.33]"),
        (OPEN, "open", "Cannot tell"), ((NAN, NAN, NAN), "open", "Cannot tell"),
        ((2.0, NAN, NAN), "open", "Cannot tell"),
    ],
)  # fmt: skip
def test_the_search_card_answers_by_the_interval(value: tuple[float, float, float], answer: str, verdict: str) -> None:
    card = cards(search_seconds=value)[0]
    assert (card.answer, card.verdict) == (answer, verdict)
    assert (card.figure, card.table) == ("search_time", "headline")


def test_a_search_without_a_ratio_says_hits_and_why() -> None:
    headline_table = pd.concat([table(), tables()["headline"].query("measure in ['hits', 'trials', 'trial']")])
    card = first_screen.cards(headline_table, tables()["ablation"], SETTINGS)[0]
    assert card.text == (
        "7 of 8 random trials hit quality 0.3, StarGAN 6 of 8. A trial costs 0.88 as much. No ratio: nothing was run."
    )


@pytest.mark.parametrize(
    ("iteration", "level", "verdict", "text"),
    [
        (FASTER, OPEN, "Per iteration: 1.72× as fast [1.64, 1.81]", "To quality 0.6: cannot tell (60 s against 90 s)."),
        (SLOWER, FASTER, "Per iteration: 1.25× as long [1.18, 1.33]",
         "To quality 0.6: 1.72× as fast [1.64, 1.81] (60 s against 90 s)."),
        (OPEN, SLOWER, "Per iteration: cannot tell", "To quality 0.6: 1.25× as long [1.18, 1.33] (60 s against 90 s)."),
    ],
)  # fmt: skip
def test_the_speed_card_tells_steps_from_time_to_quality(
    iteration: tuple[float, float, float], level: tuple[float, float, float], verdict: str, text: str
) -> None:
    card = cards(iteration=iteration, seconds_to_quality=level)[1]
    assert (card.verdict, card.text) == (verdict, text)


def test_the_speed_card_says_why_no_time_to_quality_is_known() -> None:
    assert cards(iteration=FASTER)[1].text == "To equal quality: cannot tell (nothing was run)."


@pytest.mark.parametrize(
    ("quality", "accuracy", "verdict"),
    [
        (KEPT, KEPT, "No loss"), (LOST, KEPT, "There is a loss"), (KEPT, LOST, "There is a loss"),
        ((-0.07, -0.40, 0.26), KEPT, "Cannot tell"), (KEPT, (0.0, -0.1, 0.1), "Cannot tell"),
        ((NAN, NAN, NAN), KEPT, "Cannot tell"),
    ],
)  # fmt: skip
def test_the_quality_card_needs_quality_and_accuracy(
    quality: tuple[float, float, float], accuracy: tuple[float, float, float], verdict: str
) -> None:
    card = cards(quality=quality, attribute_accuracy=accuracy)[2]
    assert card.verdict == verdict


@pytest.mark.parametrize(
    ("accuracy", "said"),
    [
        ((0.004, -0.01, 0.02), "change 0.00 [−0.01, +0.02], no loss"),
        ((-0.2, -0.3, -0.1), "change −0.20 [−0.30, −0.10], a loss"),
        ((-0.1, -0.18, -0.01), "change −0.10 [−0.18, −0.01], undecided"),
    ],
)
def test_the_quality_card_tells_the_change_of_accuracy_from_the_accuracy(
    accuracy: tuple[float, float, float], said: str
) -> None:
    card = cards(quality=KEPT, attribute_accuracy=accuracy)[2]
    assert card.text.endswith(f" Attribute accuracy: {said} (up to 0.02 is allowed).")


def parts_table(**effects: tuple[float, float, float]) -> pd.DataFrame:
    """ablation.csv with these ratios of iterations, by part, each on the ladder."""
    rows = [
        {
            "part": part, "method": "acl", "variant": f"with_{part}", "below": "acl.below", "on_ladder": True,
            "measure": "iteration_ratio", "estimate": value[0], "ci_low": value[1], "ci_high": value[2],
            "effect": ablation.effect("iteration_ratio", Interval(*value)),
        }
        for part, value in effects.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(ablation.COLUMNS))


NO_CHANGE, SAVES, COSTS, WIDE = (1.0, 0.98, 1.02), (0.59, 0.58, 0.61), (1.56, 1.4, 1.7), (1.0, 0.8, 1.3)
PARTS = ("attribute_loss", "content_loss", "mask", "framing", "growing")


def test_a_card_calls_variants_and_metrics_as_people_do() -> None:
    headline_table = table(quality=(0.1, NAN, NAN)).assign(
        reason="stargan_baseline.lsgan_mask leads, but its edits miss what a hit asks: preservation_accuracy 0.71"
    )
    said = first_screen.cards(headline_table, parts_table(), SETTINGS)[2].text
    assert "StarGAN (LSGAN) + mask leads, but its edits miss what a hit asks: preservation accuracy 0.71." in said


@pytest.mark.parametrize(
    ("effects", "verdict", "text"),
    [
        (
            (NO_CHANGE, SAVES, NO_CHANGE, WIDE, COSTS), "The content loss",
            "Time per iteration: content loss 0.59×. Slower with growing (1.56×). Within 5 % of no change: attribute "
            "loss and mask. Undecided: framing.",
        ),
        (
            (SAVES, SAVES, NO_CHANGE, NO_CHANGE, NO_CHANGE), "The attribute loss and content loss",
            "Time per iteration: attribute loss 0.59× and content loss 0.59×. Within 5 % of no change: mask, framing "
            "and growing.",
        ),
        (
            (NO_CHANGE, NO_CHANGE, NO_CHANGE, NO_CHANGE, COSTS), "No part saves time",
            "Slower with growing (1.56×). Within 5 % of no change: attribute loss, content loss, mask and framing.",
        ),
        ((WIDE, WIDE, WIDE, WIDE, WIDE), "Cannot tell",
         "Undecided: attribute loss, content loss, mask, framing and growing."),
    ],
)  # fmt: skip
def test_the_part_that_is_responsible_is_named_and_the_others_are_sorted(
    effects: tuple[tuple[float, float, float], ...], verdict: str, text: str
) -> None:
    ablation_rows = parts_table(**dict(zip(PARTS, effects, strict=True)))
    card = first_screen.cards(table(), ablation_rows, SETTINGS)[3]
    assert (card.verdict, card.text) == (verdict, text)


def test_a_part_that_no_run_tested_is_said_to_be_untested() -> None:
    parts_by_name = {part.name: part for part in first_screen.parts(parts_table(mask=SAVES), SETTINGS)}
    assert parts_by_name["mask"].ratio == "0.59×"
    assert parts_by_name["mask"].note == "saves time"
    assert {part.note for name, part in parts_by_name.items() if name != "mask"} == {"not tested in this run"}
    assert list(parts_by_name) == [part.replace("_", " ") for part in PARTS]


def test_a_part_tells_its_passes_and_what_else_it_changes_beyond_doubt() -> None:
    ablation_rows = parts_table(growing=COSTS)
    more = [
        ("generator_passes", -1.0, NAN, "", ""), ("seconds_to_quality_ratio", 1.56, 1.2, "worse", "0.5 0.6"),
        ("quality_difference", -0.1, -0.2, "worse", ""), ("attribute_accuracy_difference", -0.1, -0.2, "worse", ""),
    ]  # fmt: skip
    rows = [
        ablation_rows.iloc[0].to_dict()
        | {"measure": name, "estimate": value, "ci_low": low, "effect": effect, "levels": levels}
        for name, value, low, effect, levels in more
    ]
    (part,) = [
        p for p in first_screen.parts(pd.concat([ablation_rows, pd.DataFrame(rows)]), SETTINGS) if p.name == "growing"
    ]
    assert part.note == (
        "costs time, once fully grown; 1 generator pass fewer per step; 1.56 times as long to quality 0.5, 0.6; "
        "quality −0.10"
    )
    assert part.answer == "no"


def test_a_part_takes_what_else_it_changes_from_the_first_variant_that_shows_it_and_says_which() -> None:
    row = parts_table(content_loss=SAVES).iloc[0].to_dict() | {"variant": "plus_content"}
    seconds = row | {"measure": "seconds_to_quality_ratio", "levels": "0.5 0.6"}
    unknown = seconds | {"estimate": NAN, "effect": "open"}
    known = seconds | {"variant": "plus_mask", "below": "acl.plus_attribute_mask", "estimate": 0.59, "effect": "better"}
    parts = first_screen.parts(pd.DataFrame([row, unknown, known]), SETTINGS)
    (part,) = [part for part in parts if part.name == "content loss"]
    assert part.note == "saves time; 0.59 times as long to quality 0.5, 0.6 (with mask)"


def test_the_context_names_data_size_seeds_trials_and_what_is_known_of_the_origin() -> None:
    said = first_screen.context(SETTINGS, tables(), ("commit abc", "", "on cpu"))
    assert said == [
        "Run made", "drawn faces, 32 px", "2 training seeds per model", "16 random trials per variant", "commit abc",
        "on cpu", "a first look: too few runs for most verdicts",
    ]  # fmt: skip
    finals = tuple(final.model_copy(update={"seeds": tuple(range(8))}) for final in SETTINGS.finals)
    powered = SETTINGS.model_copy(update={"finals": finals})
    assert first_screen.context(powered, empty_tables(), ())[-1] == "8 training seeds per model"


def test_the_pair_tells_its_budgets_and_that_different_ones_do_not_compare() -> None:
    assert first_screen.budgets(SETTINGS) == ", both trained on 1,000 images"
    shorter = SETTINGS.compare.model_copy(update={"baseline": "stargan_baseline.lsgan"})
    settings = SETTINGS.model_copy(update={"compare": shorter})
    assert first_screen.budgets(settings) == ", trained on 1,000 and 250 images: their quality is not comparable"
