"""What a design can see: powers against exact sums and an independent test, and the rows and sentences that tell it."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis import power, statistics
from bench.plots.kit.words import number
from bench.report.prose import could_have_been_seen
from tests.support.made_pools import made_settings, pool, speed

BASELINE, CHALLENGER = "stargan_baseline.lsgan", "acl.plus_attribute"


def test_power_is_the_share_of_outcomes_whose_score_interval_leaves_1_out() -> None:
    trials, rate, ratio = 10, 0.2, 3.0
    total = 0.0
    for hits in range(trials + 1):
        for two in range(trials + 1):
            interval = statistics.rate_ratio(hits, trials, two, trials)
            if not interval.low <= 1 + 1e-6 or not interval.high >= 1 - 1e-6:
                chances = [math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k, p in ((hits, 0.6), (two, 0.2))]
                total += chances[0] * chances[1]
    assert power.power_of_rate_ratio(trials, rate, ratio) == pytest.approx(total, abs=0.01)
    assert power.power_of_rate_ratio(96, 0.1, 3.0) > 0.9


def test_the_detectable_ratio_is_the_one_whose_power_is_asked_for() -> None:
    ratio = power.detectable_ratio(96, 0.1, 0.8)
    assert power.power_of_rate_ratio(96, 0.1, ratio) == pytest.approx(0.8, abs=0.01)
    assert power.detectable_ratio(48, 0.1, 0.8) > ratio
    assert power.detectable_ratio(3, 0.5, 0.8) == math.inf
    assert power.detectable_ratio(96, 0.0) == math.inf
    assert power.detectable_ratio(0, 0.5) == math.inf


def test_the_detectable_difference_is_the_textbook_one() -> None:
    assert power.detectable_difference(17) == pytest.approx(0.99, abs=0.01)  # Cohen 1988: n = 17 a group for d = 1
    assert power.detectable_difference(1) == math.inf
    assert power.detectable_time_ratio(1) == math.inf
    assert power.detectable_time_ratio(20) < power.detectable_time_ratio(8)


@pytest.mark.parametrize(
    ("rate", "by_fisher", "by_score"), [(0.10, 0.93, 0.95), (0.05, 0.56, 0.66), (0.03, 0.31, 0.41)]
)
def test_a_threefold_rate_is_seen_as_often_as_stated_with_pools_of_96(
    rate: float, by_fisher: float, by_score: float
) -> None:
    """Fisher's exact test, whose true level is below 5 % here, sees less than the score interval, which keeps it."""
    trials = 96
    counts = np.arange(trials + 1)
    chance = np.outer(stats.binom.pmf(counts, trials, 3 * rate), stats.binom.pmf(counts, trials, rate))
    likely = np.argwhere(chance > 1e-7)
    seen = [stats.fisher_exact([[a, trials - a], [b, trials - b]])[1] <= 0.05 for a, b in likely]
    assert chance[tuple(likely[seen].T)].sum() == pytest.approx(by_fisher, abs=0.01)
    assert power.power_of_rate_ratio(trials, rate, 3.0) == pytest.approx(by_score, abs=0.01)


@pytest.mark.parametrize("rate", [0.03, 0.05, 0.1, 0.3])
def test_the_score_interval_sees_an_effect_where_there_is_none_in_about_5_percent(rate: float) -> None:
    assert power.power_of_rate_ratio(96, rate, 1.0) <= 0.055


def scores(spread: float, seeds: int) -> pd.DataFrame:
    """Test quality of both models, whose difference has that standard deviation over the seeds that they share."""
    unit = np.arange(seeds) - (seeds - 1) / 2
    values = 0.5 + spread * unit / unit.std(ddof=1) if seeds > 1 else [0.5]
    return pd.DataFrame(
        [
            {
                "method": model.split(".")[0], "variant": model.split(".")[1], "seed": seed, "split": "test",
                "metric": "quality", "attribute": "all", "value": value, "n": 100,
            }
            for model, model_values in ((BASELINE, values), (CHALLENGER, [0.5] * seeds))
            for seed, value in enumerate(model_values)
        ]
    )  # fmt: skip


def rows(rate: float, seeds: int = 8) -> pd.DataFrame:
    settings = made_settings()
    trials = pool(settings, {BASELINE: rate, CHALLENGER: 0.3}, 96)
    return power.power_table(trials, scores(0.02, seeds), speed({BASELINE: 100.0, CHALLENGER: 100.0}), settings)


def test_the_table_tells_the_power_at_the_observed_base_rate_and_spread() -> None:
    rows_of_power = rows(0.1)
    pools = rows_of_power[rows_of_power["measure"] == "hit rate"]
    hits = round(pools["base"].iloc[0] * 96)
    assert pools["base_ci_low"].iloc[0] == statistics.hit_rate(hits, 96).low
    assert pools["power_3x"].iloc[0] == power.power_of_rate_ratio(96, hits / 96, 3.0)
    assert pools["smallest_effect"].iloc[0] == power.detectable_ratio(96, hits / 96)
    assert (pools["power_1.5x"] < pools["power_2x"]).all()
    assert (pools["power_2x"] < pools["power_3x"]).all()
    final = rows_of_power[rows_of_power["unit"] == "seeds"].iloc[0]
    assert final["base"] == pytest.approx(0.02)
    assert final["smallest_effect"] == pytest.approx(0.02 * 1.156, rel=0.01)  # 8 pairs see d = 1.156 with .8


def test_the_report_says_in_words_what_could_have_been_seen() -> None:
    rows_of_power = rows(0.1)
    pools, final = could_have_been_seen(rows_of_power)
    base = rows_of_power.loc[rows_of_power["measure"] == "hit rate", "base"].iloc[0]
    assert "pools of 96 trials per variant" in pools
    assert f"At quality 0.4 the first model's hit rate was {number(base)} [" in pools
    assert "three times that rate is found with probability 0." in pools
    assert final.endswith("8 seeds per model, whose differences have a standard deviation of 0.0200; a difference "
                          "of 0.0231 is found with probability 0.8.")  # fmt: skip


def test_without_hits_or_with_few_seeds_it_says_that_nothing_can_be_stated() -> None:
    pools, final = could_have_been_seen(rows(0.0, seeds=4))
    assert "never hit" in pools
    assert final.endswith("4 seeds per model are too few to know their spread (5 are needed).")
    assert list(could_have_been_seen(rows(0.1).iloc[:0])) == []
