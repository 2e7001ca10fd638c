"""Good zones and the importance of weights, on landscapes of known shape."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.analysis import weight_landscape
from tests.support.made_pools import made_settings, pool, speed

BASELINE = "stargan_baseline.lsgan"


def test_a_zone_of_one_decade_of_four_is_found_as_one_decade() -> None:
    chosen = made_settings(confirmations=0)
    search = pool(chosen, {BASELINE: 0.0}, 800)
    inside = search["lambda_cls"].between(10**-0.5, 10**0.5) & search["lambda_rec"].between(10**-0.5, 10**0.5)
    search["objective"] = np.where(inside, 0.9, 0.1)
    zones = weight_landscape.good_zones(search, speed({}), chosen)
    assert tuple(zones.columns) == weight_landscape.ZONE_COLUMNS
    assert len(zones) == 2 * 2
    assert zones["width_ci_low"].max() < 1.0 < zones["width_ci_high"].min()
    assert 10**-0.5 <= zones["low"].min() < zones["high"].max() <= 10**0.5
    assert zones["share"].iloc[0] == pytest.approx(1 / 16, abs=0.03)


def test_without_hits_the_zone_is_bounded_above_only() -> None:
    chosen = made_settings(confirmations=0)
    zones = weight_landscape.good_zones(pool(chosen, {BASELINE: 0.0}, 20), speed({}), chosen)
    assert (zones["width_decades"] == 0).all()
    assert (zones["width_ci_high"] > 1).all()
    assert zones["low"].isna().all()


def test_a_weight_that_makes_the_whole_objective_has_importance_1_and_the_other_0() -> None:
    logs = np.random.default_rng(1).uniform(-2, 2, (60, 2))
    (one, two) = weight_landscape.weight_importance(logs, 1 - logs[:, 0] ** 2 + logs[:, 0])
    assert one[:2] == pytest.approx((1.0, 1.0), abs=0.08)  # the other weight, by chance, goes a little along
    assert two[0] == pytest.approx(0.0, abs=1e-9)


def test_importance_splits_the_variance_of_independent_weights() -> None:
    random = np.random.default_rng(2)
    logs = random.uniform(-1, 1, (4000, 2))
    (one, two) = weight_landscape.weight_importance(logs, 2 * logs[:, 0] + logs[:, 1] + random.normal(0, 1, 4000))
    total = (4 + 1) / 3 + 1  # variances of the two terms and of the noise
    assert one[0] == pytest.approx(4 / 3 / total, abs=0.03)
    assert two[0] == pytest.approx(1 / 3 / total, abs=0.03)
    assert max(one[2], two[2]) < 1e-6


def test_noise_alone_is_seldom_called_important() -> None:
    random = np.random.default_rng(3)
    found = [
        weight_landscape.weight_importance(random.uniform(-1, 1, (24, 2)), random.normal(size=24)) for _ in range(200)
    ]
    assert np.mean([one[2] < 0.05 for both in found for one in both]) == pytest.approx(0.05, abs=0.03)


def test_too_few_trials_give_no_importance() -> None:
    assert math.isnan(weight_landscape.weight_importance(np.zeros((5, 2)), np.arange(5.0))[0][0])
    chosen = made_settings(confirmations=0)
    table = weight_landscape.importance(pool(chosen, {BASELINE: 0.5}, 5), speed({}), chosen)
    assert table["importance"].isna().all()
    assert table["weight"].tolist() == ["lambda_cls", "lambda_rec"]
