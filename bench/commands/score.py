r"""Score a model's translations, or the controls, with every metric.

Scores of a model come with those of its control `shuffled_<method>_<variant>`: the same model given another random edit
each time. The controls that need no model are `identity` (copies of the sources), `counterfactual` (drawn faces: the
true counterfactuals) and `judge_ceiling` (the judges on real images: what accuracy can reach at most).

Example:
    python -m bench score --config config/demo.yaml --pack results/demo/data/pack32.json --split valid \
        --judges results/demo/judges/judge_a.safetensors results/demo/judges/judge_b.safetensors \
        --controls --output results/demo/scores/control.valid.csv
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from bench.commands.options import add_config
from bench.data.store import Store
from bench.errors import BenchError
from bench.evaluation import feature_extractors
from bench.evaluation.evaluator import Evaluator
from bench.evaluation.score_rows import COLUMNS, control_rows, model_rows
from bench.evaluation.translations import Translations
from bench.runtime.atomic_files import write_text
from bench.settings import Settings, load_settings
from bench.settings.paths import RunPaths
from bench.training import device as devices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_config(parser)
    parser.add_argument("--pack", type=Path, required=True, metavar="FILE", help="manifest of the packed faces")
    parser.add_argument(
        "--judges", type=Path, nargs=2, required=True, metavar=("A", "B"), help="weights of both judges"
    )
    parser.add_argument("--split", choices=("valid", "test"), required=True, help="split that was translated")
    parser.add_argument("--controls", action="store_true", help="score the controls that need no model")
    parser.add_argument("--translations", type=Path, metavar="FILE", help="translations to score")
    parser.add_argument("--model", metavar="ID", help="<method>.<variant> that made them")
    parser.add_argument("--seed", type=int, metavar="K", help="its training seed")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="scores, .csv")


def run(arguments: argparse.Namespace) -> None:
    """Score, and write one row a number."""
    named = (arguments.translations, arguments.model, arguments.seed)
    if arguments.controls == any(value is not None for value in named) or (not arguments.controls and None in named):
        raise BenchError("Give either --controls, or all of --translations, --model and --seed.")
    plan = load_settings(arguments.config)
    evaluator = build_evaluator(plan, arguments.pack, arguments.judges, arguments.split)
    if arguments.controls:
        rows = list(control_rows(evaluator))
    else:
        rows = list(model_rows(evaluator, Translations.load(arguments.translations), arguments.model, arguments.seed))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    if not np.isfinite(table["value"]).all():
        broken = table.loc[~np.isfinite(table["value"]), "metric"].iloc[0]
        raise BenchError(f"Metric {broken!r} is not a finite number on {arguments.translations or 'the controls'}.")
    write_text(arguments.output, table.to_csv(index=False))


def build_evaluator(plan: Settings, pack: Path, judges: Iterable[Path], split: str) -> Evaluator:
    """The evaluator of final scores, with every feature space that the settings name."""
    device = devices.claim(plan.training.device)
    devices.prepare(device)
    judge_a, judge_b = judges
    evaluator = Evaluator(Store.open(pack), split, (judge_a, judge_b), plan.data, plan.scoring.images, device)
    evaluation = evaluator.evaluation
    evaluation.kid_subsets = plan.scoring.kid_subsets
    cache = RunPaths(plan.folder).work / "cache"
    for name in plan.scoring.extractors:
        if name == "judge":
            extractor = feature_extractors.JudgeExtractor(evaluation.judge_a)
        else:
            extractor = feature_extractors.inception(plan.scoring.inception_weights)
        space = feature_extractors.feature_space(name, extractor, evaluation.reals, cache, device)
        evaluation.spaces = (*evaluation.spaces, space)
    return evaluator
