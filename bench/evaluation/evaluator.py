"""Evaluates a translator: translates a split's images under every edit, and measures the result.

evaluator = Evaluator(store, "valid", (judge_a, judge_b), settings.data, images=300)
measures = evaluator.quick(evaluator.translate(translator))     # evaluation points and searches
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bench import registry
from bench.data.store import Split, Store
from bench.data.tensors import from_model, to_model
from bench.errors import BenchError
from bench.evaluation import judges
from bench.evaluation.candidates import Candidate, EvaluationSet, Task, task_of
from bench.evaluation.distances import frechet_distance
from bench.evaluation.judges import Judge
from bench.evaluation.metric import ALL, Metric, Score
from bench.evaluation.translations import SHOWN, EditedImages, Translations
from bench.method import Translator
from bench.settings import DataSettings, Settings
from bench.settings.edits import EditRules

BATCH = 64
SHUFFLE_SEED = 20


class Evaluator:
    """Translates and measures on the first `images` rows (None: all) of one split; what candidates share, once."""

    def __init__(
        self,
        store: Store,
        split: str,
        judge_files: tuple[Path, Path],
        settings: DataSettings,
        images: int | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        """`judge_files` are judge A's and judge B's weights; BenchError where they or the store do not fit."""
        pair = (judges.load(judge_files[0], device), judges.load(judge_files[1], device))
        _check(store, judge_files, pair, settings)
        self.split = split
        self.device = device
        self.evaluation = EvaluationSet(store.split(split), settings.rules, settings.edits, pair, images)

    def translate(self, translator: Translator) -> Translations:
        """Translations of all single edits; `translate_split` makes combined and shuffled ones."""
        single = self.evaluation.rules.attributes
        tasks = [task for edit, task in self.evaluation.tasks.items() if edit in single]
        return Translations(translate(translator, tasks, self.device))

    def quick(self, translations: Translations) -> dict[str, float]:
        """Every quick metric's value over all attributes, by name, and `fid_judge_<split>`; NaN-free."""
        return self.measure(self.evaluation.candidate(translations.edits))

    def measure(self, candidate: Candidate) -> dict[str, float]:
        """What `quick` gives, of a candidate."""
        scores = [score for metric in self._metrics.values() if metric.quick for score in metric.measure(candidate)]
        measures = {score.metric: score.value for score in scores if score.attribute == ALL}
        return measures | {
            f"fid_judge_{self.split}": frechet_distance(candidate.pooled_features(), self.evaluation.real_features)
        }

    def scores(self, candidate: Candidate) -> list[Score]:
        """Every metric's scores of a candidate."""
        return [score for metric in self._metrics.values() for score in metric.measure(candidate)]

    @cached_property
    def preservation_ceiling(self) -> float:
        """`preservation_accuracy` of the identity copy: what judge B lets anything reach, in [0, 1]."""
        return self.measure(self.evaluation.identity).get("preservation_accuracy", 1.0)

    @cached_property
    def _metrics(self) -> Mapping[str, Metric]:
        return {name: module.METRIC(self.evaluation) for name, module in registry.metrics().items()}


def trial_evaluator(
    settings: Settings, store: Store, judge_files: tuple[Path, Path], device: torch.device
) -> Evaluator:
    """What evaluates the trials of a search, on the valid split; `speed` times the same."""
    return Evaluator(store, "valid", judge_files, settings.data, settings.search.evaluation_images, device)


def _check(store: Store, files: tuple[Path, Path], pair: tuple[Judge, Judge], settings: DataSettings) -> None:
    if store.attributes != settings.attributes or store.image_size_px != settings.image_size_px:
        raise BenchError(f"{store.manifest} was packed with other attributes or another size than set. Pack again.")
    for file, judge, name in zip(files, pair, "ab", strict=True):
        card = judge.card
        if card.architecture != judges.ARCHITECTURE_OF[name]:
            raise BenchError(f"{file} is no judge {name} but a {card.architecture} one. Name judge a, then judge b.")
        if card.data_digest != store.digest or card.attributes != store.attributes:
            raise BenchError(f"{file} was trained on other faces than {store.manifest} holds. Train it again.")


def training_evaluation(
    settings: Settings, stores: Mapping[int, Store], judges: Sequence[Path], device: torch.device
) -> Callable[[Translator, int], Mapping[str, float]] | None:
    """What an evaluation point measures on the valid split; None without judges or evaluation points."""
    if not judges or settings.training.evaluations == 0:
        return None
    store, images = stores[settings.data.image_size_px], settings.training.evaluation_images
    evaluator = Evaluator(store, "valid", (judges[0], judges[1]), settings.data, images, device)
    return lambda translator, images_seen: evaluator.quick(evaluator.translate(translator))


def translate_split(
    translator: Translator,
    split: Split,
    settings: DataSettings,
    images: int | None = None,
    device: torch.device | str = "cpu",
) -> Translations:
    """All edits, single and combined, and the shuffled ones, of the first `images` rows (None: all) of a split."""
    rules = settings.rules
    tasks = [task for edit in settings.edits if len((task := task_of(split, rules, edit, images)).rows)]
    single = [task for task in tasks if task.edit in rules.attributes]
    shuffled = {task.edit: apply(translator, task, shuffled_targets(task, rules), device) for task in single}
    return Translations(translate(translator, tasks, device), shuffled)


def translate(translator: Translator, tasks: Sequence[Task], device: torch.device | str) -> dict[str, EditedImages]:
    """The translations that `tasks` ask for, by edit."""
    return {task.edit: apply(translator, task, task.targets, device) for task in tasks}


def apply(translator: Translator, task: Task, targets: NDArray[np.bool_], device: torch.device | str) -> EditedImages:
    """Translate a task's sources towards `targets` (n, C)."""
    images, masks, segments = [], [], []
    for start in range(0, len(task.rows), BATCH):
        part = slice(start, start + BATCH)
        levels = torch.from_numpy(targets[part].astype(np.float32)).to(device)
        with torch.no_grad():
            translation = translator(to_model(task.sources[part], device), levels)
        images.append(from_model(translation.image))
        if start < SHOWN:
            masks += [] if translation.mask is None else [from_model(translation.mask * 2 - 1)[..., 0]]
            segments += [] if translation.segment is None else [from_model(translation.segment)]
    return EditedImages(
        task.rows,
        np.concatenate(images),
        np.concatenate(masks)[:SHOWN] if masks else None,
        np.concatenate(segments)[:SHOWN] if segments else None,
    )


def shuffled_targets(task: Task, rules: EditRules) -> NDArray[np.bool_]:
    """Targets (n, C) of another random edit for each image of a single edit's task.

    An image of which no other edit changes a label keeps its own labels as targets.
    """
    random = np.random.default_rng((SHUFFLE_SEED, rules.attributes.index(task.edit)))
    targets = task.labels.copy()
    highest = np.zeros(len(task.rows))
    for edit in rules.attributes:  # the applicable edit with the highest draw: uniform among those that apply
        if edit != task.edit:
            edit_targets, applies = rules.targets(task.labels, edit)
            draw = np.where(applies, 1.0 - random.random(len(task.rows)), 0.0)
            targets[draw > highest] = edit_targets[draw > highest]
            highest = np.maximum(highest, draw)
    return targets
