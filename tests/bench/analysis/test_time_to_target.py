"""Search time from made pools and studies whose truth is known."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.analysis import time_to_target
from tests.support.made_pools import EVALUATION_SECONDS, LOGGED_EVALUATION_SECONDS, STEPS, made_settings, pool, speed

BASELINE, CHALLENGER = "stargan_baseline.lsgan", "acl.plus_attribute"
MILLISECONDS = {BASELINE: 100.0, CHALLENGER: 80.0}


def by_arm(table: pd.DataFrame, target: float = 0.4, width: float = 4.0) -> dict[str, dict[str, Any]]:
    at_target = table[(table["target"] == target) & (table["width_decades"] == width)]
    rows = ({str(name): value for name, value in row.items()} for row in at_target.to_dict("records"))
    return {f"{row['method']}.{row['variant']}": row for row in rows}


def test_a_pool_counts_trials_and_hits_and_prices_them_by_measured_steps() -> None:
    settings = made_settings(confirmations=0)
    search = pool(settings, {BASELINE: 0.1, CHALLENGER: 0.3}, 96)
    table = time_to_target.table(search, speed(MILLISECONDS), settings)
    rows = by_arm(table)
    for model, cost in MILLISECONDS.items():
        row, hits = rows[model], int((search[search["variant"] == model.split(".")[1]]["objective"] > 0.4).sum())
        assert (row["trials"], row["hits"]) == (96, hits)
        assert row["expected_trials"] == pytest.approx(97 / (hits + 1))
        seconds = STEPS * cost / 1000 + EVALUATION_SECONDS
        assert row["expected_seconds"] == pytest.approx(seconds * 97 / (hits + 1))
        assert row["seconds_without_evaluation"] == pytest.approx(STEPS * cost / 1000 * 97 / (hits + 1))
        assert row["clock"] == "measured"
        assert row["seconds_per_evaluation"] == EVALUATION_SECONDS
        assert row["judged"]
    assert rows[CHALLENGER]["rate_ratio"] == pytest.approx(rows[CHALLENGER]["hits"] / rows[BASELINE]["hits"])
    ratio = rows[BASELINE]["expected_seconds"] / rows[CHALLENGER]["expected_seconds"]
    assert rows[CHALLENGER]["seconds_ratio"] == pytest.approx(ratio)
    assert math.isnan(rows[BASELINE]["seconds_ratio"])


def test_confirming_a_hit_costs_its_repeats() -> None:
    settings = made_settings()
    search = pool(settings, {BASELINE: 0.2, CHALLENGER: 0.2}, 50)
    row = by_arm(time_to_target.table(search, speed(MILLISECONDS), settings))[BASELINE]
    trial_seconds = STEPS * 0.1 + EVALUATION_SECONDS
    mean = trial_seconds * (1 + 2 * row["hits"] / 50)
    assert row["expected_seconds"] == pytest.approx(mean * 51 / (row["hits"] + 1))


def test_every_width_is_a_sub_box_and_none_is_wider_than_the_pool() -> None:
    settings = made_settings(judged_widths_decades=[2.0, 3.0, 5.0])
    table = time_to_target.table(pool(settings, dict.fromkeys(MILLISECONDS, 0.3), 400), speed(MILLISECONDS), settings)
    counts = {width: [row["trials"] for row in by_arm(table, width=width).values()] for width in (2.0, 3.0, 4.0)}
    assert sorted(table["width_decades"].unique()) == [2.0, 3.0, 4.0]
    assert counts[4.0] == [400, 400]
    assert counts[2.0] == pytest.approx([100, 200], abs=30)  # two axes: (2/4)^2; one axis: 2/4


def test_without_hits_expected_trials_are_more_than_n_and_nothing_is_judged() -> None:
    settings = made_settings()
    table = time_to_target.table(pool(settings, dict.fromkeys(MILLISECONDS, 0.0), 8), speed(MILLISECONDS), settings)
    row = by_arm(table)[CHALLENGER]
    assert row["note"] == "> 8 trials"
    assert row["expected_trials"] == 9
    assert row["ci_high"] == math.inf
    assert not row["judged"]
    assert math.isnan(row["seconds_ratio"])


def test_a_pool_extended_in_two_pieces_gives_the_tables_of_one() -> None:
    settings = made_settings()
    whole = pool(settings, {BASELINE: 0.2, CHALLENGER: 0.3}, 60)
    pieces = pd.concat([whole[whole["trial"] >= 20], whole[whole["trial"] < 20]], ignore_index=True)
    costs = speed(MILLISECONDS)
    of_whole, of_pieces = (time_to_target.table(rows, costs, settings) for rows in (whole, pieces))
    pd.testing.assert_frame_equal(of_whole, of_pieces)


def test_failed_trials_count_and_cost_but_never_hit() -> None:
    settings = made_settings()
    search = pool(settings, dict.fromkeys(MILLISECONDS, 1.0), 20)
    failed = search["trial"] < 10
    search["state"] = search["state"].mask(failed, "FAIL")
    search["confirmations"] = search["confirmations"].mask(failed, 0)
    row = by_arm(time_to_target.table(search, speed(MILLISECONDS), settings))[BASELINE]
    assert (row["trials"], row["hits"]) == (20, 10)


def test_without_measured_steps_the_logged_clock_is_used_and_named() -> None:
    settings = made_settings(confirmations=0)
    search = pool(settings, dict.fromkeys(MILLISECONDS, 0.5), 20)
    row = by_arm(time_to_target.table(search, speed({}), settings))[BASELINE]
    assert row["clock"] == "logged"
    assert row["expected_seconds"] == pytest.approx((9 + LOGGED_EVALUATION_SECONDS) * 21 / (row["hits"] + 1))


@pytest.mark.parametrize(
    ("timed", "clock", "trial_seconds"),
    [
        (["iteration"], "measured steps, logged evaluation", STEPS * 0.1 + LOGGED_EVALUATION_SECONDS),
        (["evaluation"], "logged steps, measured evaluation", 9 + EVALUATION_SECONDS),
    ],
)
def test_where_only_steps_or_only_evaluations_were_timed_the_clock_says_which(
    timed: list[str], clock: str, trial_seconds: float
) -> None:
    settings, costs = made_settings(confirmations=0), speed(MILLISECONDS)
    search = pool(settings, dict.fromkeys(MILLISECONDS, 0.5), 20)
    row = by_arm(time_to_target.table(search, costs[costs["part"].isin(timed)], settings))[BASELINE]
    assert row["clock"] == clock
    assert row["expected_seconds"] == pytest.approx(trial_seconds * 21 / (row["hits"] + 1))


def studies(first_hits: dict[str, list[int]], length: int = 6) -> pd.DataFrame:
    """Studies whose first hit is trial number k, or that never hit where k is beyond their end."""
    settings = made_settings()
    parts = []
    for model, firsts in first_hits.items():
        for number, first in enumerate(firsts):
            rows = pool(settings, {model: 0.0}, length)
            rows["sampler"], rows["study"] = "tpe", number
            rows.loc[rows["trial"] == first, ["objective", "confirmed_objective"]] = 0.9
            parts.append(rows)
    return pd.concat(parts, ignore_index=True)


def test_studies_give_the_geometric_mean_of_trials_to_the_first_hit_and_a_welch_ratio() -> None:
    search = studies({BASELINE: [3, 3, 0], CHALLENGER: [1, 1, 1]})
    rows = by_arm(time_to_target.table(search, speed(MILLISECONDS), made_settings()))
    assert rows[BASELINE]["expected_trials"] == pytest.approx(16 ** (1 / 3))  # 4, 4 and 1 trials
    assert rows[CHALLENGER]["hits"] == 3
    cost = np.array([10 + EVALUATION_SECONDS, 8 + EVALUATION_SECONDS])
    ratio = 16 ** (1 / 3) * cost[0] / (2 * cost[1])
    assert rows[CHALLENGER]["seconds_ratio"] == pytest.approx(ratio)
    assert 0 < rows[CHALLENGER]["logrank_p"] <= 1


def test_a_pruned_trial_costs_the_steps_and_looks_that_it_took_and_hits_nothing() -> None:
    search = studies({BASELINE: [3, 3], CHALLENGER: [1, 1]})
    pruned = search["trial"] == 0
    search = search.assign(
        sampler="tpe_pruned", state=search["state"].mask(pruned, "PRUNED"), steps=search["steps"].mask(pruned, 25),
        evaluations=search["evaluations"].mask(pruned, 1).where(pruned, 4), objective=search["objective"].mask(pruned),
    )  # fmt: skip
    rows = by_arm(time_to_target.table(search, speed(MILLISECONDS), made_settings()))
    looked, whole = 25 * 0.08 + EVALUATION_SECONDS, STEPS * 0.08 + 4 * EVALUATION_SECONDS
    assert rows[CHALLENGER]["expected_trials"] == pytest.approx(2)
    assert rows[CHALLENGER]["expected_seconds"] == pytest.approx(looked + whole)
    logged = by_arm(time_to_target.table(search, speed({}), made_settings()))[CHALLENGER]
    assert logged["seconds_per_evaluation"] == pytest.approx(LOGGED_EVALUATION_SECONDS / 4)


def test_with_any_censored_study_no_mean_and_no_ratio_is_given() -> None:
    search = studies({BASELINE: [3, 9, 0], CHALLENGER: [1, 1, 1]})
    rows = by_arm(time_to_target.table(search, speed(MILLISECONDS), made_settings()))
    assert rows[BASELINE]["note"] == "2 of 3 studies"
    assert math.isnan(rows[BASELINE]["expected_trials"])
    assert math.isnan(rows[CHALLENGER]["seconds_ratio"])


def test_arms_outside_every_comparison_stand_alone() -> None:
    settings = made_settings(arms=[BASELINE, CHALLENGER, "acl.plus_mask"])
    search = pool(settings, {"acl.plus_mask": 0.5}, 10)
    table = time_to_target.table(search, speed({}), settings)
    assert table["comparison"].unique().tolist() == ["acl.plus_mask"]


def test_an_empty_search_gives_an_empty_table_with_all_columns() -> None:
    settings = made_settings()
    table = time_to_target.table(pool(settings, {}, 0), speed({}), settings)
    assert table.empty
    assert tuple(table.columns) == time_to_target.COLUMNS
