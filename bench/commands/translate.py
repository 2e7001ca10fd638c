r"""Apply a trained model: to a split of the data (a step of the workflow), or to your own photos.

A split, every edit, into one file:

    python -m bench translate --config config/demo.yaml --model results/demo/models/acl.plus_mask.seed1.safetensors \
        --pack results/demo/data/pack32.json --split valid --output whole.safetensors --shown shown.safetensors

--output gets what is scored: all of them, also under shuffled targets. --shown gets the first of each edit, which plots
and report show and a run keeps.

Your own photos, of any size and mode, towards attributes of your choice:

    python -m bench translate --model results/demo/models/acl.plus_mask.seed1.safetensors \
        --set Smiling=1 --set Brown_Hair=1 me.jpg you.png --output-folder edited

The middle square of a photo is taken and resized to the model's size. Attributes that are not set keep what judge B of
the model's run sees in the photo. Each photo gives <name>.translation.png and, where the model has them, .mask.png and
.segment.png.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from bench.data.store import Store
from bench.data.tensors import from_model, to_model
from bench.errors import BenchError
from bench.evaluation import judges
from bench.evaluation.inference import translate_split
from bench.evaluation.photos import parse_wanted, photo_targets, read_photo
from bench.method import Translation, Translator
from bench.runtime.atomic_files import appearing_whole
from bench.runtime.progress import progress
from bench.settings import load_settings
from bench.settings.edits import EditRules
from bench.training import device as devices
from bench.training import saved_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of both forms."""
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="trained model (.safetensors)")
    split = parser.add_argument_group("a split of the data")
    split.add_argument("--config", type=Path, metavar="FILE", help="settings")
    split.add_argument("--pack", type=Path, metavar="FILE", help="packed faces")
    split.add_argument("--split", choices=("valid", "test"), help="split that is translated")
    split.add_argument("--output", type=Path, metavar="FILE", help="all translations (.safetensors)")
    split.add_argument("--shown", type=Path, metavar="FILE", help="the first of each edit (.safetensors)")
    photos = parser.add_argument_group("your own photos")
    photos.add_argument("photos", type=Path, nargs="*", metavar="PHOTO", help="photos to translate")
    photos.add_argument(
        "--set", dest="wanted", action="append", default=[], metavar="NAME=0|1", help="attribute to set; repeat"
    )
    photos.add_argument("--judge", type=Path, metavar="FILE", help="judge B (default: the one of the model's run)")
    photos.add_argument("--output-folder", type=Path, metavar="FOLDER", help="where the results go")


def outputs(arguments: argparse.Namespace) -> Sequence[Path]:
    """The files that a translated split leaves."""
    return [file for file in (arguments.shown, arguments.output) if file is not None]


def run(arguments: argparse.Namespace) -> None:
    """Translate a split if --split is given, else photos."""
    if arguments.split:
        _translate_split(arguments)
    else:
        _translate_photos(arguments)


def _translate_split(arguments: argparse.Namespace) -> None:
    if None in (arguments.config, arguments.pack, arguments.output) or arguments.photos:
        raise BenchError("--split needs --config, --pack and --output, and takes no photos.")
    configured = load_settings(arguments.config)
    device = devices.claim(configured.training.device)
    devices.prepare(device)
    loaded = saved_model.load(arguments.model, device)
    store = Store.open(arguments.pack)
    if loaded.card["data_digest"] != store.digest:
        raise BenchError(f"{arguments.model} was trained on other faces than {arguments.pack} holds. Train it again.")
    split = store.split(arguments.split)
    translations = translate_split(_translator(loaded), split, configured.data, configured.scoring.images, device)
    if arguments.shown is not None:
        translations.shown().save(arguments.shown)
    translations.save(arguments.output)


def _translate_photos(arguments: argparse.Namespace) -> None:
    if not arguments.photos or not arguments.wanted or arguments.output_folder is None:
        raise BenchError("Name photos, at least one --set NAME=0|1 and --output-folder (or --split: see --help).")
    devices.prepare(torch.device("cpu"))
    loaded = saved_model.load(arguments.model)
    attributes = loaded.model.problem.attributes
    wanted = parse_wanted(arguments.wanted, attributes)
    rules = EditRules(attributes, tuple(map(tuple, loaded.card["exclusive"])))
    images = np.stack([read_photo(photo, loaded.model.problem.image_size_px) for photo in arguments.photos])
    judge_file = arguments.judge or arguments.model.resolve().parent.parent / "judges" / "judge_b.safetensors"
    labels = np.zeros((len(images), len(attributes)), dtype=np.bool_)
    if set(wanted) != set(attributes):
        if not judge_file.is_file():
            raise BenchError(
                f"There is no judge {judge_file} to see the attributes that are not set."
                f" Name one with --judge, or set all of: {', '.join(attributes)}."
            )
        labels = judges.load(judge_file).predict(images)
    targets = photo_targets(labels, wanted, rules)
    translator = _translator(loaded)
    for photo, image, target in progress(list(zip(arguments.photos, images, targets, strict=True)), "photos", "photo"):
        row = torch.from_numpy(target[None].astype(np.float32))
        with torch.no_grad():
            made = translator(to_model(image[None], "cpu"), row)
        _save(made, arguments.output_folder, photo.stem)


def _translator(loaded: saved_model.Loaded) -> Translator:
    def translate(images: Tensor, targets: Tensor) -> Translation:
        return loaded.model.translate(loaded.generator, images, targets)

    return translate


def _save(made: Translation, folder: Path, stem: str) -> None:
    pictures = {"translation": from_model(made.image)[0]}
    if made.mask is not None:
        pictures["mask"] = from_model(made.mask * 2 - 1)[0, ..., 0]
    if made.segment is not None:
        pictures["segment"] = from_model(made.segment)[0]
    for kind, picture in pictures.items():
        with appearing_whole(folder / f"{stem}.{kind}.png") as private:
            Image.fromarray(picture).save(private)
