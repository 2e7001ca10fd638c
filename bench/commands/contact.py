"""Draw a contact sheet of faces, their edits' true counterfactuals and the maps of pixels that an edit leaves alone.

Rows are faces of the test partition, straight from the drawing code: no data set is needed. The first column is the
face; then, for each edit, the true counterfactual and its map (white: the edit leaves the pixel alone). A grey cell is
an edit that would change no label. Example:

    python -m bench contact --config config/demo.yaml --output contact.png --faces 8 --edits Smiling Blond_Hair
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.commands.options import add_config
from bench.data.drawn import DRAWN, TEST, Editor, meet, unchanged
from bench.errors import BenchError
from bench.registry import nearest
from bench.runtime.atomic_files import write_bytes
from bench.settings import DataSettings, load_settings

Image = NDArray[np.uint8]
_GAP, _HEADER, _CAPTION = 6, 22, 18  # pixels
_INK, _NONE = (60, 60, 60), 225  # grey levels of text, and of cells without an edit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_config(parser)
    parser.add_argument("--output", type=Path, required=True, metavar="PNG", help="the sheet")
    parser.add_argument("--faces", type=int, default=6, metavar="N", help="rows (default 6)")
    parser.add_argument("--edits", nargs="+", metavar="EDIT", help="edits shown (default: all of the settings)")
    parser.add_argument("--zoom", action="store_true", help="show what models see: cropped, small, enlarged again")


def run(arguments: argparse.Namespace) -> None:
    """Draw and write the sheet."""
    data = load_settings(arguments.config).data
    edits = arguments.edits or list(data.edits)
    for edit in edits:
        if edit not in data.edits:
            raise BenchError(f"--edits: the settings have no edit {edit!r}.{nearest(edit, data.edits)}")
    if arguments.faces < 1:
        raise BenchError(f"--faces is {arguments.faces}; at least one face makes a sheet.")
    sheet = draw_sheet(data, edits, arguments.faces, arguments.zoom)
    _, encoded = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    write_bytes(arguments.output, encoded.tobytes())
    print(f"{arguments.output}: {arguments.faces} faces, {len(edits)} edits")


def draw_sheet(data: DataSettings, edits: Sequence[str], faces: int, zoom: bool) -> Image:
    """The sheet as RGB: one row a face, two cells an edit; BenchError if the settings have no drawn faces."""
    if data.drawn is None:
        raise BenchError(f"contact draws faces, but data.source is {data.source!r} without a section data.drawn.")
    editor = Editor(data)
    titles = ["face", *(title for edit in edits for title in (_short(edit), "unchanged"))]
    rows = [_face_row(data, editor, edits, data.drawn.seed, index, zoom) for index in range(faces)]
    width = rows[0].shape[1] // len(titles)
    header = np.full((_HEADER, rows[0].shape[1], 3), 255, np.uint8)
    for column, title in enumerate(titles):
        _write(header, title, column * width + _GAP // 2, _HEADER - 7)
    return np.concatenate([header, *rows])


def _face_row(data: DataSettings, editor: Editor, edits: Sequence[str], seed: int, index: int, zoom: bool) -> Image:
    sitter, labels = meet(seed, TEST, index)
    source = sitter.clean(labels)
    targets = dict(editor.targets(labels))
    none = np.full_like(source, _NONE)
    cells = [_decode(sitter.photo(source))]
    for edit in edits:
        if edit not in targets:
            cells += [none, none]
            continue
        result = sitter.clean(targets[edit])
        alone = cv2.cvtColor(unchanged(source, result), cv2.COLOR_GRAY2RGB)
        cells += [_decode(sitter.photo(result)), np.asarray(alone, np.uint8)]
    if zoom:
        cells = [_as_seen(cell, data.crop_px, data.image_size_px) for cell in cells]
    row = np.concatenate([np.pad(cell, ((0, 0), (_GAP // 2,) * 2, (0, 0)), constant_values=255) for cell in cells], 1)
    caption = np.full((_CAPTION + _GAP, row.shape[1], 3), 255, np.uint8)
    _write(caption, ", ".join(name for name, on in zip(DRAWN, labels, strict=True) if on), _GAP // 2, 13)
    return np.concatenate([row, caption])


def _as_seen(image: Image, crop: int, size: int) -> Image:
    """The centre crop at the models' resolution, enlarged to the crop's size without smoothing."""
    top, left = (image.shape[0] - crop) // 2, (image.shape[1] - crop) // 2
    square = image[top : top + crop, left : left + crop]
    small = cv2.resize(square, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (crop, crop), interpolation=cv2.INTER_NEAREST), np.uint8)


def _decode(jpeg: bytes) -> Image:
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)


def _short(edit: str) -> str:
    """A title that fits above a cell."""
    text = edit.replace("_", " ")
    return text if len(text) <= 24 else " + ".join(part.split()[0] for part in text.split("+"))


def _write(image: Image, text: str, x: int, y: int) -> None:
    cv2.putText(image, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, _INK, 1, cv2.LINE_AA)
