"""The gradient experiments: on points, on images, and in training (docs/measures/c1.md)."""

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from bench import registry
from bench.data.batches import Batches
from bench.data.store import Split
from bench.experiments import frozen_generator, point_clouds
from bench.experiments.frozen_generator import Frozen
from bench.experiments.loss_gradients import FAMILY
from bench.method import Model, Problem
from bench.runtime.progress import progress
from bench.settings import Settings
from bench.settings.sections import NORM_SEEDS, GradientSettings
from bench.training import steps
from bench.training.schedule import Schedule

Row = dict[str, Any]
COLUMNS = ("experiment", "setting", "model", "family", "loss", "images_seen", "seed", "measure", "value")
POINTS = Problem(("A", "B"), 16, 4, 1, 4, (0.5, 0.5), (0.5, 0.5))
STARTS: Mapping[str, point_clouds.Start] = {"points": "target", "points_at_source": "source"}
# Batches at which norms are read during training: enough for a curve, cheap beside the training itself.
READINGS = 12


def points(plan: GradientSettings) -> Iterator[Row]:
    """Rows of experiments `points` (figure 1) and `points_at_source` (figure 2)."""
    clouds = point_clouds.Clouds.draw(plan.point_seeds, plan.point_steps)
    cases = [(experiment, distance) for experiment in STARTS for distance in plan.distances]
    for experiment, distance in progress(cases, "gradients of points", "case"):
        case = {"experiment": experiment, "setting": f"{distance:g}", "images_seen": 0}
        for control, values in point_clouds.control_separation(clouds, STARTS[experiment], distance):
            yield from _by_seed(case | _control(control) | {"measure": "cosine"}, values)
        for model_id in plan.models:
            model = registry.build(model_id, {}, {}, POINTS)
            for loss, measure, values in point_clouds.separation(model, clouds, STARTS[experiment], distance):
                yield from _by_seed(case | _term(model_id, model, loss) | {"measure": measure}, values)


def images(settings: Settings, models: Mapping[str, Model], train: Split, valid: Split, seed: int) -> Iterator[Row]:
    """Rows of experiment `images` for one seed; none where true counterfactuals are not known."""
    plan, training = settings.gradients, settings.training
    if plan is None or valid.counterfactuals is None:
        return
    trainer = models[plan.generator]
    networks = steps.build(trainer, training, seed, torch.device("cpu"))
    schedule = _schedule(settings, trainer)
    early_steps = round(plan.early_share * schedule.steps)
    batches = _batches(settings, train, seed)
    for setting, stop in (("start", 0), ("early", early_steps)):
        for step in range(stop):
            steps.step(trainer, networks, batches.batch(step), schedule.updates_generator(step))
        frozen = Frozen(trainer, networks.generator)
        case = {"experiment": "images", "setting": setting, "images_seen": stop * training.batch_size, "seed": seed}
        others = _batches(settings, train, seed + plan.seeds)
        for terms, cosine in _attribute_cosines(settings, models, frozen, others, valid, seed):
            yield case | terms | {"measure": "cosine", "value": cosine}
        networks.generator.train().requires_grad_(True)


def training(settings: Settings, models: Mapping[str, Model], train: Split, seed: int) -> Iterator[Row]:
    """Rows of experiment `training` for one seed: each model, trained on a share of the budget."""
    plan, training = settings.gradients, settings.training
    assert plan is not None
    for model_id in plan.models if seed < NORM_SEEDS else ():
        model = models[model_id]
        networks = steps.build(model, training, seed, torch.device("cpu"))
        schedule = _schedule(settings, model)
        batches = _batches(settings, train, seed)
        last = max(1, round(plan.norm_share * schedule.steps))
        readings = {round(last * reading / READINGS) for reading in range(READINGS + 1)}
        for step in range(last + 1):
            if step in readings:
                case = {"experiment": "training", "setting": "norms", "images_seen": step * training.batch_size}
                for loss, value in frozen_generator.batch_norms(model, networks, batches.batch(step)).items():
                    yield case | _term(model_id, model, loss) | {"seed": seed, "measure": "norm", "value": value}
            steps.step(model, networks, batches.batch(step), schedule.updates_generator(step))


def _attribute_cosines(
    settings: Settings, models: Mapping[str, Model], frozen: Frozen, others: Batches, valid: Split, seed: int
) -> Iterator[tuple[Row, float]]:
    """What each control, and each model's every term after its discriminator's training, says of the attribute."""
    plan, training = settings.gradients, settings.training
    assert plan is not None
    edits = frozen_generator.edited_faces(frozen, valid, settings.data.rules, plan.images)
    translations = [frozen.translate(others.batch(step)) for step in range(plan.discriminator_steps)]
    for control, cosine in frozen_generator.control_cosines(edits, seed).items():
        yield _control(control), cosine
    for model_id in plan.models:
        model = models[model_id]
        networks = steps.build(model, training, seed, torch.device("cpu"))
        frozen_generator.train_discriminator(model, networks, others, translations)
        cosines = frozen_generator.attribute_cosines(model, networks, frozen.generator, edits)
        for loss, cosine in cosines.items():
            yield _term(model_id, model, loss), cosine


def _schedule(settings: Settings, model: Model) -> Schedule:
    return Schedule.of(settings.training, round(1000 * settings.training.budget_kimg), model.variant.n_critic)


def _batches(settings: Settings, split: Split, seed: int) -> Batches:
    training = settings.training
    return Batches(split, training.batch_size, seed, training.targets, training.flip, "cpu")


def _term(model_id: str, model: Model, loss: str) -> Row:
    return {"model": model_id, "family": model.variant.family, "loss": loss}


def _control(control: str) -> Row:
    return {"model": control, "family": FAMILY, "loss": FAMILY}


def _by_seed(row: Row, values: list[float]) -> Iterator[Row]:
    for seed, value in enumerate(values):
        yield row | {"seed": seed, "value": value}
