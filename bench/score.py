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
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from bench import device as devices
from bench import features, settings
from bench.cli import add_config
from bench.data.store import Store
from bench.errors import BenchError
from bench.evaluate import Evaluator
from bench.evaluation import Evaluation
from bench.files import write_text
from bench.judges import Judge
from bench.metric import ALL, Score
from bench.metrics.attribute_accuracy import concerned_columns
from bench.paths import RunPaths
from bench.registry import find
from bench.settings import Settings
from bench.translations import Translations

CONTROL = "control"
COLUMNS = ("method", "variant", "seed", "split", "metric", "attribute", "value", "n")

Row = tuple[str, str, int, str, str, str, float, int]


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
    plan = settings.load(arguments.config)
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
            extractor = features.JudgeExtractor(evaluation.judge_a)
        else:
            extractor = features.inception(plan.scoring.inception_weights)
        space = features.feature_space(name, extractor, evaluation.reals, cache, device)
        evaluation.spaces = (*evaluation.spaces, space)
    return evaluator


def model_rows(evaluator: Evaluator, translations: Translations, model_id: str, seed: int) -> Iterator[Row]:
    """Rows of a model's translations, and of its shuffled-target control."""
    info, variant = find(model_id)
    scores = evaluator.scores(evaluator.evaluation.candidate(translations.edits))
    yield from _rows(info.name, variant.slug, seed, evaluator.split, scores)
    if translations.shuffled:
        scores = evaluator.scores(evaluator.evaluation.candidate(translations.shuffled))
        yield from _rows(CONTROL, f"shuffled_{info.name}_{variant.slug}", seed, evaluator.split, scores)


def control_rows(evaluator: Evaluator) -> Iterator[Row]:
    """Rows of the controls that need no model."""
    evaluation = evaluator.evaluation
    yield from _rows(CONTROL, "identity", 0, evaluator.split, evaluator.scores(evaluation.identity))
    if evaluation.has_truth:
        yield from _rows(CONTROL, "counterfactual", 0, evaluator.split, evaluator.scores(evaluation.counterfactual))
    yield from _rows(CONTROL, "judge_ceiling", 0, evaluator.split, ceiling(evaluation))


def ceiling(evaluation: Evaluation) -> list[Score]:
    """Both judges on the real images, by the rules that edits are judged by.

    `attribute_accuracy`: a flipped attribute scores the mean of on- and off-recall, an exclusive one the share of the
    images that have it in which it, and no other of its group, is seen. `preservation_accuracy`: all attributes.
    """
    judges: tuple[tuple[str, Judge], ...] = (("", evaluation.judge_b), ("judge_a_", evaluation.judge_a))
    return [score for prefix, judge in judges for score in _ceiling(evaluation, judge, prefix)]


def _ceiling(evaluation: Evaluation, judge: Judge, prefix: str) -> Iterator[Score]:
    labels = np.asarray(evaluation.split.labels[: evaluation.images])
    right = judge.predict(evaluation.reals) == labels
    values = []
    for column, attribute in enumerate(evaluation.rules.attributes):
        concerned = right[:, concerned_columns(attribute, evaluation.rules)].all(axis=1)
        on = labels[:, column]
        parts = [on] if evaluation.rules.is_exclusive(attribute) else [on, ~on]
        recalls = [float(concerned[part].mean()) for part in parts if part.any()]
        if recalls:
            values.append(float(np.mean(recalls)))
            yield Score(f"{prefix}attribute_accuracy", attribute, values[-1], int(sum(part.sum() for part in parts)))
    yield Score(f"{prefix}attribute_accuracy", ALL, float(np.mean(values)), len(labels))
    yield Score(f"{prefix}preservation_accuracy", ALL, float(right.mean()), len(labels))


def _rows(method: str, variant: str, seed: int, split: str, scores: Iterable[Score]) -> Iterator[Row]:
    for score in scores:
        yield (method, variant, seed, split, score.metric, score.attribute, score.value, score.n)
