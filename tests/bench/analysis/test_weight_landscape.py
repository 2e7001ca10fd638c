"""Good zones, on landscapes of known shape."""

from __future__ import annotations

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
