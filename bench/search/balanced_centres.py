"""Measures where the gradients of a variant's loss terms balance: centres of ranges, by docs/measures/centres.md."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from bench import registry
from bench.data.batches import Batches
from bench.data.store import Store
from bench.errors import BenchError
from bench.method import Losses, Model
from bench.settings import Settings
from bench.settings.sections import PILOT_SHARE
from bench.training import device as devices
from bench.training.identity import identify
from bench.training.steps import Networks, build_model
from bench.training.trainer import train

BATCHES = 16  # a norm is a mean over so many batches
ADVERSARIAL = "adversarial"
_PILOTS = 1  # keeps the seeds of pilots apart from those of studies


class Norms(NamedTuple):
    """Gradient norms of a part of the losses, each at the parameters of the network that the loss trains."""

    generator: float
    discriminator: float


def pilot_seed(first: int, number: int, batches: bool = False) -> int:
    """The training seed of pilot `number`, equal for every method, or the seed of the batches it is measured on."""
    words = np.random.SeedSequence((first, number, int(batches)), spawn_key=(_PILOTS,)).generate_state(1)
    return int(words[0] >> 1)


def pilot_norms(settings: Settings, model_id: str, stores: Mapping[int, Store], number: int) -> dict[str, Norms]:
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
    batch_seed = pilot_seed(settings.search.seed, number, batches=True)
    batches = Batches(split, training.batch_size, batch_seed, training.targets, training.flip, device)
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


def part_norms(models: Mapping[str, Model], networks: Networks, batches: Batches) -> dict[str, Norms]:
    """By part: the gradient norms of its losses at the parameters of either network, means over the batches."""
    generator, discriminator = networks.generator, networks.discriminator
    norms: dict[str, list[tuple[float, float]]] = {part: [] for part in models}
    for step in range(BATCHES):
        batch = batches.batch(step)
        for part, model in models.items():
            fake = model.translate(generator, batch.images, batch.targets)
            of_generator = model.generator_loss(generator, discriminator, batch, fake)
            of_discriminator = model.discriminator_loss(discriminator, batch, fake.detach())
            norms[part].append((_norm(of_generator, generator), _norm(of_discriminator, discriminator)))
    return {part: Norms(*np.mean(values, axis=0).tolist()) for part, values in norms.items()}


def centre(name: str, norms: Sequence[Mapping[str, Norms]]) -> dict[str, Any]:
    """The centre of one weight from the pilots' norms: adversarial norm / own norm, geometric mean, two digits.

    It is balanced at the generator's parameters, or, where its terms stand in the discriminator's loss alone, at the
    discriminator's. `spread_decades` is the distance between the smallest and the largest over the seeds. BenchError
    where a gradient is 0 or not finite.
    """
    network = "generator" if any(of_part[name].generator != 0 for of_part in norms) else "discriminator"
    term, adversarial = ([getattr(of_part[part], network) for of_part in norms] for part in (name, ADVERSARIAL))
    for part, values in ((ADVERSARIAL, adversarial), (name, term)):
        for number, value in enumerate(values):
            if not 0 < value < math.inf:
                raise BenchError(
                    f"No centre of {name}: in pilot {number} the gradient norm of the loss term of {part!r} at the"
                    f" {network}'s parameters is {value:g}. Set search.centre to 'default', or take {name} out of the"
                    " searched weights: it multiplies nothing that trains."
                )
    logs = np.log10(adversarial) - np.log10(term)
    return {
        "centre": float(f"{10 ** logs.mean():.2g}"),
        "spread_decades": float(logs.max() - logs.min()),
        "network": network,
        "adversarial_norms": adversarial,
        "term_norms": term,
    }


def _norm(losses: Losses, network: nn.Module) -> float:
    """Euclidean norm of the total's gradient at the parameters of a network; 0 where it does not depend on them."""
    if not losses.total.requires_grad:
        return 0.0
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    gradients = torch.autograd.grad(losses.total, parameters, allow_unused=True)
    norms = [torch.linalg.vector_norm(gradient) for gradient in gradients if gradient is not None]
    return float(torch.linalg.vector_norm(torch.stack(norms))) if norms else 0.0


def pilot_images(settings: Settings) -> int:
    """Images of a pilot training, after which gradients are balanced."""
    return round(1000 * PILOT_SHARE * settings.training.budget_kimg)
