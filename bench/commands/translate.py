r"""Edit your own photos, of any size and mode, with a trained model.

    python -m bench translate --model results/demo/models/acl.plus_mask.seed11.safetensors \
        --set Smiling=1 --set Brown_Hair=1 me.jpg you.png --output-folder edited

The middle square of a photo of at most 50 million pixels is taken and resized to the model's size. Attributes that are
not set keep what judge B of the model's run sees in the photo. Each photo gives <name>.translation.png and, where the
model has them, .mask.png and .segment.png.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from bench.data.tensors import from_model, to_model
from bench.errors import BenchError
from bench.evaluation import judges
from bench.evaluation.photos import parse_wanted, photo_targets, read_photo, result_stems
from bench.method import Translation
from bench.runtime.atomic_files import appearing_whole
from bench.runtime.progress import progress
from bench.settings.edits import EditRules
from bench.training import device as devices
from bench.training import saved_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="trained model (.safetensors)")
    parser.add_argument("photos", type=Path, nargs="+", metavar="PHOTO", help="photos to translate")
    parser.add_argument(
        "--set", dest="wanted", action="append", required=True, metavar="NAME=0|1", help="attribute to set; repeat"
    )
    parser.add_argument("--judge", type=Path, metavar="FILE", help="judge B (default: the one of the model's run)")
    parser.add_argument("--output-folder", type=Path, required=True, metavar="FOLDER", help="where the results go")


def run(arguments: argparse.Namespace) -> None:
    devices.prepare(torch.device("cpu"))
    loaded = saved_model.load(arguments.model)
    attributes = loaded.model.problem.attributes
    rules = EditRules(attributes, tuple(map(tuple, loaded.card["exclusive"])))
    wanted, stems = parse_wanted(arguments.wanted, rules), result_stems(arguments.photos)
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
    for stem, image, target in progress(list(zip(stems, images, targets, strict=True)), "photos", "photo"):
        row = torch.from_numpy(target[None].astype(np.float32))
        with torch.no_grad():
            translation = loaded.translate(to_model(image[None], "cpu"), row)
        _save(translation, arguments.output_folder, stem)


def _save(translation: Translation, folder: Path, stem: str) -> None:
    pictures = {"translation": from_model(translation.image)[0]}
    if translation.mask is not None:
        pictures["mask"] = from_model(translation.mask * 2 - 1)[0, ..., 0]
    if translation.segment is not None:
        pictures["segment"] = from_model(translation.segment)[0]
    for kind, picture in pictures.items():
        with appearing_whole(folder / f"{stem}.{kind}.png") as private:
            Image.fromarray(picture).save(private)
