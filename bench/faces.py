"""Draw faces, or find, verify and fetch CelebA, as one CelebA-shaped folder; then say where it lies.

The settings choose the source: `data.source: drawn` draws faces beside the manifest; `celeba` takes CelebA from
`data.folder`, else from files placed by hand in data/celeba, else downloads it there; `folder` takes any CelebA-shaped
folder. The manifest is written last, so faces that have one are whole.

    python -m bench faces --config config/demo.yaml --output results/demo/data/faces.json
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench import cli, settings
from bench.data import celeba
from bench.data.annotations import read_attributes
from bench.data.drawn import draw_dataset
from bench.data.layout import Layout, find_layout, match_images
from bench.data.manifest import Faces, content_digest
from bench.data.packer import available_cores
from bench.data.splits import describe_seeded, split_rows
from bench.settings import DataSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    cli.add_config(parser)
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="manifest of the faces (.json)")
    parser.add_argument(
        "--jobs", type=int, default=available_cores(), metavar="N", help="processes (default: all cores)"
    )


def run(arguments: argparse.Namespace) -> None:
    """Draw, find or fetch the faces."""
    prepare(settings.load(arguments.config).data, arguments.output, arguments.jobs)


def prepare(data: DataSettings, output: Path, jobs: int = 1) -> Faces:
    """Make or find the faces that `data` asks for, check them, and write the manifest `output`."""
    output.unlink(missing_ok=True)
    faces = _drawn(data, output, jobs) if data.source == "drawn" else _found(data)
    faces.write(output)
    return faces


def _drawn(data: DataSettings, output: Path, jobs: int) -> Faces:
    folder = output.with_suffix("").absolute()
    draw_dataset(folder, data, jobs)
    layout = find_layout(folder)
    named = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return Faces(
        source=data.source,
        image_folder=layout.image_folder,
        attributes_file=layout.attributes_file,
        partition_file=layout.partition_file,
        counterfactuals=folder / "counterfactuals",
        unchanged=folder / "unchanged",
        images=len(_checked_images(data, layout)),
        digest=content_digest(named),
    )


def _found(data: DataSettings) -> Faces:
    """A data set of photos: CelebA or a folder of its shape, checked before it is hashed."""
    if data.source == "folder" and data.folder:
        layout = find_layout(data.folder)
    else:
        layout = celeba.obtain(data.folder, celeba.HOME, celeba.CELEBA)
    if layout.partition_file is None:
        print(f"No partition file in {data.folder}: {describe_seeded(data.split_seed)}.", file=sys.stderr)
    files = _checked_images(data, layout)
    named = {f"images/{file.name}": file for file in files}
    annotation_files = (layout.attributes_file, layout.partition_file)
    named |= {path.name: path for path in annotation_files if path is not None}
    return Faces(
        source=data.source,
        image_folder=layout.image_folder,
        attributes_file=layout.attributes_file,
        partition_file=layout.partition_file,
        counterfactuals=None,
        unchanged=None,
        images=len(files),
        digest=content_digest(named),
    )


def _checked_images(data: DataSettings, layout: Layout) -> list[Path]:
    """Every annotated image, once annotations, partition and the images' presence are found right."""
    annotations = read_attributes(layout.attributes_file, data.attributes)
    split_rows(annotations, layout.partition_file, data)
    return [layout.image_folder / name for name in match_images(annotations, layout.image_folder)]
