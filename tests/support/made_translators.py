"""Made translators that try to buy good scores, and the true counterfactual among them: images by edit, no training.

Each takes an evaluation of drawn faces and gives the images that it shows for an edit. `noise_*` know the judges'
gradients, others the true counterfactuals of these faces or of other people. No method knows any of them.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import avg_pool2d, binary_cross_entropy_with_logits, pad

from bench.data.store import Split
from bench.data.tensors import from_model, to_model
from bench.evaluation.candidates import Candidate, EvaluationSet, Task, directions
from bench.evaluation.controls import part_way
from bench.evaluation.evaluator import Evaluator
from bench.evaluation.judges import Judge, ResidualJudge

Images = NDArray[np.uint8]
Translator = Callable[[EvaluationSet, Task], Images]
NOISE = 8 / 255  # of the [0, 1] range, as attacks on classifiers are usually bounded
ATTACK_STEPS = 10


def made_translators(train: Split) -> Mapping[str, Translator]:
    """Every made translator by name; `train` is where faces of training are taken from. `truth` is the honest one."""
    return {
        "truth": truth,
        "copy": copy,
        "tint": tint,
        "blur": lambda evaluation, task: blurred(task.sources),
        "random_noise": random_noise,
        "mean_face": lambda evaluation, task: per_cell(evaluation, task, _mean_of),
        "one_face_for_all": lambda evaluation, task: np.repeat(truth(evaluation, task)[:1], len(task.rows), axis=0),
        "one_face_a_cell": lambda evaluation, task: per_cell(evaluation, task, lambda truths: truths[:1]),
        "ten_faces_a_cell": lambda evaluation, task: per_cell(evaluation, task, lambda truths: truths[:10]),
        "another_persons_truth": lambda evaluation, task: per_cell(evaluation, task, _next_person),
        "another_persons_edit_pasted": another_persons_edit_pasted,
        "neighbour_in_training": lambda evaluation, task: neighbours(task, train),
        "truth_of_another_edit": truth_of_another_edit,
        "truth_on_another_background": truth_on_another_background,
        "quarter_way": lambda evaluation, task: part_way(task.sources, truth(evaluation, task), 4),
        "half_way": lambda evaluation, task: part_way(task.sources, truth(evaluation, task), 2),
        "noise_against_judge_a": lambda evaluation, task: attack(task, truth(evaluation, task), [evaluation.judge_a]),
        "noise_against_both_judges": lambda evaluation, task: attack(
            task, truth(evaluation, task), [evaluation.judge_a, evaluation.judge_b]
        ),
    }


def scored(evaluator: Evaluator, train: Split) -> pd.DataFrame:
    """What a trial's evaluation measures of every made translator, by its name; `objective` is quality."""
    evaluation = evaluator.evaluation
    tasks = [evaluation.tasks[edit] for edit in evaluation.rules.attributes if edit in evaluation.tasks]
    rows = {}
    for name, translator in made_translators(train).items():
        images = {task.edit: translator(evaluation, task) for task in tasks}
        rows[name] = evaluator.measure(Candidate(evaluation, images))
    table = pd.DataFrame.from_dict(rows, orient="index").rename(columns={"quality": "objective"})
    return table.assign(preservation_ceiling=evaluator.preservation_ceiling)


def truth(evaluation: EvaluationSet, task: Task) -> Images:
    """The true counterfactuals."""
    assert task.counterfactuals is not None
    return task.counterfactuals


def copy(evaluation: EvaluationSet, task: Task) -> Images:
    """The sources."""
    return task.sources


def tint(evaluation: EvaluationSet, task: Task) -> Images:
    """A colour cast of its own for every edit."""
    cast = np.random.default_rng(evaluation.rules.attributes.index(task.edit)).integers(-40, 41, 3)
    return _to_uint8(task.sources + cast)


def random_noise(evaluation: EvaluationSet, task: Task) -> Images:
    """The sources under Gaussian noise."""
    return _to_uint8(task.sources + np.random.default_rng(0).normal(0, 12, task.sources.shape))


