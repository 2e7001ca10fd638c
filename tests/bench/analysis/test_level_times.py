"""Training seconds to each level, against numbers worked by hand."""

import math
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.analysis import level_times, training_costs
from bench.analysis.contract import CONTRACT
from bench.settings import FinalModel, Settings
from tests.support.made_pools import made_settings, speed

BASE, RUNG, GROWING = "stargan_baseline.lsgan", "acl.plus_attribute", "acl.full"


def level_settings() -> Settings:
    """Three rungs, the last on a budget of its own; targets .4 and .6."""
    finals = (
        FinalModel(model=BASE, seeds=(1, 2)),
        FinalModel(model=RUNG, seeds=(1, 2)),
        FinalModel(model=GROWING, seeds=(1, 2), budget_kimg=0.5),
    )
    return made_settings().model_copy(update={"finals": finals})


def curves(model: str, heights: tuple[float, ...]) -> pd.DataFrame:
    """Quality 0 at 160 images and a height a seed at 320, the whole training; a logged second is 16 images."""
    rows = [
        (*model.split("."), seed, images, images / 16, "quality", value)
        for seed, height in enumerate(heights, 1)
        for images, value in ((160, 0.0), (320, height))
    ]
    return pd.DataFrame(rows, columns=list(CONTRACT["curves"]))


def table_of(*phases: pd.DataFrame) -> pd.DataFrame:
    """The table; every model's full-size steps take half a second, and `phases` of growth are timed beside them."""
    return level_times.table(timed(*phases), level_settings())


def timed(*phases: pd.DataFrame) -> pd.DataFrame:
    all_curves = pd.concat(
        [curves(BASE, (0.8, 0.4)), curves(RUNG, (0.8, 1.6)), curves(GROWING, (0.8, 0.5))], ignore_index=True
    )
    costs = pd.concat([speed({BASE: 500.0, RUNG: 500.0, GROWING: 500.0}), *phases])
    return training_costs.with_seconds(all_curves, costs, level_settings())


def phase(model: str, name: str, milliseconds: float) -> pd.DataFrame:
    """The row of speed.csv of a phase of a model's growth."""
    return speed({model: milliseconds}).query("part == 'iteration'").assign(part=f"iteration_{name}")


def row(model: str, target: float, phases: Sequence[pd.DataFrame] = ()) -> dict[Hashable, Any]:
    times = table_of(*phases)
    of_model = times[(times["method"] + "." + times["variant"] == model) & (times["target"] == target)]
    (only,) = of_model.to_dict("records")
    return only


def test_seconds_are_steps_times_the_uncontended_cost_of_one() -> None:
    time = row(RUNG, 0.4)
    # .4 is reached half-way and a quarter of the way from image 160 to 320: after 15 and 12.5 steps of half a second
    assert time["mean"] == pytest.approx(math.sqrt(7.5 * 6.25))
    assert (time["clock"], time["reached"], time["budget_kimg"]) == ("measured", 2, 1.0)


def test_a_seed_that_never_got_there_leaves_the_mean_unknown() -> None:
    time = row(BASE, 0.6)
    assert math.isnan(time["mean"])
    assert (time["reached"], time["seeds"]) == (1, 2)


def test_a_growing_model_whose_phases_were_not_timed_keeps_its_own_clock_and_budget() -> None:
    time = row(GROWING, 0.4)
    assert time["mean"] == pytest.approx(math.sqrt((10 + 5) * (10 + 8)))
    assert (time["clock"], time["budget_kimg"], time["family"]) == ("logged", 0.5, "lsgan")


def test_a_growing_models_seconds_are_those_of_its_phases() -> None:
    costs = {"16px": 100.0, "32px_fading": 200.0, "32px": 300.0, "64px_fading": 600.0}
    phases = [phase(GROWING, name, milliseconds) for name, milliseconds in costs.items()]
    time = row(GROWING, 0.4, phases=phases)
    # 20 steps: 4 at 16 px, 2 and 2 at 32 px (a fade takes .1 of them), 2 fade to 64 px, 10 at .5 seconds; the first
    # evaluation stands at step 10. To .4: half of the way to step 20, and 4/5.
    half_way = 4 * 0.1 + 2 * 0.2 + 2 * 0.3 + 2 * 0.6
    assert time["mean"] == pytest.approx(math.sqrt((half_way + 5 * 0.5) * (half_way + 8 * 0.5)))
    assert time["clock"] == "measured"


def begun_above(seeds: int) -> list[dict[Hashable, Any]]:
    """The rows of levels .4 and .6 of curves from .5 to 1.3."""
    begun = curves(RUNG, (0.8,) * seeds).assign(value=lambda rows: rows["value"] + 0.5)
    times = level_times.table(
        training_costs.with_seconds(begun, speed({RUNG: 500.0}), level_settings()), level_settings()
    )
    rows = times.set_index("target").to_dict("index")
    return [rows[0.4], rows[0.6]]


def test_below_five_seeds_there_is_no_interval() -> None:
    high = begun_above(seeds=4)[1]
    assert math.isfinite(high["mean"])
    assert math.isnan(high["ci_high"])


def test_a_curve_that_begins_above_the_level_gives_an_upper_limit_without_interval() -> None:
    low, high = begun_above(seeds=5)
    # the first evaluation point, after 10 steps of half a second
    assert (low["at_most"], low["mean"]) == (5, pytest.approx(5.0))
    assert math.isnan(low["ci_high"])
    assert (high["at_most"], high["ci_high"]) == (0, high["mean"])


def test_the_ratio_of_two_models_takes_only_levels_that_all_seeds_crossed_in_their_training() -> None:
    ratio, levels = level_times.ratio(timed(), RUNG, BASE, (0.0, 0.4, 0.6))
    # at 0 both begin there, .6 one seed of the base never reaches; .4 at 7.5 and 6.25 s against 7.5 and 10 s
    assert levels == [0.4]
    assert ratio.estimate == pytest.approx(math.sqrt(7.5 * 6.25) / math.sqrt(7.5 * 10))
    assert level_times.ratio(timed(), RUNG, BASE, (0.6,))[1] == []


def test_clocks_that_differ_give_no_ratio() -> None:
    ratio, levels = level_times.ratio(timed(), GROWING, BASE, (0.4,))
    assert (levels, math.isnan(ratio.estimate)) == ([], True)


@pytest.mark.parametrize(("target", "expected"), [(0.2, 10.0), (0.5, 15.0), (0.9, math.nan)])
def test_a_curve_is_read_linearly_from_its_first_point(target: float, expected: float) -> None:
    seconds = level_times.seconds_to([10, 20], [0.25, 0.75], target)
    np.testing.assert_equal(seconds, expected)


def test_nothing_trained_gives_an_empty_table_with_all_columns() -> None:
    times = level_times.table(curves(BASE, (0.8,)).iloc[:0], level_settings())
    assert times.empty
    assert tuple(times.columns) == level_times.COLUMNS
