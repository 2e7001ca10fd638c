"""Candidates that need no model: they say what a number is worth. Some try to buy it: docs/measures/quality.md."""

from collections.abc import Mapping

import numpy as np

from bench.evaluation.candidates import Candidate, EvaluationSet, Images, Task, directions

FACES = 10


def controls(evaluation: EvaluationSet) -> Mapping[str, Candidate]:
    """By name: copies, others' faces with the right labels, ten such; drawn faces: true edits and half of them."""
    single = {edit: task for edit, task in evaluation.tasks.items() if edit in evaluation.rules.attributes}
    people = {edit: other_people(evaluation, task) for edit, task in single.items()}
    few = {edit: _few(evaluation, task, people[edit]) for edit, task in single.items()}
    candidates = {
        "identity": evaluation.identity,
        "other_person": Candidate(evaluation, people),
        "ten_faces": Candidate(evaluation, few),
    }
    if evaluation.has_truth:
        truths = evaluation.counterfactual
        half = {edit: part_way(task.sources, truths.images[edit], 2) for edit, task in single.items()}
        candidates |= {"counterfactual": truths, "half_way": Candidate(evaluation, half)}
    return candidates


def other_people(evaluation: EvaluationSet, task: Task) -> Images:
    """Real images (n, H, W, 3) of the split with exactly the target labels; the source where there is none.

    No source has its target labels, so every such image shows another face.
    """
    images, labels = task.sources.copy(), np.asarray(evaluation.split.labels)
    for target in np.unique(task.targets, axis=0):
        rows = np.flatnonzero((labels == target).all(axis=1))
        positions = np.flatnonzero((task.targets == target).all(axis=1))
        if len(rows):
            images[positions] = evaluation.split.images[np.resize(rows, len(positions))]
    return images


def part_way(sources: Images, truths: Images, parts: int) -> Images:
    """At most one `parts`-th of the way from the sources to the truths (n, H, W, 3), in every pixel."""
    change = truths.astype(np.int16) - sources
    images: Images = (sources + np.sign(change) * (np.abs(change) // parts)).astype(np.uint8)
    return images


def _few(evaluation: EvaluationSet, task: Task, people: Images) -> Images:
    """The first `FACES` images of each direction, again and again."""
    images = people.copy()
    for positions in directions(task, evaluation.rules).values():
        images[positions] = people[np.resize(positions[:FACES], len(positions))]
    return images