def blurred(images: Images) -> Images:
    """A box blur of 5 px."""
    pixels = to_model(images, "cpu")
    return from_model(avg_pool2d(pad(pixels, (2, 2, 2, 2), "replicate"), 5, 1))


def per_cell(evaluation: EvaluationSet, task: Task, shown: Callable[[Images], Images]) -> Images:
    """What `shown` gives for the true counterfactuals of each direction, repeated until every face has an image."""
    images = np.zeros_like(task.sources)
    for positions in directions(task, evaluation.rules).values():
        faces = shown(truth(evaluation, task)[positions])
        images[positions] = faces[np.arange(len(positions)) % max(len(faces), 1)]
    return images


def another_persons_edit_pasted(evaluation: EvaluationSet, task: Task) -> Images:
    """The source, but inside the region of its edit what another person's true edit shows there."""
    assert task.unchanged is not None
    other = per_cell(evaluation, task, _next_person)
    return np.where(task.unchanged[..., None], task.sources, other)


def truth_on_another_background(evaluation: EvaluationSet, task: Task) -> Images:
    """The true edit, but all that it should leave alone is another person's."""
    assert task.unchanged is not None
    other = np.roll(task.sources, 1, axis=0)
    return np.where(task.unchanged[..., None], other, truth(evaluation, task))


def truth_of_another_edit(evaluation: EvaluationSet, task: Task) -> Images:
    """The true counterfactual of the next edit, and the source where that edit does not concern the face."""
    edits = [edit for edit in evaluation.rules.attributes if edit in evaluation.tasks]
    other = evaluation.tasks[edits[(edits.index(task.edit) + 1) % len(edits)]]
    images = task.sources.copy()
    _, mine, theirs = np.intersect1d(task.rows, other.rows, return_indices=True)
    images[mine] = truth(evaluation, other)[theirs]
    return images


def neighbours(task: Task, train: Split) -> Images:
    """For every source the nearest face (in pixels) of `train` that has all the target labels."""
    labels, faces = np.asarray(train.labels), np.asarray(train.images)
    images = task.sources.copy()
    for row, target in enumerate(task.targets):
        fitting = np.flatnonzero((labels == target).all(axis=1))
        if len(fitting):
            distances = ((faces[fitting].astype(np.int32) - task.sources[row]) ** 2).sum(axis=(1, 2, 3))
            images[row] = faces[fitting[distances.argmin()]]
    return images


def attack(task: Task, truths: Images, judges: list[Judge]) -> Images:
    """Sources under noise of at most `NOISE` that makes judge A see the truth's features, and B the target labels."""
    images = task.sources
    targets = torch.from_numpy(task.targets.astype(np.float32))
    parts = [slice(first, first + 128) for first in range(0, len(images), 128)]
    return np.concatenate([_attack(images[part], truths[part], targets[part], judges) for part in parts])


def _attack(images: Images, truths: Images, targets: Tensor, judges: list[Judge]) -> Images:
    source = to_model(images, "cpu")
    bound = 2 * NOISE  # of the [-1, 1] range
    noise = torch.zeros_like(source)
    aim = torch.from_numpy(judges[0].features(truths)).float()
    for step in range(ATTACK_STEPS):
        noise.requires_grad_()
        loss = torch.zeros(())
        for judge in judges:
            network: Any = judge.network
            if isinstance(network, ResidualJudge):
                loss = loss + (network.embed(source + noise) - aim).square().mean()
            else:
                loss = loss + binary_cross_entropy_with_logits(network(source + noise), targets)
        (gradient,) = torch.autograd.grad(loss, noise)
        pace = bound / 4 * (1 - step / ATTACK_STEPS)
        noise = ((source + (noise.detach() - pace * gradient.sign()).clamp(-bound, bound)).clamp(-1, 1)) - source
    return from_model(source + noise)


def _mean_of(images: Images) -> Images:
    return _to_uint8(images.mean(axis=0, keepdims=True)) if len(images) else images


def _next_person(images: Images) -> Images:
    return np.roll(images, 1, axis=0)


def _to_uint8(levels: NDArray[Any]) -> Images:
    return np.round(levels).clip(0, 255).astype(np.uint8)
