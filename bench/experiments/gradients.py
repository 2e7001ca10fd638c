"""The gradient experiments: on points, on images, and in training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import torch

from bench import registry
from bench.data.batches import Batches
from bench.data.store import Split
from bench.experiments.frozen_generator import Frozen, batch_norms, edit_gradients, train_discriminator
from bench.experiments.point_clouds import separation
from bench.method import Model, Problem
from bench.runtime.progress import progress
from bench.settings import GradientSettings, Settings
from bench.training import steps
from bench.training.schedule import Schedule

Row = dict[str, Any]
COLUMNS = ("experiment", "setting", "model", "family", "loss", "images_seen", "seed", "measure", "value")
POINTS = Problem(("A", "B"), 16, 4, 1, 4, (0.5, 0.5), (0.5, 0.5))
# Batches at which norms are read during training: enough for a curve, cheap beside the training itself.
READINGS = 12


def points(plan: GradientSettings) -> Iterator[Row]:
    """Rows of experiment `points`."""
    cases = [(model, distance) for model in plan.models for distance in plan.distances]
    for model_id, distance in progress(cases, "gradients of points", "case"):
        model = registry.build(model_id, {}, {}, POINTS)
        for seed in range(plan.seeds):
            for loss, measure, value in separation(model, distance, plan.point_steps, seed):
                yield _row("points", f"{distance:g}", model_id, model, loss, 0, seed, measure, value)


def images(settings: Settings, models: dict[str, Model], train: Split, valid: Split, seed: int) -> Iterator[Row]:
    """Rows of experiment `images` for one seed; none where true counterfactuals are not known."""
    plan, training = settings.gradients, settings.training
    if plan is None or valid.counterfactuals is None:
        return
    trainer = models[plan.generator]
    networks = steps.build(trainer, training, seed, torch.device("cpu"))
    early = _schedule(settings, trainer)
    early_steps = round(plan.early_share * early.steps)
    batches = _batches(settings, train, seed)
    for setting, stop in (("start", 0), ("early", early_steps)):
        for step in range(stop):
            steps.step(trainer, networks, batches.batch(step), early.updates_generator(step))
        frozen = Frozen(trainer, networks.generator)
        others = _batches(settings, train, seed + plan.seeds)
        for model_id in plan.models:
            model = models[model_id]
            torch.manual_seed(seed)
            discriminator = train_discriminator(
                model, frozen, others, plan.discriminator_steps, training.learning_rate, training.adam_betas
            )
            found = pd.DataFrame(
                edit_gradients(model, discriminator, frozen, valid, settings.data.rules, plan.images),
                columns=["loss", "attribute", "measure", "value"],
            )
            means = found.groupby(["loss", "measure"], as_index=False)["value"].mean()
            for loss, measure, value in means.itertuples(index=False, name=None):
                seen = stop * training.batch_size
                yield _row("images", setting, model_id, model, loss, seen, seed, measure, value)
        networks.generator.train().requires_grad_(True)


def training(settings: Settings, models: dict[str, Model], train: Split, seed: int) -> Iterator[Row]:
    """Rows of experiment `training` for one seed: each model, trained on a share of the budget."""
    plan, training = settings.gradients, settings.training
    assert plan is not None
    for model_id in plan.models:
        model = models[model_id]
        networks = steps.build(model, training, seed, torch.device("cpu"))
        schedule = _schedule(settings, model)
        batches = _batches(settings, train, seed)
        last = max(1, round(plan.norm_share * schedule.steps))
        readings = {round(last * reading / READINGS) for reading in range(READINGS + 1)}
        for step in range(last + 1):
            batch = batches.batch(step)
            if step in readings:
                norms = batch_norms(model, networks.generator, networks.discriminator, batch)
                for loss, value in norms:
                    seen = step * training.batch_size
                    yield _row("training", "norms", model_id, model, loss, seen, seed, "norm", value)
            steps.step(model, networks, batch, schedule.updates_generator(step))


def _schedule(settings: Settings, model: Model) -> Schedule:
    training = settings.training
    budget = round(1000 * training.budget_kimg)
    return Schedule.of_budget(
        budget, training.batch_size, model.variant.n_critic, training.decay_share, 0, training.decay_to
    )


def _batches(settings: Settings, split: Split, seed: int) -> Batches:
    training = settings.training
    return Batches(split, training.batch_size, seed, training.targets, training.flip, "cpu")


def _row(
    experiment: str,
    setting: str,
    model_id: str,
    model: Model,
    loss: str,
    images_seen: int,
    seed: int,
    measure: str,
    value: float,
) -> Row:
    values = (experiment, setting, model_id, model.variant.family, loss, images_seen, seed, measure, value)
    return dict(zip(COLUMNS, values, strict=True))
