"""Seeded tables with the columns of the output contract, for the tests of plots and report."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from bench import registry
from bench.analysis import (
    ablation,
    headline,
    level_times,
    over_seeds,
    search_costs,
    step_costs,
)  # fmt: skip
from bench.settings import Settings, parse_settings
from tests.support.made_searches import search_tables, searches

MODELS = (
    ("stargan_baseline", "published"),
    ("stargan_baseline", "lsgan"),
    ("stargan_baseline", "lsgan_mask"),
    ("acl", "plus_attribute"),
    ("acl", "plus_mask"),
    ("acl", "full"),
)
SHORT = ("lsgan", "plus_attribute")  # variants that are trained on fewer images
ARMS = (("stargan_baseline", "lsgan_mask"), ("acl", "plus_mask"))
ATTRIBUTES = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Smiling", "Mouth_Slightly_Open")
METRICS = {
    "quality": 0.6,
    "attribute_accuracy": 0.7,
    "preservation_accuracy": 0.9,
    "background_error": 0.02,
    "counterfactual_error": 0.07,
    "closer_to_counterfactual": 0.6,
    "fid_judge_valid": 24.0,
    "kid_judge_valid": 0.03,
}
CONTROLS = {
    "identity": {"quality": 0.0, "attribute_accuracy": 0.02, "preservation_accuracy": 0.96, "background_error": 0.0},
    "counterfactual": {
        "quality": 0.98,
        "attribute_accuracy": 0.95,
        "preservation_accuracy": 0.95,
        "background_error": 0.0,
    },
    "judge_ceiling": {"attribute_accuracy": 0.96, "preservation_accuracy": 0.96},
}


def scores(seeds: Sequence[int] = (1, 2), splits: Sequence[str] = ("valid", "test")) -> pd.DataFrame:
    """scores.csv: models and their shuffled-target controls over seeds, and the fixed controls."""
    random = np.random.default_rng(0)
    rows: list[dict[str, Any]] = []
    for split in splits:
        for place, (method, variant) in enumerate(MODELS):
            for seed in seeds:
                for metric, level in METRICS.items():
                    name = metric.replace("valid", split)
                    for attribute in ("all", *ATTRIBUTES):
                        value = level * (0.7 + 0.06 * place) * random.normal(1, 0.03)
                        rows.append(_score(method, variant, seed, split, name, attribute, value))
                        shuffled = f"shuffled_{method}_{variant}"
                        rows.append(_score("control", shuffled, seed, split, name, attribute, value * 0.3))
        for control, values in CONTROLS.items():
            rows += [_score("control", control, 0, split, metric, "all", value) for metric, value in values.items()]
    return pd.DataFrame(rows)


def _score(
    method: str, variant: str, seed: int, split: str, metric: str, attribute: str, value: float
) -> dict[str, Any]:
    return {
        "method": method, "variant": variant, "seed": seed, "split": split,
        "metric": metric, "attribute": attribute, "value": value, "n": 600,
    }  # fmt: skip


def curves(seeds: Sequence[int] = (1, 2)) -> pd.DataFrame:
    """curves.csv: eight evaluation points a training."""
    random = np.random.default_rng(1)
    rows = [
        {
            "method": method, "variant": variant, "seed": seed, "images_seen": 2800 * point,
            "train_seconds": 2800 * point / (100 + 15 * place), "metric": metric,
            "value": level * (1 - np.exp(-point / (2 + 0.4 * place))) * random.normal(1, 0.03),
            "uncontended_seconds": 2800 * point / (110 + 15 * place),
        }
        for place, (method, variant) in enumerate(MODELS)
        for seed in seeds
        for point in range(1, 9)
        for metric, level in METRICS.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def speed() -> pd.DataFrame:
    """speed.csv: three parts per model at one resolution."""
    rows = []
    for place, (method, variant) in enumerate(MODELS):
        for part, base in (("discriminator_step", 60.0), ("generator_step", 45.0), ("iteration", 105.0)):
            value = base * (1.3 - 0.08 * place)
            rows.append(
                {
                    "method": method, "variant": variant, "device": "cpu", "threads": 1, "resolution": 32, "batch": 16,
                    "attributes": 5,
                    "part": part, "milliseconds": value, "ci_low": value * 0.96, "ci_high": value * 1.05, "repeats": 30,
                    "gflop": base / 20, "images_per_second": 16e3 / value,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def speed_ratio() -> pd.DataFrame:
    """speed_ratio.csv: the same steps by pairs of a family, measured a little above what their operations say."""
    random = np.random.default_rng(8)
    rows = []
    for row in speed().to_dict("records"):
        for other in speed().to_dict("records"):
            families = {
                registry.find(f"{part_row['method']}.{part_row['variant']}")[1].family for part_row in (row, other)
            }
            if row["variant"] == other["variant"] or row["part"] != other["part"] or len(families) > 1:
                continue
            ratio = row["milliseconds"] / other["milliseconds"]
            rows.append(
                {name: row[name] for name in ("method", "variant", "device", "threads", "resolution", "batch", "part")}
                | {
                    "against": f"{other['method']}.{other['variant']}", "family": families.pop(), "attributes": 5,
                    "ratio": ratio, "ci_low": ratio * 0.97, "ci_high": ratio * 1.03,
                    "gflop_ratio": ratio * random.normal(0.97, 0.03), "repeats": 30, "processes": 1,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def time_to_target() -> pd.DataFrame:
    """time_to_target.csv: a pool whose highest level one arm never reached, and studies that did not all get there."""
    rows = []
    for place, (method, variant) in enumerate(ARMS):
        for target in (0.3, 0.4, 0.5, 0.6, 0.7):
            hits = max(0, round(8 - 16 * (target - 0.2) + place))
            seconds = 150 / (hits + 1)
            pool = {
                "sampler": "random", "hits": hits, "expected_trials": 9 / (hits + 1), "ci_low": 5 / (hits + 1),
                "ci_high": 20 / (hits + 1) if hits else np.inf, "expected_seconds": seconds,
                "seconds_ci_low": seconds * 0.6, "seconds_ci_high": seconds * 2.2 if hits else np.inf,
                "judged": hits > 4, "seconds_ratio": 1.5 if place else np.nan, "note": "" if hits else "> 8 trials",
            }  # fmt: skip
            study = {
                "sampler": "tpe", "hits": int(target < 0.5), "expected_seconds": 80.0 if target < 0.5 else np.nan,
                "expected_trials": 4.0 if target < 0.5 else np.nan, "judged": False, "note": "1 of 1 studies",
            }  # fmt: skip
            head = {
                "comparison": "/".join(".".join(arm) for arm in ARMS), "method": method, "variant": variant,
                "width_decades": 2.0, "target": target, "trials": 8,
            }  # fmt: skip
            rows += [head | pool, head | study]
    return pd.DataFrame(rows)


def claims(verdict: str | None = None) -> pd.DataFrame:
    """claims.csv: seven claims with every verdict there is; `verdict` sets all of them, and three were not measured."""
    measured = {
        "C2": (1.9, 1.2, 3.1, 1.5, "inconclusive"),
        "C3": (1.01, 0.99, 1.03, 1.05, "supported"),
        "C4": (0.71, 0.69, 0.73, 0.95, "supported"),
        "C5": (1.2, 1.1, 1.3, 0.8, "contradicted"),
    }
    missing = {"C1": "not tested in this run", "C6": "cannot be tested here", "C7": "too few runs"}
    rows = []
    for claim in ("C1", "C2", "C3", "C4", "C5", "C6", "C7"):
        estimate, low, high, bar, values = measured.get(claim, (np.nan, np.nan, np.nan, 0.05, missing.get(claim)))
        rows.append(
            {
                "claim": claim, "statement": f"Statement of {claim} <with> marks.", "measure": f"ratio of {claim}",
                "estimate": estimate, "ci_low": low, "ci_high": high, "bar": bar, "verdict": verdict or values,
                "evidence": "speed.csv", "reason": "" if claim in measured else "not run",
                "verdict_half_margin": verdict or values, "verdict_double_margin": "inconclusive",
                "parts": f"1 {values}", "method": "acl",
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def claim_parts() -> pd.DataFrame:
    """claim_parts.csv: one part per claim, its bar from above for C2 and from below for the others."""
    parts = claims()[["claim", "measure", "estimate", "ci_low", "ci_high", "bar", "verdict", "evidence", "reason"]]
    return parts.assign(side=[">=" if claim == "C2" else "<=" for claim in parts["claim"]], judged=True)


def gradients(seeds: Sequence[int] = (1, 2)) -> pd.DataFrame:
    """gradients.csv: all experiments for both losses and the controls, with terms that are silent or 0."""
    random = np.random.default_rng(5)
    starts = ("points", "points_at_source")
    cases = [(start, str(distance), 0, measure) for start in starts for distance in (0, 4, 8)
             for measure in ("cosine", "norm")]  # fmt: skip
    cases += [("images", setting, 0, "cosine") for setting in ("start", "early")]
    cases += [("training", "norms", images, "norm") for images in (0, 100, 200)]
    terms = [("stargan_baseline.lsgan", "lsgan", loss) for loss in ("classification", "adversarial", "reconstruction")]
    terms += [("acl.plus_attribute", "lsgan", "attribute"), ("acl.plus_attribute", "lsgan", "without_gradient")]
    terms += [(f"control.{name}", "control", "control") for name in ("oracle_classifier", "random_direction")]
    rows = [
        {
            "experiment": experiment, "setting": setting, "model": model, "family": family, "loss": loss,
            "images_seen": images, "seed": seed, "measure": measure,
            "value": 0.0 if silent else random.uniform(0.01, 1),
        }
        for experiment, setting, images, measure in cases
        for model, family, loss in terms
        for silent in [loss == "without_gradient" or (experiment == "images" and loss != "classification"
                       and model == "stargan_baseline.lsgan")]
        if not (family == "control" and measure == "norm")
        if not (experiment in starts and loss in ("reconstruction", "without_gradient"))
        for seed in seeds
    ]  # fmt: skip
    return pd.DataFrame(rows)


def tables() -> dict[str, pd.DataFrame]:
    """All six tables of the contract, and those beside them that plots and page read."""
    return {name: table.copy() for name, table in _tables().items()}


@cache
def _tables() -> dict[str, pd.DataFrame]:
    return derived(
        {
            "scores": scores(), "speed": speed(), "time_to_target": time_to_target(), "claims": claims(),
            "claim_parts": claim_parts(), "curves": curves(), "gradients": gradients(), "speed_ratio": speed_ratio(),
            "gradient_means": over_seeds.gradient_means(gradients()),
        },
        made_settings(),
    )  # fmt: skip


def derived(measured: dict[str, pd.DataFrame], settings: Settings) -> dict[str, pd.DataFrame]:
    """`made`, and the tables that are made of it and of searches of two studies."""
    search = searches(settings, studies=2, length=8)
    measured = measured | search_tables(search, measured["speed"], settings)
    measured["end_to_end"] = search_costs.end_to_end(search, measured["speed"], measured["curves"], settings)
    measured["training_speed"] = step_costs.training_speed(measured["speed"], measured["speed_ratio"], settings)
    measured["curve_means"] = over_seeds.curve_means(measured["curves"], settings)
    measured["level_times"] = level_times.table(measured["curves"], settings)
    measured["ablation"] = ablation.table(
        measured["scores"], measured["curves"], measured["speed"], measured["speed_ratio"], settings
    )
    measured["headline"] = headline.table(measured, settings)
    return measured


def empty_tables() -> dict[str, pd.DataFrame]:
    """The same tables with their columns and no row."""
    return {name: table.iloc[:0] for name, table in tables().items()}


def made_settings(results: str = "results") -> Settings:
    """Settings of a small run that names the models of these tables."""
    content = {
        "run": "made", "results": results, "title": "A made run",
        "data": {
            "source": "drawn", "drawn": {"train": 100, "valid": 20, "test": 20}, "image_size_px": 32,
            "attributes": list(ATTRIBUTES), "combined_edits": [["Brown_Hair", "Mouth_Slightly_Open", "Smiling"]],
        },
        "training": {"budget_kimg": 1.0},
        "search": {
            "arms": [".".join(arm) for arm in ARMS], "samplers": {"random": {"studies": 1, "trials": 8}},
            "budget_kimg": 0.5,
        },
        "finals": [
            {"model": ".".join(model), "seeds": [1, 2], "budget_kimg": 0.25 if model[1] in SHORT else None}
            for model in MODELS
        ],
        "speed": {"models": [".".join(model) for model in MODELS]},
        "compare": {"baseline": "stargan_baseline.lsgan_mask", "challenger": "acl.plus_mask"},
    }  # fmt: skip
    return parse_settings(content, "made settings")
