"""Sentences of the page that tables make."""

import pandas as pd

from bench.analysis import over_seeds
from bench.report import prose
from tests.support.made_tables import empty_tables, made_settings, scores, tables


def test_caveat_of_fid_quotes_this_runs_controls() -> None:
    table = tables()["scores"]
    assert "Here copies" not in prose.fid_caveat(table, "test")
    controls = (
        table[table["variant"] == "identity"]
        .iloc[[0, 0]]
        .assign(
            split="test",
            metric="fid_judge_test",
            attribute="all",
            variant=["identity", "counterfactual"],
            value=[2.0, 3.0],
        )
    )
    said = prose.fid_caveat(pd.concat([table, controls]), "test")
    assert said.endswith("Here copies of the source have FID 2.00, better than the true edits' 3.00.")
    assert prose.fid_caveat(table[:0], "test") == ""


def test_page_names_the_devices_of_trials_and_timings() -> None:
    all_tables = tables()
    assert prose.devices(all_tables | {"search": all_tables["search"].assign(device="cuda")}).startswith(
        "Trials ran on cuda. "
    )
    assert prose.devices(all_tables).endswith("Steps were timed on cpu (1 thread).")
    assert prose.devices(empty_tables()) == ""


def test_caveat_of_quality_quotes_another_person_of_this_run() -> None:
    table = tables()["scores"]
    assert prose.quality_caveat(table, "test").endswith("preservation accuracy.")
    person = table.iloc[[0, 0, 0]].assign(
        method="control",
        variant="other_person",
        split="test",
        attribute="all",
        metric=["quality", "background_error", "preservation_accuracy"],
        value=[0.99, 0.223, 0.98],
    )
    said = prose.quality_caveat(pd.concat([table, person]), "test")
    assert said.endswith(
        "Here another person with the right labels has quality q 0.99, preservation accuracy 0.98 but background error"
        " 0.22."
    )
    assert prose.quality_caveat(table[:0], "test") == ""


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


def test_every_interval_was_simulated_often_and_covers_93_percent_or_is_named() -> None:
    coverage = pd.read_csv(prose.COVERAGE)
    assert list(coverage.columns) == [
        "number", "interval", "size", "coverage", "standard_error", "bar", "power", "repeats", "seed",
    ]  # fmt: skip
    assert (coverage["repeats"] >= 500).all()
    short = coverage[coverage["coverage"] < prose.LEAST_COVERAGE]
    assert (short["coverage"] > 0.9).all()
    for row in short.to_dict("records"):
        assert f"{row['number']} ({row['size']})" in prose.coverage(coverage)


def test_the_sentence_says_so_where_all_cover_enough() -> None:
    coverage = pd.DataFrame({"number": ["mean"], "size": ["8 seeds"], "coverage": [0.95]})
    assert prose.coverage(coverage) == "In simulations of similar sizes all of them cover at least 93%."
