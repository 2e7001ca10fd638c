"""Writes drawn faces as a data set in CelebA's own layout, with the true counterfactual of every edit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.data.drawn.attributes import CELEBA_ATTRIBUTES, DRAWN
from bench.data.drawn.painter import meet, unchanged
from bench.data.layout import ATTRIBUTES, IMAGE_FOLDERS, PARTITION
from bench.errors import BenchError
from bench.registry import nearest
from bench.runtime import workers
from bench.runtime.atomic_files import appearing_whole
from bench.runtime.progress import progress
from bench.settings import DataSettings, DrawnFaces
from bench.settings.edits import EditRules, Labels

IMAGES = IMAGE_FOLDERS[0]
COUNTERFACTUALS, UNCHANGED = "counterfactuals", "unchanged"
TRAIN, VALID, TEST = 0, 1, 2
_CHUNK = 25  # faces a task


@dataclass(frozen=True)
class _Task:
    """Faces `first … first + count - 1` of a partition; the first of them is image number `number`."""

    folder: Path
    settings: DataSettings
    partition: int
    first: int
    count: int
    number: int


def draw_dataset(folder: Path, settings: DataSettings, jobs: int) -> None:
    """Draw the data set of `settings.drawn` into `folder`, replacing what lies there.

    Writes `img_align_celeba/000001.jpg…` (178x218), `list_attr_celeba.txt` (CelebA's 40 columns; what is not drawn is
    -1), `list_eval_partition.txt` (0 train, 1 valid, 2 test) and, for the valid and test images and every
    edit that changes a label of theirs, `counterfactuals/<edit>/<image>.jpg` (the true result, through the same noise
    and JPEG) and `unchanged/<edit>/<image>.png` (255 where the edit leaves the noiseless pixel alone, else 0).

    The result does not depend on `jobs`, the number of processes. The folder appears whole.
    The caller sees to it that one process at a time draws into `folder`.
    Raises BenchError where `settings` edits an attribute that is not drawn, or has no section `drawn`.
    """
    if settings.drawn is None:
        raise BenchError("Drawn faces need the section 'data.drawn': train, valid, test and seed.")
    for name in settings.attributes:
        if name not in DRAWN:
            raise BenchError(
                f"data.attributes: {name!r} is not drawn, so its counterfactual is unknown.{nearest(name, DRAWN)}"
            )
    with appearing_whole(folder, folder=True) as private:
        for name in (IMAGES, *(f"{kind}/{edit}" for kind in (COUNTERFACTUALS, UNCHANGED) for edit in settings.edits)):
            (private / name).mkdir(parents=True)
        tasks = list(_tasks(private, settings, settings.drawn))
        labels = []
        with (
            progress(range(sum(task.count for task in tasks)), "draw faces", "face") as bar,
            workers.mapping(min(jobs, len(tasks))) as apply,
        ):
            for task_labels in apply(_draw, tasks):
                labels.append(task_labels)
                bar.update(len(task_labels))
        partitions = np.concatenate([np.full(task.count, task.partition) for task in tasks])
        _write_lists(private, np.concatenate(labels), partitions)


def edit_targets(settings: DataSettings, labels: Labels) -> Iterator[tuple[str, Labels]]:
    """Every edit that changes a label among the settings' attributes, with the labels that it asks for.

    Labels are full ones, (len(DRAWN),): a hair edit also clears colours that settings do not translate.
    """
    translated = [DRAWN.index(name) for name in settings.attributes]
    for edit in settings.edits:
        _, changes = settings.rules.targets(labels[None, translated], edit)
        if changes[0]:
            yield edit, EditRules(DRAWN, settings.exclusive).targets(labels[None], edit)[0][0]


def _tasks(folder: Path, settings: DataSettings, sizes: DrawnFaces) -> Iterator[_Task]:
    number = 1
    for partition, faces in ((TRAIN, sizes.train), (VALID, sizes.valid), (TEST, sizes.test)):
        for first in range(0, faces, _CHUNK):
            count = min(_CHUNK, faces - first)
            yield _Task(folder, settings, partition, first, count, number)
            number += count


def _draw(task: _Task) -> Labels:
    """Draw and write the faces of a task with one thread; returns their labels (count, len(DRAWN))."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        return np.stack([_draw_face(task, offset) for offset in range(task.count)])
    finally:
        cv2.setNumThreads(threads)


def _draw_face(task: _Task, offset: int) -> Labels:
    assert task.settings.drawn is not None
    sitter, labels = meet(task.settings.drawn.seed, task.partition, task.first + offset)
    name, source = f"{task.number + offset:06d}", sitter.clean(labels)
    (task.folder / IMAGES / f"{name}.jpg").write_bytes(sitter.photo(source))
    if task.partition == TRAIN:
        return labels
    for edit, target in edit_targets(task.settings, labels):
        result = sitter.clean(target)
        (task.folder / COUNTERFACTUALS / edit / f"{name}.jpg").write_bytes(sitter.photo(result))
        _, encoded = cv2.imencode(".png", unchanged(source, result))
        (task.folder / UNCHANGED / edit / f"{name}.png").write_bytes(encoded.tobytes())
    return labels


def _write_lists(folder: Path, labels: Labels, partitions: Iterable[int]) -> None:
    values = np.full((len(labels), len(CELEBA_ATTRIBUTES)), -1)
    values[:, [CELEBA_ATTRIBUTES.index(name) for name in DRAWN]] = np.where(labels, 1, -1)
    rows = [str(len(labels)), " ".join(CELEBA_ATTRIBUTES)]
    rows += [f"{number:06d}.jpg " + " ".join(f"{value:2d}" for value in row) for number, row in enumerate(values, 1)]
    (folder / f"{ATTRIBUTES}.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    lines = (f"{number:06d}.jpg {partition}\n" for number, partition in enumerate(partitions, 1))
    (folder / f"{PARTITION}.txt").write_text("".join(lines), encoding="utf-8")
