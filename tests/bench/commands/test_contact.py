"""The contact sheet."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from bench import cli
from bench.commands.contact import draw_sheet
from bench.errors import BenchError
from bench.settings import DataSettings, DrawnFaces
from tests import ROOT

DATA = DataSettings(
    source="drawn",
    drawn=DrawnFaces(train=1, valid=1, test=1),
    image_size_px=32,
    attributes=("Black_Hair", "Smiling"),
)
CONFIG = ROOT / "config" / "demo.yaml"


def test_sheet_has_a_row_a_face_and_two_cells_an_edit() -> None:
    sheet = draw_sheet(DATA, ["Smiling"], faces=2, zoom=False)
    assert sheet.shape == (22 + 2 * (218 + 24), 3 * (178 + 6), 3)


def test_zoom_shows_squares_of_the_models_pixels() -> None:
    sheet = draw_sheet(DATA, ["Smiling"], faces=1, zoom=True)
    cell = sheet[22 : 22 + 178, 3:181]
    assert sheet.shape[0] == 22 + 178 + 24
    assert len(np.unique(cell.reshape(-1, 3), axis=0)) <= 32 * 32


def test_command_writes_a_png(tmp_path: Path) -> None:
    output = tmp_path / "sheet.png"
    arguments = ["contact", "--config", str(CONFIG), "--output", str(output), "--faces", "1", "--edits", "Smiling"]
    assert cli.main(arguments) == 0
    assert cv2.imread(str(output)) is not None


def test_unknown_edit_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = str(tmp_path / "sheet.png")
    assert cli.main(["contact", "--config", str(CONFIG), "--output", output, "--edits", "Smilling"]) == 2
    assert "Did you mean 'Smiling'" in capsys.readouterr().err


def test_photos_have_no_contact_sheet() -> None:
    photos = DataSettings(source="celeba", image_size_px=32, attributes=("Smiling",))
    with pytest.raises(BenchError, match="celeba"):
        draw_sheet(photos, ["Smiling"], faces=1, zoom=False)
