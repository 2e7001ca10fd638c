"""Ranges and boxes of searches: where they lie, what a pool holds of them, and how trials tell theirs."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.analysis import parts, trials
from bench.errors import BenchError
from bench.method import LossWeight
from bench.search import spaces
from bench.settings import SearchSettings, StudySettings
from bench.settings.sections import CompareSettings, ControlSettings

SEARCH = SearchSettings(arms=("acl.full",), samplers={"random": StudySettings(studies=1, trials=1)}, budget_kimg=1.0)
ARM = "stargan_baseline.lsgan"
BALANCED = SEARCH.model_copy(update={"centre": "balanced", "width_decades": 4.0})


def test_a_sub_box_is_centred_on_the_range_and_keeps_the_share_that_its_width_asks() -> None:
    axes = (LossWeight("a", 1.0, 0.01, 100.0), LossWeight("b", 10.0, 0.1, 1000.0))
    draws = 10 ** np.random.default_rng(3).uniform(-2, 2, (4000, 2))
    pool = pd.DataFrame({"a": draws[:, 0], "b": 10 * draws[:, 1]})
    half = trials.sub_boxes(axes, 2.0)
    assert [(axis.low, axis.high) for axis in half] == [pytest.approx((0.1, 10)), pytest.approx((1, 100))]
    assert trials.inside(pool, half).mean() == pytest.approx(0.25, abs=0.03)
    assert trials.inside(pool, trials.sub_boxes(axes, 4.0)).all()
    assert trials.sub_boxes(axes, 9.0) == tuple(spaces.box(axis, axis.default, 4.0) for axis in axes)


def test_ranges_are_the_methods_own_unless_the_settings_ask_for_a_width() -> None:
    model = "stargan_baseline.lsgan"
    assert spaces.width_decades(spaces.ranges(model, SEARCH)) == 2.0
    wide = spaces.ranges(model, SEARCH.model_copy(update={"width_decades": 4.0}))
    assert spaces.width_decades(wide) == 4.0
    assert all(axis.low == pytest.approx(axis.default / 100) for axis in wide)


def test_controls_freeze_axes_or_add_redundant_ones_in_their_own_space() -> None:
    pair = CompareSettings(baseline=ARM, challenger="acl.plus_mask")
    control = ControlSettings(frozen={ARM: ("lambda_cls",)}, comparison=pair, samplers=SEARCH.samplers)
    three = ControlSettings(redundant={ARM: ("lambda_adv",)}, comparison=pair, samplers=SEARCH.samplers)
    search = SEARCH.model_copy(update={"controls": {"one": control, "three": three}, "width_decades": 3.0})
    assert [axis.name for axis in spaces.ranges(ARM, search, space="one")] == ["lambda_rec"]
    redundant = spaces.ranges(ARM, search, {"lambda_cls": 0.1, "lambda_rec": 1.0}, "three")
    assert [axis.name for axis in redundant] == ["lambda_cls", "lambda_rec", "lambda_adv"]
    assert redundant[2].low * redundant[2].high == pytest.approx(1)  # about its fixed value
    assert spaces.width_decades(redundant) == 3.0
    for space in ("one", "three"):
        assert spaces.ranges("acl.plus_mask", search, space=space) == spaces.ranges("acl.plus_mask", search)
    with pytest.raises(BenchError, match="'one'"):
        spaces.plans(search, "won")


def centres(folder: Path, **values: float) -> Path:
    """A file of centres of `ARM`, as `centres` writes it."""
    path = folder / "centres.json"
    path.write_text(
        json.dumps({"model": ARM, "weights": {name: {"centre": centre} for name, centre in values.items()}})
    )
    return path


def test_balanced_ranges_lie_about_the_measured_centres_in_the_width_that_is_asked_for(tmp_path: Path) -> None:
    file = centres(tmp_path, lambda_cls=0.05, lambda_rec=3.0)
    axes = {axis.name: axis for axis in spaces.of_study(ARM, BALANCED, "random", file)}
    assert (axes["lambda_cls"].low, axes["lambda_cls"].high) == pytest.approx((0.0005, 5.0))
    assert (axes["lambda_rec"].low, axes["lambda_rec"].high) == pytest.approx((0.03, 300.0))
    search_settings = SEARCH.model_copy(update={"centre": "balanced"})  # as wide as the method's own range
    assert spaces.of_study(ARM, search_settings, "tpe", file)[0].high == pytest.approx(0.5)
    assert spaces.shift_decades(tuple(axes.values())) == pytest.approx(np.log10(0.05), abs=1e-6)


def test_training_at_the_defaults_does_not_heed_where_ranges_lie() -> None:
    assert spaces.of_study(ARM, BALANCED, "default", None) == spaces.ranges(ARM, BALANCED)
    assert spaces.shift_decades(spaces.ranges(ARM, BALANCED)) == 0


def test_balanced_ranges_need_a_file_of_this_very_arm(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="--centres"):
        spaces.of_study(ARM, BALANCED, "random", None)
    with pytest.raises(BenchError, match="lacks lambda_rec"):
        spaces.of_study(ARM, BALANCED, "random", centres(tmp_path, lambda_cls=1.0))
    with pytest.raises(BenchError, match=f"is of {ARM}"):
        spaces.of_study("acl.full", BALANCED, "random", centres(tmp_path, lambda_content=1.0))
    with pytest.raises(BenchError, match=r"none\.json cannot be used"):
        spaces.read_centres(tmp_path / "none.json", ARM)


def test_trials_tell_the_ranges_that_they_were_drawn_from(tmp_path: Path) -> None:
    drawn = spaces.of_study(ARM, BALANCED, "random", centres(tmp_path, lambda_cls=0.05, lambda_rec=3.0))
    told = trials.drawn_from(ARM, pd.DataFrame({"box": [None, spaces.text(drawn)]}), SEARCH)
    assert [axis.name for axis in told] == ["lambda_cls", "lambda_rec"]
    assert [axis.low for axis in told] == pytest.approx([axis.low for axis in drawn], rel=1e-11)
    assert trials.holds(told, drawn)
    assert trials.drawn_from(ARM, pd.DataFrame({"box": [None]}), BALANCED) == spaces.ranges(ARM, BALANCED)


def test_a_box_about_the_published_weights_is_held_while_it_fits_into_the_pool(tmp_path: Path) -> None:
    drawn = spaces.of_study(ARM, BALANCED, "random", centres(tmp_path, lambda_cls=0.1, lambda_rec=1.0))
    two_decades, wider = (trials.sub_boxes(drawn, width, published=True) for width in (2.0, 2.5))
    assert [(axis.low, axis.high) for axis in two_decades] == [pytest.approx((0.1, 10.0))] * 2
    assert trials.holds(drawn, two_decades)  # lambda_cls was drawn from 0.001 to 10
    assert not trials.holds(drawn, wider)
    assert not trials.holds(drawn, trials.sub_boxes(drawn, 2.0, 0.5, published=True))


def test_a_table_drawn_from_other_ranges_is_refused_by_name_and_values() -> None:
    def table(box: str | None) -> pd.DataFrame:
        return pd.DataFrame({"method": ["stargan_baseline"], "variant": ["lsgan"], "space": ["main"], "box": [box]})

    own_file, other = Path("own.csv"), Path("elsewhere.csv")
    parts.refuse_other_boxes({own_file: table("a=1:2"), other: table(None)})
    with pytest.raises(BenchError, match=r"elsewhere\.csv.* a=1:3, those of own\.csv from a=1:2"):
        parts.refuse_other_boxes({own_file: table("a=1:2"), other: table("a=1:3")})
