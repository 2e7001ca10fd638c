"""Final scores: the rows of scores.csv of a trained model and of the controls, on every scored split.

Import it only where final scores are made: torch-fidelity imports torchvision.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from bench.data.store import Store
from bench.errors import BenchError
from bench.evaluation import feature_extractors
from bench.evaluation.candidates import EvaluationSet
from bench.evaluation.controls import controls
from bench.evaluation.evaluator import Evaluator, translate_split
from bench.evaluation.metric import ALL, Score
from bench.evaluation.translations import Translations
from bench.registry import find
from bench.settings import Settings
from bench.settings.edits import concerned_columns
from bench.settings.sections import Split
from bench.training.saved_model import Loaded

CONTROL = "control"
COLUMNS = ("method", "variant", "seed", "split", "metric", "attribute", "value", "n")
Row = tuple[str, str, int, str, str, str, float, int]


def of_model(
    settings: Settings, model: Loaded, store: Store, judges: tuple[Path, Path], device: torch.device
) -> tuple[pd.DataFrame, Translations]:
    """A model's rows of scores.csv over every split, and the translations of the shown split that people see.

    BenchError where the model was trained on other faces than `store` holds.
    """
    if model.card.get("data_digest") != store.digest:
        raise BenchError(f"{model.file} was trained on other faces than {store.manifest} holds. Train it again.")
    rows: list[Row] = []
    for split in settings.scoring.splits:
        evaluator = final_evaluator(settings, store, judges, split, device)
        translations = translate_split(
            model.translate, store.split(split), settings.data, settings.scoring.images, device
        )
        rows += model_rows(evaluator, translations, model.card["model"], model.card["seed"])
        if split == settings.scoring.shown_split:
            shown = translations.shown()
    return _table(rows, str(model.file)), shown


def of_controls(settings: Settings, store: Store, judges: tuple[Path, Path], device: torch.device) -> pd.DataFrame:
    """The rows of scores.csv of the controls that need no model, on every split."""
    rows: list[Row] = []
    for split in settings.scoring.splits:
        evaluator = final_evaluator(settings, store, judges, split, device)
        for name, candidate in controls(evaluator.evaluation).items():
            rows += _rows(CONTROL, name, 0, split, evaluator.scores(candidate))
        rows += _rows(CONTROL, "judge_ceiling", 0, split, ceiling(evaluator.evaluation))
    return _table(rows, "the controls")


def final_evaluator(
    settings: Settings, store: Store, judges: tuple[Path, Path], split: Split, device: torch.device
) -> Evaluator:
    """The evaluator of final scores, with every feature space that the settings name."""
    evaluator = Evaluator(store, split, judges, settings.data, settings.scoring.images, device)
    evaluation = evaluator.evaluation
    for name in settings.scoring.extractors:
        if name == "judge":
            extractor = feature_extractors.JudgeExtractor(evaluation.judge_a)
        else:
            extractor = feature_extractors.inception(settings.scoring.inception_weights)
        space = feature_extractors.feature_space(name, extractor, evaluation.reals, device)
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


def ceiling(evaluation: EvaluationSet) -> Iterator[Score]:
    """Both judges on the real images, by the rules that edits are judged by.

    `attribute_accuracy`: a flipped attribute scores the mean of on- and off-recall, an exclusive one the share of the
    images that have it in which it, and no other of its group, is seen. `preservation_accuracy`: all attributes.
    """
    rules, labels = evaluation.rules, np.asarray(evaluation.split.labels[: evaluation.images])
    for judge, prefix in ((evaluation.judge_b, ""), (evaluation.judge_a, "judge_a_")):
        right = judge.predict(evaluation.reals) == labels
        values = []
        for column, attribute in enumerate(rules.attributes):
            concerned = right[:, concerned_columns(attribute, rules)].all(axis=1)
            on = labels[:, column]
            parts = [on] if rules.group(attribute) else [on, ~on]
            recalls = [float(concerned[part].mean()) for part in parts if part.any()]
            if recalls:
                values.append(float(np.mean(recalls)))
                n = int(sum(part.sum() for part in parts))
                yield Score(f"{prefix}attribute_accuracy", attribute, values[-1], n)
        yield Score(f"{prefix}attribute_accuracy", ALL, float(np.mean(values)), len(labels))
        yield Score(f"{prefix}preservation_accuracy", ALL, float(right.mean()), len(labels))


def _rows(method: str, variant: str, seed: int, split: str, scores: Iterable[Score]) -> Iterator[Row]:
    for score in scores:
        yield (method, variant, seed, split, score.metric, score.attribute, score.value, score.n)


def _table(rows: Iterable[Row], whose: str) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    if not np.isfinite(table["value"]).all():
        broken = table.loc[~np.isfinite(table["value"]), "metric"].iloc[0]
        raise BenchError(f"Metric {broken!r} is not a finite number on the translations of {whose}.")
    return table
