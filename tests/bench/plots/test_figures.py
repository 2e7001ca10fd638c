"""What single figures show of their tables, and what their titles say."""

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
    pair = {theme.look(model).colour for model in made_settings().compare.pair}
    assert {line.get_color() for axis in figure.axes for line in axis.lines} == pair
    assert found_by("curves", tables()).startswith("ACL-GAN + mask and StarGAN (LSGAN) + mask on valid, means at the ")


def test_models_by_the_logged_clock_do_not_stand_beside_those_that_were_timed() -> None:
    table = tables()["level_times"]
    is_full = models.ids(table) == "acl.full"
    all_tables = tables() | {"level_times": table.assign(clock=np.where(is_full, "logged", "measured"))}
    rows = [label.get_text() for label in figure_of("level_times", all_tables).axes[0].get_yticklabels()]
    assert theme.label("acl.plus_mask") in rows
    assert theme.label("acl.full") not in rows
    all_tables = tables() | {"level_times": table.assign(clock="logged")}
    rows = [label.get_text() for label in figure_of("level_times", all_tables).axes[0].get_yticklabels()]
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
        table = tables()[name]
        for model, limits in zip(made_settings().compare.pair, (baseline, challenger), strict=True):
            table.loc[models.ids(table) == model, [low, high]] = limits
        assert ("; intervals overlap" in found_by(name, tables() | {name: table})) == bool(said)


def test_a_sampler_none_of_whose_trials_hit_has_no_panel() -> None:
    ecdf = tables()["search_ecdf"]
    other = ecdf.assign(sampler="another", target_hit=np.nan)
    titles = [
        {axis.get_title(loc="left") for axis in figure_of("search_time", tables() | {"search_ecdf": table}).axes}
        for table in (ecdf, pd.concat([other, ecdf]))
    ]
    assert titles[0] == titles[1] != set()
    assert not figure_of("search_time", tables() | {"search_ecdf": other}).axes


def test_a_level_that_was_not_crossed_is_marked_at_most_or_says_how_many_seeds_reach_it() -> None:
    table = tables()["level_times"]
    crossed = table[table["variant"].isin(["lsgan_mask", "plus_mask"]) & (table["target"] == 0.4)].assign(
        reached=[1, 2], at_most=[0, 1], mean=[np.nan, 5.0], ci_low=np.nan, ci_high=np.nan
    )
    (axis,) = figure_of("level_times", tables() | {"level_times": crossed}).axes
    (at_most,) = (line for line in axis.lines if line.get_marker() == theme.look("acl.plus_mask").marker)
    assert at_most.get_markerfacecolor() == theme.PAPER
    (missed,) = (line for line in axis.lines if line.get_marker() == ">")
    assert np.asarray(missed.get_xdata())[0] == crossed["end_seconds"].iloc[0]
    assert [text.get_text() for text in axis.texts] == ["1 of 2"]
    rows = [text.get_text() for text in axis.get_yticklabels()]
    assert rows[np.asarray(missed.get_ydata())[0]] == theme.label("stargan_baseline.lsgan_mask")


def test_levels_are_shown_that_a_model_reaches_with_every_seed_the_four_highest() -> None:
    table = tables()["level_times"]
    row = table[table["variant"] == "plus_mask"].iloc[:1]
    reached = [2, 2, 2, 2, 2, 1]
    rows = row.loc[row.index.repeat(6)].assign(
        target=[0.3, 0.4, 0.5, 0.6, 0.7, 0.8], reached=reached, at_most=0, mean=5.0
    )
    titles = [axis.get_title(loc="left") for axis in figure_of("level_times", tables() | {"level_times": rows}).axes]
    assert titles == ["Quality 0.4", "Quality 0.5", "Quality 0.6", "Quality 0.7"]


def test_a_search_without_a_hit_shows_its_lower_limit_with_an_open_end() -> None:
    table = tables()["end_to_end"]
    row = table[(table["method"] == "acl") & (table["target"] == 0.3)].assign(
        hits=0, total_seconds=np.nan, total_ci_low=50.0, total_ci_high=np.inf
    )
    all_tables = tables() | {"end_to_end": row}
    (axis,) = figure_of("end_to_end", all_tables).axes
    assert {float(np.asarray(line.get_ydata())[0]) for line in axis.lines} == {50.0}
    assert any(isinstance(text, Annotation) and text.arrow_patch is not None for text in axis.texts)
    assert (
        found_by("end_to_end", all_tables)
        == "Search and training take ACL-GAN + mask over 50 s (0 of 16 trials hit 0.3)"
    )


def test_a_variant_that_never_reaches_a_target_is_a_flat_line_at_0() -> None:
    table = tables()["search_ecdf"]
    never = table.assign(share=np.where(table["method"] == "acl", 0.0, table["share"]))
    figure = figure_of("search_time", tables() | {"search_ecdf": never})
    colour = theme.look("acl.plus_mask").colour
    (line,) = [line for line in figure.axes[0].lines if line.get_color() == colour and line.get_linestyle() != "None"]
    assert set(np.asarray(line.get_ydata()).tolist()) == {0.0}
    assert len(np.asarray(line.get_xdata())) > 2


