"""Simulated runs of known truth, through the files and tables of a real one, come out with the right verdicts."""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from bench.analysis import contract
from bench.commands import tables
from tests.support.made_pools import blocks, made_settings, pool

BASELINE, CHALLENGER = "stargan_baseline.lsgan", "acl.plus_attribute"
COSTS = {BASELINE: 100.0, CHALLENGER: 100.0}


def scores(means: Mapping[str, float], seed: int) -> pd.DataFrame:
    """Rows of scores.csv: eight training seeds per model, on valid and, a little lower, on test."""
    random = np.random.default_rng(seed)
    rows = [
        {
            "method": model.split(".")[0], "variant": model.split(".")[1], "seed": number, "split": split,
            "metric": metric, "attribute": "all", "value": random.normal(mean - 0.02 * (split == "test"), 0.01),
            "n": 500,
        }
        for model, mean in means.items()
        for number in range(1, 9)
        for split in ("valid", "test")
        for metric in ("quality", "attribute_accuracy")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def tabled(
    folder: Path, rates: Mapping[str, float], quality: Mapping[str, float], trials: int = 200, seed: int = 1
) -> dict[str, pd.DataFrame]:
    """The tables of a run whose pools hit at `rates` and whose final models reach `quality`."""
    folder.mkdir()
    settings = made_settings()
    (folder / "settings.yaml").write_text(yaml.safe_dump(settings.model_dump(mode="json")))
    written = {
        "trials": pool(settings, rates, trials, seed), "blocks": blocks(COSTS),
        "scores": scores(quality, seed), "curves": pd.DataFrame(columns=list(contract.CONTRACT["curves"])),
    }  # fmt: skip
    for name, frame in written.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    tables.run(
        argparse.Namespace(
            config=folder / "settings.yaml", scores=[folder / "scores.csv"], curves=[folder / "curves.csv"],
            trials=[folder / "trials.csv"], step_blocks=folder / "blocks.csv", gradients=None,
            output_folder=folder / "tables",
        )
    )  # fmt: skip
    return {path.stem: pd.read_csv(path) for path in (folder / "tables").iterdir()}


def verdict(run_tables: Mapping[str, pd.DataFrame], claim: str) -> str:
    claims = run_tables["claims"]
    return str(claims.loc[claims["claim"] == claim, "verdict"].item())


EQUAL = {BASELINE: 0.6, CHALLENGER: 0.6}


@pytest.mark.parametrize(
    ("rates", "quality", "trials", "expected"),
    [
        ((0.08, 0.60), EQUAL, 300, "supported"),
        ((0.08, 0.60), EQUAL | {CHALLENGER: 0.5}, 300, "contradicted"),  # sooner, but at a loss of quality
        ((0.40, 0.40), EQUAL, 300, "contradicted"),
        ((0.08, 0.60), EQUAL, 10, "too few runs"),
        ((0.20, 0.50), EQUAL, 40, "inconclusive"),
    ],
)
def test_search_time_is_judged_as_the_truth_is(
    tmp_path: Path, rates: tuple[float, float], quality: Mapping[str, float], trials: int, expected: str
) -> None:
    run_tables = tabled(tmp_path / "run", dict(zip(EQUAL, rates, strict=True)), quality, trials)
    assert verdict(run_tables, "C2") == expected
    assert verdict(run_tables, "C1") == verdict(run_tables, "C6") == "not tested in this run"


def test_without_an_effect_a_run_is_seldom_called_faster(tmp_path: Path) -> None:
    runs = [tabled(tmp_path / f"{seed}", dict.fromkeys(EQUAL, 0.3), EQUAL, 40, seed) for seed in range(5)]
    assert all(verdict(run_tables, "C2") != "supported" for run_tables in runs)


def test_the_tables_hold_the_simulated_truth(tmp_path: Path) -> None:
    run_tables = tabled(tmp_path / "run", {BASELINE: 0.1, CHALLENGER: 0.4}, {BASELINE: 0.6, CHALLENGER: 0.7}, 400)
    (widest,) = run_tables["search_ratio"][run_tables["search_ratio"]["width_decades"] == 4].to_dict("records")
    step, evaluation = 100 * 0.1, 2.0
    trial_seconds = step + evaluation
    truth = (trial_seconds * (1 + 2 * 0.1) / 0.1) / (
        trial_seconds * (1 + 2 * 0.4) / 0.4
    )  # every hit is confirmed by two more
    assert widest["ci_low"] < truth < widest["ci_high"]
    quality = run_tables["final_quality"]
    optimism = quality[(quality["measure"] == "optimism") & (quality["metric"] == "quality")]
    assert ((optimism["ci_low"] < 0.02) & (optimism["ci_high"] > 0.02)).all()
