"""The tables that a run ends in: their names, their columns and keys, and how a table is written."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from bench.analysis import parts
from bench.runtime import atomic_files

# The tables of the output contract, then those that stand beside them.
CONTRACT_TABLES = ("scores", "speed", "search", "time_to_target", "claims", "curves")
TABLES = (
    *CONTRACT_TABLES, "claim_parts", "final_quality", "speed_ratio", "gradient_means", "search_ratio", "power",
    "search_ecdf", "trial_costs", "training_speed", "level_times", "curve_means", "ablation", "end_to_end",
    "headline", "sensitivity",
)  # fmt: skip
CONTRACT: Mapping[str, tuple[str, ...]] = {
    **parts.COLUMNS,
    "speed": (
        "method", "variant", "device", "threads", "resolution", "batch", "part", "milliseconds", "ci_low", "ci_high",
        "repeats", "gflop", "images_per_second", "attributes",
    ),
    "time_to_target": (
        "comparison", "method", "variant", "sampler", "width_decades", "target", "trials", "hits", "expected_trials",
        "ci_low", "ci_high", "expected_seconds", "seconds_ci_low", "seconds_ci_high", "seconds_without_evaluation",
        "steps_per_trial", "seconds_per_step", "seconds_per_evaluation", "clock", "judged", "rate_ratio",
        "rate_ratio_ci_low", "rate_ratio_ci_high", "seconds_ratio", "seconds_ratio_ci_low", "seconds_ratio_ci_high",
        "seconds_ratio_without_evaluation", "logrank_p", "detectable_ratio", "note",
    ),
    "claims": (
        "claim", "statement", "measure", "estimate", "ci_low", "ci_high", "bar", "verdict", "reason", "evidence",
        "verdict_half_margin", "verdict_double_margin", "parts", "method",
    ),
    "speed_ratio": (
        "method", "variant", "against", "family", "device", "threads", "resolution", "batch", "attributes", "part",
        "ratio", "ci_low", "ci_high", "gflop_ratio", "repeats", "processes",
    ),
}  # fmt: skip
KEYS: Mapping[str, tuple[str, ...]] = {
    **parts.KEYS,
    "speed": ("method", "variant", "device", "threads", "resolution", "batch", "part", "attributes"),
    "speed_ratio": ("method", "variant", "against", "device", "threads", "resolution", "batch", "part", "attributes"),
}


def write(target: Path, frame: pd.DataFrame) -> None:
    """Write a table, whole or not at all; floats in full, missing values blank."""
    atomic_files.write_text(target, frame.to_csv(index=False, lineterminator="\n"))