def test_trials_that_miss_one_condition_only_have_another_mark_than_hits() -> None:
    table = tables()["search"]
    marks = []
    for missed in ("", "accuracy", "preservation", "quality and accuracy"):
        figure = figure_of("search_weights", tables() | {"search": table.assign(missed=missed)})
        drawn = [points for points in figure.axes[0].collections if len(np.asarray(points.get_offsets()))]
        marks.append(np.asarray(drawn[-1].get_paths()[0].vertices).tobytes())
        assert [text.get_text() for text in figure.legends[0].get_texts()] == [
            f"first condition missed: {missed.partition(' ')[0]}" if missed else "hit"
        ]
    assert len(set(marks)) == 4


def test_what_a_ratio_cannot_be_told_for_is_said_in_its_row_and_an_interval_too_wide_ends_in_arrows() -> None:
    table = tables()["headline"]
    unknown = table["measure"] == "search_seconds"
    table.loc[unknown, ["estimate", "ci_low", "ci_high"]] = np.nan
    table.loc[unknown, "reason"] = "no target has 8 hits in all"
    table.loc[table["measure"] == "seconds_to_quality", ["estimate", "ci_low", "ci_high"]] = [1.0, 0.01, 90.0]
    (axis,) = figure_of("times_as_fast", tables() | {"headline": table}).axes
    assert "not known: no target has 8 hits in all" in [text.get_text() for text in axis.texts]
    assert {line.get_marker() for line in axis.lines} >= {"<", ">"}


@pytest.mark.parametrize(("low", "high", "said"), [(0.0, 0.01, ""), (0.0, 1.0, "; intervals overlap")])
def test_the_title_of_the_search_says_whether_its_intervals_overlap(low: float, high: float, said: str) -> None:
    table = tables()["search_ecdf"]
    baseline = table["method"] == "stargan_baseline"
    table = table.assign(share=0.5, ci_low=np.where(baseline, low, 0.4), ci_high=np.where(baseline, high, 0.6))
    title = found_by("search_time", tables() | {"search_ecdf": table})
    assert title.endswith(f"50% with ACL-GAN + mask and 50% with StarGAN (LSGAN) + mask{said}")


@pytest.mark.parametrize(("measure", "value"), [("quality_difference", -0.58), ("iteration_ratio", 5.0)])
def test_no_estimate_of_the_ablation_lies_outside_its_panel(measure: str, value: float) -> None:
    all_tables = tables()
    all_tables["ablation"].loc[all_tables["ablation"]["measure"] == measure, "estimate"] = value
    panels = [axis.get_xlim() for axis in figure_of("ablation", all_tables).axes]
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
    table = tables()["ablation"]
    timed = table["measure"] == "iteration_ratio"
    effect = np.where(timed & (table["part"] == "attribute_loss"), effects[0], effects[1])
    assert found_by("ablation", tables() | {"ablation": table.assign(effect=effect)}) == said


def test_titles_of_times_quote_their_tables() -> None:
    all_tables = tables()
    assert found_by("level_times", all_tables) == (
        "To quality 0.5: ACL-GAN + mask 114 s and StarGAN (LSGAN) + mask 103 s; neither reaches 0.6"
    )
    assert found_by("trial_costs", all_tables) == (
        "A trial without repeats costs 15 s with ACL-GAN + mask and 17 s with StarGAN (LSGAN) + mask"
    )
    assert found_by("pair_quality", all_tables).startswith("Final quality on valid, means: ACL-GAN 0.")
    assert found_by("scores_by_model", all_tables).endswith("difference +0.05")  # of two seeds: no interval
    nothing = all_tables["level_times"].assign(mean=np.nan)
    assert found_by("level_times", all_tables | {"level_times": nothing}).startswith(
        "No level was crossed by every seed"
    )


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
    curve_rows = curves(seeds=[1])
    curve_rows = curve_rows[curve_rows["images_seen"] == curve_rows["images_seen"].min()]
    means = over_seeds.curve_means(curve_rows, made_settings())
    for name in ("curves", "pair_quality"):
        figure_of(name, tables() | {"curves": curve_rows, "curve_means": means})


def test_a_model_that_was_not_timed_leaves_the_compared_pair_its_uncontended_seconds() -> None:
    settings = made_settings()
    curve_rows = curves()
    pair = models.ids(curve_rows).isin(settings.compare.pair)
    curve_rows["uncontended_seconds"] = np.where(pair, 0.5 * curve_rows["train_seconds"], np.nan)
    means = over_seeds.curve_means(curve_rows, settings)
    of_pair = models.ids(means).isin(settings.compare.pair)
    assert set(means[of_pair]["clock"]) == {"measured"}
    assert set(means[~of_pair]["clock"]) == {"logged"}
    figure = figure_of("curves", tables() | {"curves": curve_rows, "curve_means": means})
    labels = [axis.get_xlabel() for axis in figure.axes if axis.get_xlabel()]
    assert set(labels) == {"training seconds (uncontended)"}
