"""Pools and studies of known truth, for the tests of search time and claims."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis import contract, step_blocks
from bench.search import spaces, trial_table
from bench.settings import Settings, parse_settings

STEPS = 100
EVALUATION_SECONDS = 2.0
LOGGED_EVALUATION_SECONDS = 3.0  # beside other jobs


def made_settings(**search: Any) -> Settings:
    """Settings of a comparison of `stargan_baseline.lsgan` with `acl.plus_attribute` over four decades per axis."""
    content = {
        "run": "made", "title": "A made run",
        "data": {
            "source": "drawn", "drawn": {"train": 100, "valid": 20, "test": 20}, "image_size_px": 64,
            "attributes": ["Black_Hair", "Blond_Hair", "Brown_Hair", "Male", "Young"],
        },
        "training": {"budget_kimg": 1.0},
        "search": {
            "arms": ["stargan_baseline.lsgan", "acl.plus_attribute"], "budget_kimg": 0.5, "targets": [0.4, 0.6],
            "samplers": {"random": {"studies": 8, "trials": 12}}, "width_decades": 4.0, "confirmations": 2,
            "judged_widths_decades": [2.0, 3.0, 4.0],
        } | search,
        "finals": [
            {"model": model, "seeds": list(range(1, 9)), "weights_from": [model], "winners": "by_study"}
            for model in ("stargan_baseline.lsgan", "acl.plus_attribute")
        ],
        "speed": {"models": ["stargan_baseline.lsgan"]},
        "compare": {"baseline": "stargan_baseline.lsgan", "challenger": "acl.plus_attribute"},
    }  # fmt: skip
    return parse_settings(content, "made settings")


def pool(
    settings: Settings,
    rates: Mapping[str, float],
    count: int,
    seed: int = 1,
    centres: Mapping[str, float] | None = None,
    **more: Any,
) -> pd.DataFrame:
    """Rows of search.csv: i.i.d. trials over the widest ranges, about `centres`, that hit every target at a rate."""
    random = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for model_id, rate in rates.items():
        method, _, variant = model_id.partition(".")
        searched = spaces.ranges(model_id, settings.search, centres)
        for number in range(count):
            hit = random.random() < rate
            confirmed = hit and settings.search.confirmations > 0
            quality = 0.9 if hit else 0.1
            weights = {axis.name: 10 ** random.uniform(np.log10(axis.low), np.log10(axis.high)) for axis in searched}
            rows.append(
                {
                    "method": method, "variant": variant, "sampler": "random", "study": 0, "trial": number,
                    "state": "COMPLETE", "range_shift": 0.0, "dimension": len(searched), "split": "valid",
                    "train_seconds": 9.0, "eval_seconds": LOGGED_EVALUATION_SECONDS, "steps": STEPS, **weights,
                    "objective": quality, "fid": 1.0, "attribute_accuracy": 0.9, "preservation_accuracy": 0.95,
                    "preservation_ceiling": 0.95, "background_error": 0.02, "closer_to_counterfactual": 0.6,
                    "confirmed_background_error": 0.02, "confirmed_closer_to_counterfactual": 0.6,
                    "confirmations": 2 if confirmed else 0,
                    "confirmed_objective": quality if confirmed else np.nan, "confirmed_attribute_accuracy": 0.9,
                    "confirmed_preservation_accuracy": 0.95, "confirm_train_seconds": 18.0 if confirmed else np.nan,
                    "confirm_eval_seconds": 4.0 if confirmed else np.nan,
                    "confirm_steps": 2 * STEPS if confirmed else np.nan,
                    "training_seed": number, "key": "0123456789abcdef", "width_decades": 4.0, "device": "cpu",
                    "box": spaces.text(searched), "space": "main",
                    "reason": "", "evaluations": 1, **more,
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=trial_table.columns(trial_table.weight_names()))


def speed(costs: Mapping[str, float], **changes: Any) -> pd.DataFrame:
    """Rows of speed.csv: milliseconds per step of each model, and an evaluation's, measured to a percent."""
    rows = [
        {
            "method": model.split(".")[0], "variant": model.split(".")[1], "device": "cpu", "threads": 1,
            "resolution": 64, "batch": 16, "part": part, "milliseconds": cost, "ci_low": cost / 1.01,
            "ci_high": cost * 1.01, "repeats": 150, "gflop": cost / 10, "images_per_second": 16e3 / cost,
            "attributes": 5,
        } | changes
        for model, cost in costs.items()
        for part in ("discriminator_step", "generator_step", "iteration")
    ]  # fmt: skip
    evaluations = pd.DataFrame(rows, columns=list(contract.CONTRACT["speed"])).query("part == 'iteration'")
    evaluations = evaluations.assign(part="evaluation", milliseconds=1000 * EVALUATION_SECONDS, gflop=np.nan)
    return pd.concat([pd.DataFrame(rows, columns=list(contract.CONTRACT["speed"])), evaluations], ignore_index=True)


