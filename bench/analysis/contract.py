"""The tables of the output contract: their columns and keys, how parts are collected, and how a table is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from bench.analysis import step_blocks
from bench.errors import BenchError
from bench.runtime import atomic_files
from bench.runtime.result_files import read_csv
from bench.search import trial_table


def refuse_other_boxes(tables: Mapping[Path, pd.DataFrame]) -> None:
    """BenchError where trials of a variant and space were drawn from other ranges than an earlier table's."""
    first: dict[tuple[str, str], tuple[Path, str]] = {}
    for path, table in tables.items():
        drawn = table.loc[table["box"].notna(), ["method", "variant", "space", "box"]].drop_duplicates()
        for method, variant, space, box in drawn.itertuples(index=False):
            model_id = f"{method}.{variant}"
            earlier, expected = first.setdefault((model_id, space), (path, box))
            if box != expected:
                raise BenchError(
                    f"{path}: its trials of {model_id} were drawn from {box}, those of {earlier} from {expected}."
                    " Take it out of search.pools, or search from the same ranges (search.centre, width_decades)."
                )


# The tables of the output contract, then those that stand beside them.
CONTRACT_TABLES = ("scores", "speed", "search", "time_to_target", "claims", "curves")
TABLES = (
    *CONTRACT_TABLES, "claim_parts", "final_quality", "speed_ratio", "gradient_means", "search_ratio", "power",
    "search_ecdf", "trial_costs", "training_speed", "level_times", "curve_means", "ablation", "end_to_end",
    "headline", "sensitivity",
)  # fmt: skip
CONTRACT: Mapping[str, tuple[str, ...]] = {
    "scores": ("method", "variant", "seed", "split", "metric", "attribute", "value", "n"),
    "speed": (
        "method", "variant", "device", "threads", "resolution", "batch", "part", "milliseconds", "ci_low", "ci_high",
        "repeats", "gflop", "images_per_second", "attributes",
    ),
    "search": (*trial_table.COLUMNS_BEFORE_WEIGHTS, *trial_table.MEASURES, *trial_table.EXTRA_COLUMNS),
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
    "curves": ("method", "variant", "seed", "images_seen", "train_seconds", "metric", "value"),
    "speed_ratio": (
        "method", "variant", "against", "family", "device", "threads", "resolution", "batch", "attributes", "part",
        "ratio", "ci_low", "ci_high", "gflop_ratio", "repeats", "processes",
    ),
    "step_blocks": step_blocks.COLUMNS,
    "gradients": ("experiment", "setting", "model", "family", "loss", "images_seen", "seed", "measure", "value"),
}  # fmt: skip
RULES = {"scores": "score", "curves": "train", "search": "search", "gradients": "gradients"}  # else: speed
KEYS: Mapping[str, tuple[str, ...]] = {
    "scores": ("method", "variant", "seed", "split", "metric", "attribute"),
    "speed": ("method", "variant", "device", "threads", "resolution", "batch", "part", "attributes"),
    "speed_ratio": ("method", "variant", "against", "device", "threads", "resolution", "batch", "part", "attributes"),
    "step_blocks": ("method", "variant", *step_blocks.SETTING, "part", "process", "block"),
    "search": trial_table.KEY,
    "curves": ("method", "variant", "seed", "images_seen", "metric"),
    "gradients": ("experiment", "setting", "model", "loss", "images_seen", "seed", "measure"),
}


def collect(name: str, parts: Sequence[Path]) -> pd.DataFrame:
    """The rows of all parts of table `name`, in the order of the parts, with at least the contract's columns.

    BenchError names the part that lacks a column, that repeats a row of this or an earlier part, or whose trials were
    drawn from other ranges.
    """
    frames = [read_csv(part, RULES.get(name, "speed"), CONTRACT[name]) for part in parts]
    if name == "search":
        refuse_other_boxes(dict(zip(parts, frames, strict=True)))
    filled = [frame for frame in frames if not frame.empty]
    if not filled:
        return frames[0] if frames else pd.DataFrame(columns=list(CONTRACT[name]))
    table = pd.concat(filled, ignore_index=True)
    repeated = table.duplicated(list(KEYS[name]))
    if repeated.any():
        row = int(repeated.to_numpy().argmax())
        sources = [part for part, frame in zip(parts, frames, strict=True) for _ in range(len(frame))]
        what = ", ".join(f"{key} {table[key].iloc[row]}" for key in KEYS[name])
        raise BenchError(f"{sources[row]}: a second row for {what}. Remove the stale part of table {name!r}.")
    return table


def refuse_mixed(search: pd.DataFrame) -> None:
    """Raise BenchError where an arm's trials were run with different settings, data, judges or code."""
    # Trials at the default weights do not depend on any range, so their key is another one.
    arms = [search["method"] + "." + search["variant"], search["space"], search["box"].isna()]
    keys = search.groupby(arms)["key"].nunique()
    if len(mixed := keys.index[keys > 1]):
        raise BenchError(
            f"Trials of {mixed[0][0]} were run with different settings, data, judges, code or devices (column 'key')."
            " Take the other machine's tables out of search.pools, or search with its settings."
        )


def write(target: Path, frame: pd.DataFrame) -> None:
    """Write a table, whole or not at all; floats in full, missing values blank."""
    atomic_files.write_text(target, frame.to_csv(index=False, lineterminator="\n"))
