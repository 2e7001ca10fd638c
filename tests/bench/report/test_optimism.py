"""The report says what choosing on valid flatters, with its interval."""

import pandas as pd

from bench.analysis import over_seeds
from bench.report import prose
from tests.support.made_tables import made_settings, scores


def lifted(lift: float, seeds: int = 5) -> pd.DataFrame:
    """final_quality.csv of models whose quality is higher on valid, by about that much."""
    table = scores(range(1, seeds + 1))
    whole = table[(table["metric"] == "quality") & (table["method"] != "control")].sort_values(["split", "seed"])
    value = 0.5 + lift * (whole["split"] == "valid") + 0.001 * whole["seed"] * (whole["split"] == "test")
    return over_seeds.final_quality(whole.assign(value=value))


def test_the_sentence_gives_valid_minus_test_with_its_interval_over_seeds() -> None:
    sentence = lifted(0.0525)
    baseline, challenger = prose.optimism(sentence, made_settings())
    assert baseline.startswith("StarGAN (LSGAN) + mask, quality q: 0.0495 [0.04")
    assert challenger.endswith("5 seeds.")


def test_an_interval_that_includes_no_effect_is_called_inconclusive_and_few_seeds_have_none() -> None:
    assert prose.optimism(lifted(0.003), made_settings())[0].endswith("5 seeds: inconclusive.")
    assert prose.optimism(lifted(0.05, seeds=4), made_settings())[0].endswith("(4 seeds: no interval).")
    assert prose.optimism(lifted(0.05).iloc[:0], made_settings()) == []
