"""The price of a verdict, against simulation and against designs that decide."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.analysis import power, statistics, verdict_price
from bench.analysis.claims import EXACT, PART_COLUMNS
from bench.commands import plan
from bench.errors import BenchError
from bench.settings import load_settings
from bench.workflow import job_costs, step_prices
from tests import ROOT
from tests.support.made_pools import made_settings, pool, speed

MODELS = "acl.plus_attribute stargan_baseline.lsgan"


def part(**values: Any) -> dict[str, Any]:
    """A row of claim_parts.csv: a difference of 0.01 against a bar of -0.03, of pairs that spread by 0.04."""
    defaults = {
        "claim": "C9", "measure": "change in quality", "estimate": 0.01, "side": ">=", "bar": -0.03, "neutral": 0.0,
        "interval": "paired t", "unit": "training seed", "count": 4, "base": 0.04, "models": MODELS, "judged": True,
    }  # fmt: skip
    return dict.fromkeys(PART_COLUMNS) | defaults | values


def hours(unit: str, models: Sequence[str]) -> float:
    return {"training seed": 4.0, "trial": 9.6, "process": 1.0}[unit]


def price(*rows: dict[str, Any]) -> verdict_price.Price:
    (prices,) = verdict_price.prices(pd.DataFrame(rows), made_settings(), hours)
    return prices


def test_power_of_a_mean_is_the_share_of_simulated_intervals_on_its_side() -> None:
    drawn = np.random.default_rng(1).normal(0.04, 0.04, (4000, 8))
    low = drawn.mean(axis=1) - 2.364624 * drawn.std(axis=1, ddof=1) / math.sqrt(8)  # t(7) quantile
    assert power.power_of_mean(8, 0.04, 0.04) == pytest.approx((low > 0).mean(), abs=0.02)
    assert power.power_of_mean(8, 0.0, 1.0) == pytest.approx(0.025)
    assert power.power_of_mean(1, 1.0, 0.1) == 0


def test_power_against_a_bar_is_the_share_of_outcomes_whose_score_interval_clears_it() -> None:
    trials, rate, ratio, bar = 12, 0.2, 3.0, 1.5
    total = 0.0
    for high in range(trials + 1):
        for low in range(trials + 1):
            if statistics.rate_ratio(high, trials, low, trials).low > bar:
                chances = [math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k, p in ((high, 0.6), (low, 0.2))]
                total += math.prod(chances)
    assert power.power_against_bar(trials, rate, ratio, bar) == pytest.approx(total)
    assert power.power_against_bar(96, 0.02, 9.0, 1.5) == pytest.approx(0.87, abs=0.05)  # as the score interval sees
    assert power.power_against_bar(200, 0.3, 0.8, 1.5) > 0.8  # contradicted


def test_a_claim_that_its_design_decides_needs_no_change() -> None:
    prices = price(part(base=0.02), part(measure="passes", estimate=0.5, side="<=", bar=0.95, interval=EXACT, unit=""))
    assert (prices.verdict, prices.change) == ("supported", "none is needed")
    assert prices.power > 0.99
    assert prices.hours == 4.0


def test_too_few_seeds_are_priced_up_to_those_that_decide() -> None:
    prices = price(part(base=0.06))
    assert prices.power == pytest.approx(power.power_of_mean(8, 0.04, 0.06))
    needed = int(prices.change.split()[0])
    assert power.power_of_mean(needed - 1, 0.04, 0.06) < 0.8 <= power.power_of_mean(needed, 0.04, 0.06)
    assert f"training seeds of {MODELS.replace(' ', ' and ')} instead of 8" in prices.change
    assert f"{4.0 * (needed / 8 - 1):+.1f} core-hours" in prices.change


def test_effects_on_the_wrong_side_are_priced_for_contradiction_by_the_surest_part() -> None:
    ratio = {"side": ">=", "bar": 1.5, "neutral": 1.0, "unit": "trial", "interval": "score", "base": 0.3}
    prices = price(part(**ratio, estimate=0.8), part(estimate=-0.031, base=0.1))
    assert prices.verdict == "contradicted"
    assert prices.power == pytest.approx(power.power_against_bar(96, 0.3, 0.8, 1.5, 0.975))
    near = price(part(estimate=-0.03))
    assert near.verdict == "supported"
    assert near.power == pytest.approx(0.025)
    assert near.change == "none up to 1024 training seeds: the effect seen lies at the bar"


def test_what_an_earlier_run_did_not_see_has_no_price() -> None:
    prices = price(part(estimate=math.nan, base=math.nan, reason="acl.plus_attribute was not trained"))
    assert prices.change == "no effect was seen: acl.plus_attribute was not trained"


def test_the_plan_prices_the_verdicts_of_a_run_and_refuses_one_of_an_older_version(
    tmp_path: Path,
) -> None:
    tables = tmp_path / "run" / "tables"
    tables.mkdir(parents=True)
    settings, run = load_settings(ROOT / "config" / "demo.yaml"), tmp_path / "run"
    rates = {"stargan_baseline.lsgan_mask": 0.0, "acl.plus_attribute_mask": 0.3}
    pool(settings, rates, 30).to_csv(tables / "search.csv", index=False)
    speed({}).to_csv(tables / "speed.csv", index=False)
    costs = step_prices.Costs(dict.fromkeys(job_costs.models(settings), 0.05), 1e10, "made")
    with pytest.raises(BenchError, match=r"There is no .*claim_parts\.csv"):
        list(plan.lines(settings, costs, run))
    pair = {"models": "stargan_baseline.lsgan_mask acl.plus_mask"}
    pd.DataFrame([part(claim="C8", **pair), part(claim="C9", estimate=math.nan, reason="not run")]).to_csv(
        tables / "claim_parts.csv", index=False
    )
    told = "\n".join(plan.lines(settings, costs, run)).partition("The price of a verdict")[2].splitlines()
    (seeds,) = [line for line in told if line.startswith("  C8")]
    assert "supported" in seeds
    assert "training seeds of stargan_baseline.lsgan_mask and acl.plus_mask instead of 2" in seeds
    assert told[-1] == "  Level of C2 by the rule of docs/measures/c2.md: 0.9; set: 0.3."
    assert any("C9" in line and "no effect was seen: not run" in line for line in told)
    pd.DataFrame([{"claim": "C8"}]).to_csv(tables / "claim_parts.csv", index=False)
    with pytest.raises(BenchError, match="an older version wrote it"):
        list(plan.lines(settings, costs, run))
