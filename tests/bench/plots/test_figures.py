"""What single figures show of their tables, and what their titles say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Annotation

from bench.analysis import models, over_seeds
from bench.plots.kit import theme, words
from tests.support.made_figures import figure_of, found_by
from tests.support.made_tables import curves, made_settings, tables


def test_scores_stand_by_image_budget_the_compared_pairs_first() -> None:
    rows = [label.get_text() for label in figure_of("scores_by_model", tables()).axes[0].get_yticklabels()]
    headings = [row for row in rows if row.endswith("thousand images") or row == "controls"]
    assert headings == ["1 thousand images", "0.25 thousand images", "controls"]
    short = rows[rows.index("0.25 thousand images") + 1 : rows.index("controls")]
    assert short == [theme.label("stargan_baseline.lsgan"), theme.label("acl.plus_attribute")]


def test_curves_are_of_the_compared_pair_alone_a_panel_per_metric() -> None:
    figure = figure_of("curves", tables())
    assert len(figure.axes) == 4
    pair = {theme.look(model).colour for model in models.compared(made_settings())}
    assert {line.get_color() for axis in figure.axes for line in axis.lines} == pair
    assert found_by("curves", tables()).startswith("ACL-GAN + mask and StarGAN (LSGAN) + mask on valid, means at the ")


def test_models_by_the_logged_clock_do_not_stand_beside_those_that_were_timed() -> None:
    made = tables()["level_times"]
    own = models.ids(made) == "acl.full"
    found = tables() | {"level_times": made.assign(clock=np.where(own, "logged", "measured"))}
    rows = [label.get_text() for label in figure_of("level_times", found).axes[0].get_yticklabels()]
    assert theme.label("acl.plus_mask") in rows
    assert theme.label("acl.full") not in rows
    found = tables() | {"level_times": made.assign(clock="logged")}
    rows = [label.get_text() for label in figure_of("level_times", found).axes[0].get_yticklabels()]
    assert theme.label("acl.full") in rows


@pytest.mark.parametrize(
    ("baseline", "challenger", "said"),
    [((1, 2), (3, 4), ""), ((1, 3), (2, 4), "; intervals overlap"), ((1, float("nan")), (1, float("nan")), "")],
)
def test_a_difference_whose_intervals_overlap_is_told_with_them(
    baseline: tuple[float, float], challenger: tuple[float, float], said: str
) -> None:
    assert words.overlap(baseline, challenger) == words.overlap(challenger, baseline) == said
    for name, low, high in (("level_times", "ci_low", "ci_high"), ("end_to_end", "total_ci_low", "total_ci_high")):
        made = tables()[name]
        for model, limits in zip(models.compared(made_settings()), (baseline, challenger), strict=True):
            made.loc[models.ids(made) == model, [low, high]] = limits
        assert ("; intervals overlap" in found_by(name, tables() | {name: made})) == bool(said)


def test_a_sampler_none_of_whose_trials_hit_has_no_panel() -> None:
    made = tables()["search_ecdf"]
    other = made.assign(sampler="another", target_hit=np.nan)
    titles = [
        {axis.get_title(loc="left") for axis in figure_of("search_time", tables() | {"search_ecdf": table}).axes}
        for table in (made, pd.concat([other, made]))
    ]
    assert titles[0] == titles[1] != set()
    assert not figure_of("search_time", tables() | {"search_ecdf": other}).axes


def test_a_level_that_was_not_crossed_is_marked_at_most_or_says_how_many_seeds_reach_it() -> None:
    made = tables()["level_times"]
    own = made[made["variant"].isin(["lsgan_mask", "plus_mask"]) & (made["target"] == 0.4)].assign(
        reached=[1, 2], at_most=[0, 1], mean=[np.nan, 5.0], ci_low=np.nan, ci_high=np.nan
    )
    (axis,) = figure_of("level_times", tables() | {"level_times": own}).axes
    (at_most,) = (line for line in axis.lines if line.get_marker() == theme.look("acl.plus_mask").marker)
    assert at_most.get_markerfacecolor() == theme.PAPER
    (missed,) = (line for line in axis.lines if line.get_marker() == ">")
    assert np.asarray(missed.get_xdata())[0] == own["end_seconds"].iloc[0]
    assert [text.get_text() for text in axis.texts] == ["1 of 2"]
    rows = [text.get_text() for text in axis.get_yticklabels()]
    assert rows[np.asarray(missed.get_ydata())[0]] == theme.label("stargan_baseline.lsgan_mask")


def test_levels_are_shown_that_a_model_reaches_with_every_seed_the_four_highest() -> None:
    made = tables()["level_times"]
    row = made[made["variant"] == "plus_mask"].iloc[:1]
    reached = [2, 2, 2, 2, 2, 1]
    own = row.loc[row.index.repeat(6)].assign(
        target=[0.3, 0.4, 0.5, 0.6, 0.7, 0.8], reached=reached, at_most=0, mean=5.0
    )
    titles = [axis.get_title(loc="left") for axis in figure_of("level_times", tables() | {"level_times": own}).axes]
    assert titles == ["Quality 0.4", "Quality 0.5", "Quality 0.6", "Quality 0.7"]


def test_a_search_without_a_hit_shows_its_lower_limit_with_an_open_end() -> None:
    made = tables()["end_to_end"]
    row = made[(made["method"] == "acl") & (made["target"] == 0.3)].assign(
        hits=0, total_seconds=np.nan, total_ci_low=50.0, total_ci_high=np.inf
    )
    found = tables() | {"end_to_end": row}
    (axis,) = figure_of("end_to_end", found).axes
    assert {float(np.asarray(line.get_ydata())[0]) for line in axis.lines} == {50.0}
    assert any(isinstance(text, Annotation) and text.arrow_patch is not None for text in axis.texts)
    assert found_by("end_to_end", found) == "Search and training take ACL-GAN + mask over 50 s (0 of 16 trials hit 0.3)"


def test_a_variant_that_never_reaches_a_target_is_a_flat_line_at_0() -> None:
    made = tables()["search_ecdf"]
    never = made.assign(share=np.where(made["method"] == "acl", 0.0, made["share"]))
    figure = figure_of("search_time", tables() | {"search_ecdf": never})
    colour = theme.look("acl.plus_mask").colour
    (line,) = [line for line in figure.axes[0].lines if line.get_color() == colour and line.get_linestyle() != "None"]
    assert set(np.asarray(line.get_ydata()).tolist()) == {0.0}
    assert len(np.asarray(line.get_xdata())) > 2


def test_trials_that_miss_one_condition_only_have_another_mark_than_hits() -> None:
    made = tables()["search"]
    marks = []
    for missed in ("", "accuracy", "preservation", "quality and accuracy"):
        figure = figure_of("search_weights", tables() | {"search": made.assign(missed=missed)})
        drawn = [points for points in figure.axes[0].collections if len(np.asarray(points.get_offsets()))]
        marks.append(np.asarray(drawn[-1].get_paths()[0].vertices).tobytes())
        assert [text.get_text() for text in figure.legends[0].get_texts()] == [
            f"first condition missed: {missed.partition(' ')[0]}" if missed else "hit"
        ]
    assert len(set(marks)) == 4


def test_what_a_ratio_cannot_be_told_for_is_said_in_its_row_and_an_interval_too_wide_ends_in_arrows() -> None:
    made = tables()["headline"]
    unknown = made["measure"] == "search_seconds"
    made.loc[unknown, ["estimate", "ci_low", "ci_high"]] = np.nan
    made.loc[unknown, "reason"] = "no target has 8 hits in all"
    made.loc[made["measure"] == "seconds_to_quality", ["estimate", "ci_low", "ci_high"]] = [1.0, 0.01, 90.0]
    (axis,) = figure_of("times_as_fast", tables() | {"headline": made}).axes
    assert "not known: no target has 8 hits in all" in [text.get_text() for text in axis.texts]
    assert {line.get_marker() for line in axis.lines} >= {"<", ">"}


@pytest.mark.parametrize(("low", "high", "said"), [(0.0, 0.01, ""), (0.0, 1.0, "; intervals overlap")])
def test_the_title_of_the_search_says_whether_its_intervals_overlap(low: float, high: float, said: str) -> None:
    made = tables()["search_ecdf"]
    baseline = made["method"] == "stargan_baseline"
    made = made.assign(share=0.5, ci_low=np.where(baseline, low, 0.4), ci_high=np.where(baseline, high, 0.6))
    title = found_by("search_time", tables() | {"search_ecdf": made})
    assert title.endswith(f"50% with ACL-GAN + mask and 50% with StarGAN (LSGAN) + mask{said}")


@pytest.mark.parametrize(("measure", "value"), [("quality_difference", -0.58), ("iteration_ratio", 5.0)])
def test_no_estimate_of_the_ablation_lies_outside_its_panel(measure: str, value: float) -> None:
    found = tables()
    found["ablation"].loc[found["ablation"]["measure"] == measure, "estimate"] = value
    panels = [axis.get_xlim() for axis in figure_of("ablation", found).axes]
    assert sum(low < value < high for low, high in panels) == 1


@pytest.mark.parametrize(
    ("effects", "said"),
    [
        (("better", "open"), "The attribute loss (to 0.87) shortens an iteration"),
        (("worse", "open"), "The attribute loss (to 0.87) lengthens an iteration"),
        (("none", "open"), "No part is shown to change an iteration's time by 5 %"),
    ],
)
def test_the_title_of_the_ablation_names_the_parts_that_change_the_time(effects: tuple[str, str], said: str) -> None:
    made = tables()["ablation"]
    timed = made["measure"] == "iteration_ratio"
    effect = np.where(timed & (made["part"] == "attribute_loss"), effects[0], effects[1])
    assert found_by("ablation", tables() | {"ablation": made.assign(effect=effect)}) == said


def test_titles_of_times_quote_their_tables() -> None:
    made = tables()
    assert found_by("level_times", made) == (
        "To quality 0.5: ACL-GAN + mask 114 s and StarGAN (LSGAN) + mask 103 s; neither reaches 0.6"
    )
    assert found_by("trial_costs", made) == (
        "A trial without repeats costs 15 s with ACL-GAN + mask and 17 s with StarGAN (LSGAN) + mask"
    )
    assert found_by("pair_quality", made).startswith("Final quality on valid, means: ACL-GAN 0.")
    assert found_by("scores_by_model", made).endswith("difference +0.05")  # of two seeds: no interval
    nothing = made["level_times"].assign(mean=np.nan)
    assert found_by("level_times", made | {"level_times": nothing}).startswith("No level was crossed by every seed")


@pytest.mark.parametrize(
    ("value", "said"), [(-0.0012, "0.00"), (0.004, "0.00"), (-0.0051, "−0.01"), (0.25, "+0.25"), (float("nan"), "+nan")]
)
def test_a_difference_that_rounds_to_zero_has_no_sign(value: float, said: str) -> None:
    assert words.signed(value) == said


@pytest.mark.parametrize("ahead", [-0.15, -0.04, 0.04, 0.15])
@pytest.mark.parametrize("time_share", [0.6, 0.74, 0.95])
def test_the_labels_at_the_ends_of_the_two_curves_do_not_touch(ahead: float, time_share: float) -> None:
    ends = {"stargan_baseline.lsgan_mask": (83.0, 0.67), "acl.plus_mask": (83.0 * time_share, 0.67 + ahead)}
    means, parts = tables()["curve_means"], np.linspace(0.25, 1, 4)
    of_pair = means[models.ids(means).isin(ends) & (means["metric"] == "quality")]
    lines = []
    for model, (seconds, quality) in ends.items():
        row = models.of(of_pair, model).iloc[:1]
        line = row.loc[row.index.repeat(4)].assign(seconds=seconds * parts, mean=quality * parts)
        lines.append(line.assign(images_seen=1000 * parts, ci_low=line["mean"] - 0.05, ci_high=line["mean"] + 0.05))
    figure = figure_of("pair_quality", tables() | {"curve_means": pd.concat(lines)})
    first, second = (label.get_window_extent() for label in figure.axes[0].texts)
    assert not first.padded(2).overlaps(second)


def test_curves_of_one_point_draw() -> None:
    found = curves(seeds=[1])
    found = found[found["images_seen"] == found["images_seen"].min()]
    means = over_seeds.curve_means(found, made_settings())
    for name in ("curves", "pair_quality"):
        figure_of(name, tables() | {"curves": found, "curve_means": means})


def test_a_model_that_was_not_timed_leaves_the_compared_pair_its_uncontended_seconds() -> None:
    settings = made_settings()
    found = curves()
    pair = models.ids(found).isin(models.compared(settings))
    found["uncontended_seconds"] = np.where(pair, 0.5 * found["train_seconds"], np.nan)
    means = over_seeds.curve_means(found, settings)
    of_pair = models.ids(means).isin(models.compared(settings))
    assert set(means[of_pair]["clock"]) == {"measured"}
    assert set(means[~of_pair]["clock"]) == {"logged"}
    figure = figure_of("curves", tables() | {"curves": found, "curve_means": means})
    labels = [axis.get_xlabel() for axis in figure.axes if axis.get_xlabel()]
    assert set(labels) == {"training seconds (uncontended)"}