def blocks(costs: Mapping[str, float], processes: int = 5) -> pd.DataFrame:
    """Rows of speed/blocks.csv: milliseconds per step of each model, and an evaluation's; two blocks per process."""
    setting = {"device": "cpu", "threads": 1, "resolution": 64, "batch": 16, "attributes": 5}
    drift = np.linspace(0.996, 1.004, processes)[:, None] * np.ones((1, 2))
    measured = [
        step_blocks.Cost(model, part, cost / 1000 * drift, cost / 10, 1.0, 16)
        for model, cost in costs.items()
        for part in step_blocks.PARTS
    ]
    measured += [
        step_blocks.Cost(model, step_blocks.EVALUATION, EVALUATION_SECONDS * drift, np.nan, np.nan, 16)
        for model in costs
    ]
    return pd.DataFrame(step_blocks.rows(measured, setting), columns=list(step_blocks.COLUMNS))


def speed_ratio(costs: Mapping[str, float], processes: int = 5, **changes: Any) -> pd.DataFrame:
    """Rows of speed_ratio.csv: models of a family by pairs, in milliseconds and FLOPs alike, measured to a percent."""
    rows = [
        {
            "method": model.split(".")[0], "variant": model.split(".")[1], "against": other, "family": "lsgan",
            "device": "cpu", "threads": 1, "resolution": 64, "batch": 16, "attributes": 5, "part": part,
            "ratio": cost / base, "ci_low": cost / base / 1.01, "ci_high": cost / base * 1.01,
            "gflop_ratio": cost / base, "repeats": 30 * processes, "processes": processes,
        } | changes
        for model, cost in costs.items()
        for other, base in costs.items()
        if model != other
        for part in ("discriminator_step", "generator_step", "iteration")
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(contract.CONTRACT["speed_ratio"]))


def zoned_pool(settings: Settings, zones: Mapping[str, float], studies: int, length: int) -> pd.DataFrame:
    """Rows of search.csv whose quality is 0.6 or more in a zone of so many decades per axis about the default weights.

    It falls evenly from 0.9 at the middle: 0.6 at the zone's edge, 0.4 at 5/3 of it, and no further than 0.
    """
    rows = pool(settings, dict.fromkeys(zones, 1.0), studies * length)
    rows["study"], rows["trial"] = rows["trial"] // length, rows["trial"] % length
    for model_id, zone in zones.items():
        of_model = rows["method"] + "." + rows["variant"] == model_id
        axes = [
            rows.loc[of_model, axis.name] / np.sqrt(axis.low * axis.high)
            for axis in spaces.ranges(model_id, settings.search)
        ]
        away = np.abs(np.log10(np.stack(axes))).max(axis=0) / (zone / 2)
        quality = np.maximum(0.0, 0.9 - 0.3 * away)
        rows.loc[of_model, "objective"] = rows.loc[of_model, "confirmed_objective"] = quality
        rows.loc[of_model & (rows["objective"] < min(settings.search.targets)), "confirmations"] = 0
    return rows


def zone_rate(zone: float, target: float, width: float, axes: int) -> float:
    """The share of a box of `width` decades per axis that hits `target` in a zoned pool."""
    return min(1.0, zone * (0.9 - target) / 0.3 / width) ** axes
