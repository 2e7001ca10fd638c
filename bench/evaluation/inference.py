"""Translates a split's images under every edit, with any translator; needs no judges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from bench.data.store import Split
from bench.data.tensors import from_model, to_model
from bench.evaluation.edit_tasks import Task
from bench.evaluation.edit_tasks import task as task_of
from bench.evaluation.translations import SHOWN, EditedImages, Translations
from bench.method import Translator
from bench.settings import DataSettings
from bench.settings.edits import EditRules

BATCH = 64
SHUFFLE_SEED = 20


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
    single = [task for task in tasks if task.edit in rules.single_edits()]
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
    for edit in rules.single_edits():  # the applicable edit with the highest draw: uniform among those that apply
        if edit != task.edit:
            edit_targets, applies = rules.targets(task.labels, edit)
            draw = np.where(applies, 1.0 - random.random(len(task.rows)), 0.0)
            targets[draw > highest] = edit_targets[draw > highest]
            highest = np.maximum(highest, draw)
    return targets
