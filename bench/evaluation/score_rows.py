"""Rows of scores.csv for a model's translations and for the controls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from bench.evaluation.candidates import EvaluationSet
from bench.evaluation.evaluator import Evaluator
from bench.evaluation.judges import Judge
from bench.evaluation.metric import ALL, Score
from bench.evaluation.translations import Translations
from bench.registry import find
from bench.settings.edits import concerned_columns

CONTROL = "control"
COLUMNS = ("method", "variant", "seed", "split", "metric", "attribute", "value", "n")
Row = tuple[str, str, int, str, str, str, float, int]


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


def ceiling(evaluation: EvaluationSet) -> list[Score]:
    """Both judges on the real images, by the rules that edits are judged by.

    `attribute_accuracy`: a flipped attribute scores the mean of on- and off-recall, an exclusive one the share of the
    images that have it in which it, and no other of its group, is seen. `preservation_accuracy`: all attributes.
    """
    judges: tuple[tuple[str, Judge], ...] = (("", evaluation.judge_b), ("judge_a_", evaluation.judge_a))
    return [score for prefix, judge in judges for score in _ceiling(evaluation, judge, prefix)]


def _ceiling(evaluation: EvaluationSet, judge: Judge, prefix: str) -> Iterator[Score]:
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
