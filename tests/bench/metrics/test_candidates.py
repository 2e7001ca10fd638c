"""What metrics are given: cells of equal size, pools, and the images that were asked for."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
import torch

from bench.data.tensors import to_model
from bench.errors import BenchError
from bench.evaluation import judges
from bench.evaluation.candidates import CELL_EQUAL, Cell, EvaluationSet, equal_cells
from bench.evaluation.judges import FEATURES
from bench.evaluation.translations import EditedImages
from tests.support.painted_faces import ATTRIBUTES, judge_card
from tests.support.seeing_judges import (
    judge,
)


def test_small_cells_are_dropped_and_listed() -> None:
    sizes = {"Black_Hair": 49, "Blond_Hair": 50, "Smiling": 900}
    cells = equal_cells(Cell(edit, "set", np.arange(size)) for edit, size in sizes.items())
    assert cells.dropped == {"Black_Hair:set": 49}
    assert [len(cell.positions) for cell in cells.kept] == [50, CELL_EQUAL]


def test_cells_are_of_equal_size_where_all_are_large() -> None:
    cells = equal_cells(Cell(edit, "set", np.arange(size)) for edit, size in (("a", 300), ("b", 900)))
    assert [len(cell.positions) for cell in cells.kept] == [300, 300]


def test_a_miniature_keeps_its_small_cells() -> None:
    cells = equal_cells(Cell(edit, "set", np.arange(size)) for edit, size in (("a", 9), ("b", 1)))
    assert [cell.edit for cell in cells.kept] == ["a"]
    assert cells.dropped == {"b:set": 1}
    with pytest.raises(BenchError, match="Evaluate more images"):
        equal_cells([Cell("a", "set", np.arange(3))])


def test_translations_of_other_images_are_refused(drawn: EvaluationSet) -> None:
    edited = {edit: EditedImages(task.rows, task.sources) for edit, task in drawn.tasks.items()}
    assert drawn.candidate(edited).images.keys() == drawn.tasks.keys()
    task = drawn.tasks["Smiling"]
    with pytest.raises(BenchError, match="other images"):
        drawn.candidate(edited | {"Smiling": EditedImages(task.rows[1:], task.sources[1:])})
    with pytest.raises(BenchError, match="lack the edit Smiling"):
        drawn.candidate({edit: images for edit, images in edited.items() if edit != "Smiling"})


def test_pools_are_even_over_attributes_and_directions(drawn: EvaluationSet) -> None:
    sizes = {len(cell.positions) for cell in drawn.cells.kept}
    assert len(drawn.identity.pool()) == min(sizes) * len(drawn.cells.kept)
    assert len(drawn.identity.pooled_features()) == len(drawn.identity.pool())


def test_judgements_do_not_depend_on_the_batch_size(drawn: EvaluationSet, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    network = judges.build(dataclasses.replace(judge_card("a"), attributes=ATTRIBUTES)).eval()
    score_once = judge(network, "a")
    whole = score_once.features(drawn.reals)
    monkeypatch.setattr(judges, "BATCH", 7)
    assert whole.shape == (240, FEATURES)
    np.testing.assert_allclose(score_once.features(drawn.reals), whole, atol=1e-5)
    with torch.no_grad():
        np.testing.assert_array_equal(
            score_once.predict(drawn.reals), (network(to_model(drawn.reals, "cpu")) > 0).numpy()
        )


def test_importing_the_evaluator_imports_no_torchvision() -> None:
    code = (
        "import sys, bench.evaluation.evaluator, bench.registry\n"
        "bench.registry.metrics()\n"
        "print('torchvision' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
