"""The ECDF of the search, what a trial costs, and search plus training, on pools and studies of known truth."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis import search_costs
from tests.support.made_pools import EVALUATION_SECONDS, STEPS, made_settings, pool, speed

BASELINE, CHALLENGER = "stargan_baseline.lsgan", "acl.plus_attribute"
MILLISECONDS = {BASELINE: 100.0, CHALLENGER: 80.0}
COST = STEPS * 0.1 + EVALUATION_SECONDS


def lines(table: pd.DataFrame, kind: str, model: str = BASELINE) -> pd.DataFrame:
    rows = table[(table["kind"] == kind) & (table["method"] + "." + table["variant"] == model)]
    return rows.reset_index(drop=True)


def test_a_pool_reaches_a_target_after_k_trials_with_1_minus_the_chance_that_all_miss() -> None:
    settings = made_settings(confirmations=0)
    search = pool(settings, {BASELINE: 0.25, CHALLENGER: 0.0}, 40)
    rate = float((search[search["method"] == "stargan_baseline"]["objective"] > 0.4).mean())
    line = lines(search_costs.ecdf(search, speed(MILLISECONDS), settings), "share")
    assert line["seconds"].tolist() == pytest.approx([k * COST for k in range(41)])
    assert line["share"].tolist() == pytest.approx([1 - (1 - rate) ** k for k in range(41)])
    low, high = stats.binomtest(round(40 * rate), 40).proportion_ci(method="exact")
    assert line[["ci_low", "ci_high"]].iloc[3].tolist() == pytest.approx([1 - (1 - low) ** 3, 1 - (1 - high) ** 3])


def test_a_pool_without_a_hit_stays_at_0_below_a_band_that_rises() -> None:
    settings = made_settings(confirmations=0)
    search = pool(settings, {BASELINE: 0.0, CHALLENGER: 0.5}, 12)
    line = lines(search_costs.ecdf(search, speed(MILLISECONDS), settings), "share")
    assert (line["share"] == 0).all()
    assert line["ci_high"].is_monotonic_increasing
    assert line["ci_high"].iloc[-1] > 0.9


def test_studies_of_a_sequential_sampler_share_their_targets() -> None:
    settings = made_settings(confirmations=0, samplers={"tpe": {"studies": 2, "trials": 4}})
    search = pool(settings, {BASELINE: 0.0, CHALLENGER: 0.0}, 8).assign(sampler="tpe")
    search["study"], search["trial"] = search["trial"] // 4, search["trial"] % 4
    of_baseline = search["method"] == "stargan_baseline"
    search.loc[of_baseline & (search["study"] == 0) & (search["trial"] == 1), "objective"] = 0.5  # hits 0.4, not 0.6
    search.loc[of_baseline & (search["study"] == 1) & (search["trial"] == 2), "objective"] = 0.9  # hits both
    table = search_costs.ecdf(search, speed(MILLISECONDS), settings)
    line = lines(table, "share")
    assert dict(zip((line["seconds"] / COST).round().astype(int), line["share"], strict=True)) == {
        0: 0.0, 2: 0.25, 3: 0.75, 4: 0.75,
    }  # fmt: skip
    assert line["ci_low"].isna().all()  # two studies: no band
    trials = lines(table, "trial")
    assert len(trials) == 8
    assert trials.loc[1, "target_hit"] == 0.4
    assert trials["target_hit"].notna().sum() == 2
    assert (trials.groupby("study")["seconds"].max() / COST).tolist() == pytest.approx([4.0, 4.0])


def test_the_band_of_many_studies_holds_the_share_and_does_not_collapse_at_0_and_1() -> None:
    settings = made_settings(confirmations=0, samplers={"tpe": {"studies": 6, "trials": 2}})
    search = pool(settings, {BASELINE: 1.0, CHALLENGER: 0.0}, 12).assign(sampler="tpe")
    search["study"], search["trial"] = search["trial"] // 2, search["trial"] % 2
    line = lines(search_costs.ecdf(search, speed(MILLISECONDS), settings), "share")
    assert line["share"].iloc[-1] == 1
    assert 0.5 < line["ci_low"].iloc[-1] < 1 == line["ci_high"].iloc[-1]
    assert line["ci_high"].iloc[0] > 0


def test_a_trial_costs_its_steps_its_evaluation_and_its_share_of_the_repeats() -> None:
    settings = made_settings()
    search = pool(settings, {BASELINE: 0.2, CHALLENGER: 0.0}, 50)
    hits = int((search["confirmations"] > 0).sum())
    table = search_costs.trials(search, speed(MILLISECONDS), settings).set_index("variant")
    base = table.loc["lsgan"]
    assert base["training_seconds"] == pytest.approx(STEPS * 0.1)
    assert base["evaluation_seconds"] == pytest.approx(EVALUATION_SECONDS)
    assert base["confirmation_seconds"] == pytest.approx(2 * COST * hits / 50)
    assert table.loc["plus_attribute", "total_seconds"] == pytest.approx(STEPS * 0.08 + EVALUATION_SECONDS)


def test_search_and_training_add_up_and_without_a_hit_only_the_lower_limit_is_known() -> None:
    settings = made_settings(confirmations=0)
    search = pool(settings, {BASELINE: 0.0, CHALLENGER: 0.5}, 20)
    columns = ["method", "variant", "seed", "images_seen", "train_seconds", "metric", "value"]
    curves = pd.DataFrame([(*m.split("."), 1, 320, 70.0, "quality", 0.5) for m in MILLISECONDS], columns=columns)
    table = search_costs.end_to_end(search, speed(MILLISECONDS), curves, settings)
    rows = table[table["target"] == 0.4].set_index("variant").to_dict("index")
    hit, missed = rows["plus_attribute"], rows["lsgan"]
    count = int((search["objective"] > 0.4).sum())
    assert hit["total_seconds"] == pytest.approx((STEPS * 0.08 + EVALUATION_SECONDS) * 21 / (count + 1) + 70)
    assert hit["total_ci_low"] < hit["total_seconds"] < hit["total_ci_high"]
    assert math.isnan(missed["total_seconds"])
    assert missed["total_ci_high"] == math.inf
    least = 1 / stats.binomtest(0, 20).proportion_ci(method="exact").high
    assert missed["total_ci_low"] == pytest.approx(least * COST + 70)


def test_an_empty_search_gives_empty_tables_with_all_columns() -> None:
    settings = made_settings()
    search = pool(settings, {BASELINE: 0.5}, 3).iloc[:0]
    for table_columns, columns in (
        (search_costs.ecdf(search, speed({}), settings), search_costs.ECDF_COLUMNS),
        (search_costs.trials(search, speed({}), settings), search_costs.TRIAL_COLUMNS),
    ):
        assert table_columns.empty
        assert tuple(table_columns.columns) == columns


def test_a_trial_names_each_condition_of_a_hit_that_it_missed() -> None:
    from bench.analysis import trials

    settings = made_settings()
    search = pool(settings, {BASELINE: 1.0}, 6)
    search.loc[1, "objective"] = 0.1
    search.loc[2, ["objective", "attribute_accuracy"]] = [0.1, 0.1]
    search.loc[3, "preservation_accuracy"] = 0.5
    search.loc[4, "confirmed_objective"] = 0.1
    search.loc[5, "state"], search.loc[5, "objective"] = "FAIL", np.nan
    assert trials.outcomes(search, settings.search)["missed"].tolist() == [
        "", "quality", "quality and accuracy", "preservation", "confirmation", "completion",
    ]  # fmt: skip
