"""Errors in pixels: of the background, and against the true edit."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bench.blocks.networks import frame_window
from bench.evaluation.candidates import EvaluationSet
from bench.evaluation.pixels import FRAME_WIDTH, inside_window, photo_background
from bench.metrics import (
    background_error,
    background_error_window,
    closer_to_counterfactual,
    counterfactual_error,
)
from tests.support.seeing_judges import (
    Images,
    changed,
    values,
)


def test_background_error_sees_only_pixels_that_the_true_edit_leaves(drawn: EvaluationSet) -> None:
    metric = background_error.METRIC(drawn)
    assert values(list(metric.measure(drawn.counterfactual)))["background_error"] == 0.0

    def brighter_bottom_row(edit: str, images: Images) -> Images:
        images[:, -1] += 51
        return images

    scores = values(list(metric.measure(changed(drawn, brighter_bottom_row))), "Smiling")
    unchanged = drawn.tasks["Smiling"].unchanged
    assert unchanged is not None
    share = 16 / unchanged.sum(axis=(1, 2)).mean()
    assert scores["background_error"] == pytest.approx(0.2 * share, rel=1e-5)
    assert scores["background_error_inside"] == 0.0
    assert scores["background_error_outside"] == pytest.approx(0.2 * 16 / 60, rel=1e-5)


@pytest.mark.parametrize("side", [16, 32, 64, 128])
def test_the_whole_window_is_where_a_soft_frame_is_one(side: int) -> None:
    soft = frame_window(torch.zeros(1, 3, side, side), FRAME_WIDTH, soft=True)[0, 0].numpy()
    assert (inside_window(side, side, background_error_window.WHOLE) == (soft == 1)).all()
    assert (soft[inside_window(side, side)] < 1).any()


def test_a_frame_around_an_unchanged_generator_lowers_no_error_in_the_whole_window(drawn: EvaluationSet) -> None:
    soft = frame_window(torch.zeros(1, 3, 16, 16), FRAME_WIDTH, soft=True)[0, 0, :, :, None].numpy()

    def painted(weight: NDArray[np.float32]) -> Callable[[str, Images], Images]:
        return lambda edit, images: (images + (255.0 - images) * 0.4 * weight).astype(np.uint8)

    sides = [changed(drawn, painted(weight)) for weight in (soft, np.ones_like(soft))]
    window, inside = (
        [values(list(metric.METRIC(drawn).measure(side)))[name] for side in sides]
        for metric, name in (
            (background_error_window, "background_error_window"), (background_error, "background_error_inside"),
        )
    )  # fmt: skip
    assert window[0] == window[1] > 0
    assert inside[0] < 0.9 * inside[1]  # what C5 was judged by first


def test_photos_have_their_border_and_all_outside_a_central_ellipse_as_background(photos: EvaluationSet) -> None:
    def face_only(edit: str, images: Images) -> Images:
        images[:, ~photo_background(16, 16)] = 0
        return images

    metric = background_error.METRIC(photos)
    assert values(list(metric.measure(changed(photos, face_only))))["background_error"] == 0.0
    assert photo_background(16, 16)[~inside_window(16, 16)].all()
    assert not photo_background(16, 16)[8, 8]


def test_counterfactual_error_is_divided_by_the_copys(drawn: EvaluationSet) -> None:
    metric = counterfactual_error.METRIC(drawn)
    truth, copy = (values(list(metric.measure(candidate))) for candidate in (drawn.counterfactual, drawn.identity))
    assert truth["counterfactual_error"] == truth["counterfactual_error_outside"] == 0.0
    assert copy["counterfactual_error_relative"] == 1.0
    assert copy["counterfactual_error_outside"] == 0.0

    def half_way(edit: str, images: Images) -> Images:
        truth = drawn.tasks[edit].counterfactuals
        assert truth is not None
        return ((images.astype(int) + truth) // 2).astype(np.uint8)

    half = values(list(metric.measure(changed(drawn, half_way))))
    assert half["counterfactual_error_relative"] == pytest.approx(0.5, abs=0.01)


def test_the_price_at_the_border_counts_only_faces_whose_edit_crosses_the_window(drawn: EvaluationSet) -> None:
    scores = list(counterfactual_error.METRIC(drawn).measure(drawn.identity))
    crossing = {score.attribute: score.n for score in scores if score.metric == "counterfactual_error_crossing"}
    assert crossing["Black_Hair"] == len(drawn.tasks["Black_Hair"].rows)
    assert "Smiling" not in crossing


def test_closer_to_counterfactual_is_judged_inside_the_edit_region_alone(drawn: EvaluationSet) -> None:
    metric = closer_to_counterfactual.METRIC(drawn)

    def spoiled_truth(edit: str, images: Images) -> Images:
        task = drawn.tasks[edit]
        assert task.counterfactuals is not None
        assert task.unchanged is not None
        return np.where(task.unchanged[..., None], 0, task.counterfactuals).astype(np.uint8)

    assert values(list(metric.measure(changed(drawn, spoiled_truth)))) == {"closer_to_counterfactual": 1.0}
    assert values(list(metric.measure(drawn.identity))) == {"closer_to_counterfactual": 0.0}
