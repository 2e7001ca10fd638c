"""The canvas of drawn faces: where masks, blurs and coarse fields come to lie."""

import cv2
import numpy as np
import pytest

from bench.data.drawn.canvas import HEIGHT_PX, WIDTH_PX, Canvas, Floats, Frame, Mask, ellipse, outline

FRAME = Frame(1.1, 8.0, (92.0, 113.0))
SHAPES = {"inside": ellipse(-7, 12, 31, 22), "over the edge": ellipse(60, -70, 40, 50)}


@pytest.fixture
def canvas() -> Canvas:
    return Canvas(np.full((3, HEIGHT_PX, WIDTH_PX), 0.25, np.float32), FRAME)


def whole(mask: Mask) -> Floats:
    alpha = np.zeros((HEIGHT_PX, WIDTH_PX), np.float32)
    alpha[mask.box] = mask.alpha
    return alpha


def test_face_coordinates_of_pixels_invert_the_frame(canvas: Canvas) -> None:
    mask = canvas.mask(SHAPES["inside"])
    points = np.stack(canvas.local(mask), axis=-1).reshape(-1, 2)
    rows, columns = np.mgrid[mask.box]
    assert cv2.transform(points[:, None], FRAME.affine)[:, 0] == pytest.approx(
        np.stack([columns.ravel(), rows.ravel()], axis=1), abs=1e-3
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("soft", [0.8, 2.0, 3.0, 5.0])  # the two wide ones are drawn on the coarse grid
def test_a_soft_mask_is_the_hard_one_blurred(canvas: Canvas, shape: str, soft: float) -> None:
    hard = cv2.copyMakeBorder(whole(canvas.mask(SHAPES[shape])), 60, 60, 60, 60, cv2.BORDER_REPLICATE)
    blurred = cv2.GaussianBlur(hard, (0, 0), soft * FRAME.scale)[60:-60, 60:-60]
    difference = np.abs(whole(canvas.mask(SHAPES[shape], soft=soft)) - blurred)
    assert difference[16:-16, 16:-16].max() < 0.04  # nearer to the edges, what is repeated beyond them differs


@pytest.mark.parametrize("shape", SHAPES)
def test_a_field_computed_on_the_coarse_grid_lies_where_its_pixels_lie(canvas: Canvas, shape: str) -> None:
    mask = canvas.mask(SHAPES[shape])
    for coarse, fine in zip(canvas.coarse(mask), canvas.local(mask), strict=True):
        enlarged = mask.enlarge(coarse)
        assert enlarged.shape == fine.shape
        assert enlarged[2:-2, 2:-2] == pytest.approx(fine[2:-2, 2:-2], abs=1e-2)


def test_painting_and_shading_follow_the_coverage(canvas: Canvas) -> None:
    mask = canvas.mask(SHAPES["inside"], soft=1.0)
    covered = whole(mask)
    canvas.paint(mask, (1.0, 0.5, 0.0), 0.8)
    expected = [0.25 + 0.8 * covered * (value - 0.25) for value in (1.0, 0.5, 0.0)]
    assert canvas.rgb == pytest.approx(np.stack(expected), abs=1e-6)
    canvas.shade(mask, (0.5, 1.0, 2.0))
    shaded = [plane * (1 + covered * (factor - 1)) for plane, factor in zip(expected, (0.5, 1.0, 2.0), strict=True)]
    assert canvas.rgb == pytest.approx(np.stack(shaded), abs=1e-6)


@pytest.mark.parametrize("closed", [True, False])
def test_an_outline_passes_through_its_points(closed: bool) -> None:
    points = ((0.0, 0.0), (10.0, 4.0), (17.0, -3.0), (5.0, -9.0))
    curve = outline(*points, closed=closed)
    assert [min(np.hypot(*(curve - np.array(point)).T)) for point in points] == pytest.approx([0] * 4, abs=1e-5)
