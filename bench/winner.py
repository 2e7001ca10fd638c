r"""Pick the best loss weights that the studies of a variant found, by one rule for every method.

The rule: among the completed trials whose attribute accuracy reaches search.accuracy_target, the one of the highest
quality; where none reaches it, the one of the highest quality times attribute accuracy (a negative quality counts as
0). Ties go to the higher quality, then to the earlier trial. Controls and test images play no part.

    python -m bench winner --config config/demo.yaml --model acl.plus_mask \
        --trials results/demo/searches/acl.plus_mask.*.csv --output results/demo/searches/acl.plus_mask.best.json
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

from bench import cli, files, registry, settings, tables
from bench.errors import BenchError
from bench.paths import MAIN


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `python -m bench winner`."""
    cli.add_config(parser)
    parser.add_argument("--model", required=True, metavar="ID", help="the searched variant, as <method>.<variant>")
    parser.add_argument("--trials", type=Path, nargs="+", required=True, metavar="CSV", help="trials of its studies")
    parser.add_argument("--output", type=Path, required=True, metavar="JSON", help="the best weights")


def run(arguments: argparse.Namespace) -> None:
    """Write the winner of `--model`."""
    search = settings.load(arguments.config).search
    rows = tables.collect("search", arguments.trials)
    files.write_json(arguments.output, winner(rows, arguments.model, search.accuracy_target))


def winner(rows: pd.DataFrame, model_id: str, accuracy_target: float) -> dict[str, Any]:
    """The winning trial of `model_id` among rows of search.csv; BenchError where no trial of it completed."""
    info, variant = registry.find(model_id)
    own = rows[(rows["method"] == info.name) & (rows["variant"] == variant.slug) & (rows["space"] == MAIN)]
    complete = own[own["state"] == "COMPLETE"]
    if complete.empty:
        reasons = "; ".join(sorted(set(own["reason"].dropna()))) or "there are none"
        raise BenchError(
            f"No trial of {model_id} completed ({reasons}). Lower training.learning_rate, or narrow"
            " search.width_decades, and search again."
        )
    qualified = complete[complete["attribute_accuracy"] >= accuracy_target]
    candidates = qualified if len(qualified) else complete
    ranked = candidates.assign(
        rank_value=candidates["objective"]
        if len(qualified)
        else candidates["objective"].clip(lower=0) * candidates["attribute_accuracy"]
    ).sort_values(
        ["rank_value", "objective", "trial", "study", "sampler"],
        ascending=[False, False, True, True, True],
        kind="stable",
    )
    best = ranked.iloc[0]
    return {
        "model": model_id,
        "weights": {
            weight.name: float(best[weight.name]) for weight in variant.searched if pd.notna(best[weight.name])
        },
        "objective": float(best["objective"]),
        "attribute_accuracy": float(best["attribute_accuracy"]),
        "rule": "quality where accuracy reaches its target" if len(qualified) else "quality x accuracy",
        "accuracy_target": accuracy_target,
        **{
            name: best[name] if isinstance(best[name], str) else int(best[name])
            for name in ("sampler", "study", "trial")
        },
        "trials": len(own),
        "failed": int((own["state"] == "FAIL").sum()),
        "pruned": int((own["state"] == "PRUNED").sum()),
    }
