r"""Measure where the gradients of a variant's loss terms balance: the centres of the ranges that are searched.

    python -m bench centres --config config/study.yaml --model acl.plus_mask \
        --pack results/study/data/pack64.json --output results/study/searches/acl.plus_mask.centres.json

One rule for every method: a searched weight is centred where the gradient norm of its terms at the generator's
parameters equals that of the adversarial term, after a training at the default weights on a tenth of the images. A
weight of the discriminator's loss alone is balanced at the discriminator's parameters. The adversarial term is what a
loss keeps where every searched weight is 0: the terms of fixed weight, at that weight (ACL-GAN's attribute loss,
StarGAN's adversarial loss). Centres are geometric means over `search.pilot_seeds` seeds, which no study has, and are
given to two digits: machines that differ in the last bits search the same ranges. docs/measures/centres.md says why.

Stopped at any moment and started again, it goes on where it was.
"""

import argparse

from bench import registry
from bench.commands import options
from bench.data.store import open_stores
from bench.runtime import atomic_files
from bench.search.balanced_centres import centre, pilot_images, pilot_norms, pilot_seed
from bench.settings import load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config", "variant", "packs", output="the centres, .json")


def run(arguments: argparse.Namespace) -> None:
    settings = load_settings(arguments.config)
    stores = open_stores(arguments.pack)
    model_id, numbers = arguments.model, range(settings.search.pilot_seeds)
    norms = [pilot_norms(settings, model_id, stores, number) for number in numbers]
    content = {
        "model": model_id,
        "images": pilot_images(settings),
        "seeds": [pilot_seed(settings.search.seed, number) for number in numbers],
        "weights": {weight.name: centre(weight.name, norms) for weight in registry.find(model_id)[1].searched},
    }
    atomic_files.write_json(arguments.output, content)
