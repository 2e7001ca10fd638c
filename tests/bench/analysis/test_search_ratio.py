"""The headline ratio by width and shift, on pools of known truth."""

import math

import pytest

from bench.analysis import search_arms, search_ratio
from bench.errors import BenchError
from tests.support.made_pools import made_settings, pool, speed

BASELINE, CHALLENGER = "stargan_baseline.lsgan", "acl.plus_attribute"
COSTS = {BASELINE: 100.0, CHALLENGER: 80.0}


def test_the_ratio_holds_the_truth_at_every_width_and_shift() -> None:
    settings = made_settings(confirmations=0)
    table = search_ratio.table(pool(settings, {BASELINE: 0.15, CHALLENGER: 0.45}, 600), speed(COSTS), settings)
    truth = 3 * (10 + 2) / (8 + 2)
    assert set(table["width_decades"]) == {2.0, 3.0, 4.0}
    assert {width: sorted(rows["range_shift"]) for width, rows in table.groupby("width_decades")} == {
        2.0: [-1.0, -0.5, 0.0, 0.5, 1.0], 3.0: [-0.5, 0.0, 0.5], 4.0: [0.0],
    }  # fmt: skip
    held = (table["ci_low"] <= truth) & (truth <= table["ci_high"])
    assert held.mean() >= 0.8
    assert (table["target"] == 0.4).all()
    assert tuple(table.columns) == search_ratio.COLUMNS


def test_shifted_boxes_are_cut_from_the_one_pool_and_differ() -> None:
    settings = made_settings()
    arm = search_arms.arm(CHALLENGER, "random", pool(settings, {CHALLENGER: 0.5}, 400), speed(COSTS), settings)
    (low,), (high,) = (arm.cut(2.0, shift).rows[["lambda_rec"]].median().tolist() for shift in (-1.0, 1.0))
    assert math.log10(high / low) == pytest.approx(2.0, abs=0.4)
    left, right = arm.cut(2.0, -1.0).rows.index, arm.cut(2.0, 1.0).rows.index
    assert set(left).isdisjoint(right)


def test_a_balanced_pool_is_judged_about_the_published_weights_too_as_far_as_it_reaches() -> None:
    settings = made_settings(confirmations=0, centre="balanced")
    search = pool(settings, dict.fromkeys(COSTS, 0.5), 200, centres={"lambda_cls": 1.0, "lambda_rec": 0.1})
    table = search_ratio.table(search, speed(COSTS), settings)
    about_published = table[table["centre"] == "published"].set_index(["width_decades", "range_shift"])
    assert (table["centre"] == "balanced").sum() == 9
    # lambda_rec was drawn from 0.001 to 10: about 1 it holds two decades, and moved down half or a whole decade.
    held = about_published[about_published["trials_baseline"].notna()]
    assert [width for width, _ in held.index] == [2.0, 2.0, 2.0, 3.0]
    assert [shift for _, shift in held.index] == [-1.0, -0.5, 0.0, -0.5]
    arm = search_arms.arm(CHALLENGER, "random", search, speed(COSTS), settings)
    assert held.loc[(2.0, 0.0), "trials_challenger"] == arm.rows["lambda_rec"].between(0.1, 10).sum()
    left_out = about_published[about_published["trials_baseline"].isna()]
    assert left_out.index.tolist() == [(3.0, 0.0), (4.0, 0.0)]
    assert left_out["reason"].str.contains("leaves the pool of stargan_baseline.lsgan").all()
    about_defaults = search_ratio.table(pool(made_settings(), COSTS, 20), speed(COSTS), made_settings())
    assert set(about_defaults["centre"]) == {"published"}


def test_a_ratio_without_hits_says_why_and_a_zero_on_one_side_bounds_it_from_the_other() -> None:
    settings = made_settings(confirmations=0)
    table = search_ratio.table(pool(settings, dict.fromkeys(COSTS, 0.0), 20), speed(COSTS), settings)
    assert table["seconds_ratio"].isna().all()
    assert table["reason"].iloc[-1] == "0 of the 40 trials hit level 0.4, fewer than 8"
    one_sided = pool(settings, {BASELINE: 0.0, CHALLENGER: 0.9}, 20)
    row = search_ratio.table(one_sided, speed(COSTS), settings).iloc[-1]
    assert row["reason"] == ""
    assert row["ci_high"] == math.inf
    assert 2 < row["ci_low"] < row["seconds_ratio"] < math.inf


def test_the_ratio_is_judged_at_the_level_that_the_settings_name() -> None:
    settings = made_settings(confirmations=0, judged_target=0.6)
    table = search_ratio.table(pool(settings, dict.fromkeys(COSTS, 0.5), 40), speed(COSTS), settings)
    assert (table["target"] == 0.6).all()
    with pytest.raises(BenchError, match=r"judged_target 0\.5 is not among"):
        made_settings(judged_target=0.5)


def test_the_rule_picks_the_level_whose_better_side_hits_in_a_fifth_of_pilots() -> None:
    settings = made_settings(targets=[0.3, 0.5, 0.7, 0.9], confirmations=0)
    search = pool(settings, dict.fromkeys(COSTS, 0.0), 20)
    better = search["variant"] == "plus_attribute"
    search.loc[better, "objective"] = [0.95] * 0 + [0.75] * 3 + [0.6] * 3 + [0.35] * 8 + [0.1] * 6
    arms = [search_arms.arm(model, "random", search, speed(COSTS), settings) for model in COSTS]
    # The better side's rates at .3, .5, .7, .9: .7, .3, .15, 0.
    assert search_ratio.level_by_rule(arms, settings.search.targets) == 0.7
    assert search_ratio.level_by_rule(arms, (0.3, 0.9)) is None
