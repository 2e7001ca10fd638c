"""Measures where the gradients of a variant's loss terms balance: the centres of its search ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from bench import registry
from bench.data.batches import Batches
from bench.data.store import Store
from bench.errors import BenchError
from bench.method import Model
from bench.search.spaces import PILOT_SHARE
from bench.settings import Settings
from bench.training import device as devices
from bench.training.identity import identify
from bench.training.loss_gradients import norm, total_gradient
from bench.training.recipe import build_model
from bench.training.steps import Networks
from bench.training.trainer import train

BATCHES = 16  # a norm is a mean over the samples of so many batches
ADVERSARIAL = "adversarial"
_PILOTS = 1  # keeps the seeds of pilots apart from those of studies


def pilot_seed(first: int, number: int, batches: bool = False) -> int:
    """The training seed of pilot `number`, equal for every method, or the seed of the batches it is measured on."""
    words = np.random.SeedSequence((first, number, int(batches)), spawn_key=(_PILOTS,)).generate_state(1)
    return int(words[0] >> 1)


def pilot_norms(settings: Settings, model_id: str, stores: Mapping[int, Store], number: int) -> dict[str, float]:
    """Train pilot `number`, or take what an earlier start left of it, and return the norms of its `parts`."""
    training = settings.training.model_copy(update={"evaluations": 0})
    pilot, device = settings.model_copy(update={"training": training}), devices.claim(training.device)
    seed, images = pilot_seed(settings.search.seed, number), pilot_images(settings)
    model = build_model(settings, model_id, {}, stores)
    identity = identify(pilot, model_id, model, images / 1000, seed, stores, device)
    work, name = settings.paths.work / "centres" / identity.digest, f"{model_id}.pilot{number}"
    trained = train(model, training, identity, stores, work, name, device, keeps_networks=True)
    assert trained.networks is not None
    split = stores[settings.data.image_size_px].split("train")
    held = pilot_seed(settings.search.seed, number, batches=True)
    batches = Batches(split, training.batch_size, held, training.targets, training.flip, device)
    return part_norms(parts(settings, model_id, stores), trained.networks, batches)


def parts(settings: Settings, model_id: str, stores: Mapping[int, Store]) -> dict[str, Model]:
    """By searched weight, the model whose loss is what this weight multiplies; and the one of the adversarial term.

    A loss is linear in its weights: with one weight at 1 and all others at 0 its total is that weight's terms alone.
    """
    _, variant = registry.find(model_id)
    searched = dict.fromkeys((weight.name for weight in variant.searched), 0.0)
    none = searched | dict.fromkeys(variant.fixed, 0.0)
    alone = {name: build_model(settings, model_id, none | {name: 1.0}, stores) for name in searched}
    return {ADVERSARIAL: build_model(settings, model_id, searched, stores), **alone}


def part_norms(models: Mapping[str, Model], networks: Networks, batches: Batches) -> dict[str, float]:
    """By part: the gradient norm of its loss at the generated images, mean over the samples of the batches."""
    generator, discriminator = networks.generator, networks.discriminator
    norms: dict[str, list[float]] = {name: [] for name in models}
    for step in range(BATCHES):
        batch = batches.batch(step)
        with torch.no_grad():
            fake = models[ADVERSARIAL].translate(generator, batch.images, batch.targets)
        for name, model in models.items():
            norms[name].append(norm(total_gradient(model, generator, discriminator, batch, fake)))
    return {name: float(np.mean(values)) for name, values in norms.items()}


def centre(name: str, norms: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """The centre of one weight from the pilots' norms: adversarial norm / own norm, geometric mean, two digits.

    `spread_decades` is the distance between the smallest and the largest over the seeds. BenchError where a gradient
    is 0 or not finite.
    """
    for number, one in enumerate(norms):
        for part in (ADVERSARIAL, name):
            if not 0 < one[part] < math.inf:
                raise BenchError(
                    f"No centre of {name}: in pilot {number} the gradient norm of the loss term of {part!r} at the"
                    f" generated images is {one[part]:g}. Set search.centre to 'default', or take a reading whose term"
                    " depends on the image."
                )
    logs = [math.log10(one[ADVERSARIAL] / one[name]) for one in norms]
    return {
        "centre": float(f"{10 ** float(np.mean(logs)):.2g}"),
        "spread_decades": max(logs) - min(logs),
        "adversarial_norms": [one[ADVERSARIAL] for one in norms],
        "term_norms": [one[name] for one in norms],
    }


def pilot_images(settings: Settings) -> int:
    """Images of a pilot training, after which gradients are balanced."""
    return round(1000 * PILOT_SHARE * settings.training.budget_kimg)
