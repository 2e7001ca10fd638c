"""A control is a comparison of its own: its trials reach no main table, good zone or winner."""

from typing import Any

import pandas as pd
import pytest

from bench.analysis import control_views, tables, time_to_target
from bench.settings import Settings
from tests.support.made_pools import made_settings, pool, speed

BASELINE, CHALLENGER = "stargan_baseline.lsgan", "acl.plus_attribute"
COSTS = {BASELINE: 100.0, CHALLENGER: 80.0}
SAMPLERS = {"random": {"studies": 1, "trials": 96}}
PAIR = {"baseline": BASELINE, "challenger": CHALLENGER}
CONTROLS: dict[str, Any] = {
    "one_vs_one": {"frozen": {BASELINE: ["lambda_cls"]}, "comparison": PAIR, "samplers": SAMPLERS},
    "three_vs_two": {
        "redundant": {BASELINE: ["lambda_adv"], CHALLENGER: ["lambda_att"]}, "comparison": PAIR, "samplers": SAMPLERS,
    },
}  # fmt: skip


@pytest.fixture
def settings() -> Settings:
    return made_settings(confirmations=0, controls=CONTROLS)


def searched(settings: Settings) -> pd.DataFrame:
    """Main pools, and a control that hits far more often, and so would be seen wherever it leaked."""
    main = pool(settings, {BASELINE: 0.2, CHALLENGER: 0.4}, 96)
    control = pool(settings, {BASELINE: 1.0}, 48, space="one_vs_one", box="lambda_rec=0.01:100", dimension=1)
    return pd.concat([main, control.drop(columns="lambda_cls")], ignore_index=True)


def test_main_tables_are_those_of_a_run_without_controls(settings: Settings) -> None:
    search = searched(settings)
    main = control_views.main_trials(search)
    assert len(main) == 2 * 96
    with_controls = tables.of_search(search, speed(COSTS), settings)
    for name, expected in tables.of_search(main, speed(COSTS), made_settings(confirmations=0)).items():
        if name == "search":
            continue
        rows = with_controls[name]
        if "comparison" in rows:
            rows = rows[~rows["comparison"].str.contains(": ")]
        pd.testing.assert_frame_equal(rows.reset_index(drop=True), expected, check_dtype=False, obj=name)


def test_a_control_is_compared_by_itself_with_the_main_trials_of_the_arm_that_it_leaves_alone(
    settings: Settings,
) -> None:
    table = control_views.with_controls(searched(settings), speed(COSTS), settings, time_to_target.table)
    assert set(table["comparison"]) == {f"{BASELINE}/{CHALLENGER}", f"one_vs_one: {BASELINE}/{CHALLENGER}"}
    of_control = table[table["comparison"].str.startswith("one_vs_one") & (table["width_decades"] == 4)]
    first = of_control[of_control["target"] == 0.4].set_index("variant")
    assert first["trials"].to_dict() == {"lsgan": 48, "plus_attribute": 96}
    assert first.loc["lsgan", "hits"] == 48
    assert first["seconds_ratio"].to_dict()["plus_attribute"] < 1


def test_a_control_that_was_not_searched_has_no_rows(settings: Settings) -> None:
    names = [view.name for view in control_views.views(searched(settings), settings) if len(view.search)]
    assert "one_vs_one" in names
    (three,) = [view for view in control_views.views(searched(settings), settings) if view.name == "three_vs_two"]
    assert three.search.empty
    assert three.settings.search.controls == {}
