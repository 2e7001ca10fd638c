import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from bench.data.resize import FILTER, read_square, read_unchanged, shrink_unchanged
from bench.errors import BenchError
from tests.support.celeba_shaped import smooth_image

BOX, SMALL_BOX = (0, 20, 178, 198), (57, 77, 121, 141)


def pack_through_jpeg(
    pixels: NDArray[np.uint8], box: tuple[int, int, int, int], size_px: int, quality: int
) -> NDArray[np.uint8]:
    encoded = io.BytesIO()
    Image.fromarray(pixels).save(encoded, "JPEG", quality=quality)
    return np.asarray(Image.open(encoded).crop(box).resize((size_px, size_px), FILTER))


def test_the_centre_is_cropped_before_the_resize(tmp_path: Path) -> None:
    pixels = np.zeros((218, 178, 3), np.uint8)
    pixels[:20] = pixels[198:] = 255  # only the rows beyond the crop are bright
    pixels[20:109, :89] = (200, 100, 50)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    square = read_square(tmp_path / "a.png", 178, 32)
    assert square.shape == (32, 32, 3)
    assert square.dtype == np.uint8
    assert square[0, 0].tolist() == [200, 100, 50]
    assert square[-1].max() == 0


def test_the_resize_antialiases_fine_stripes_to_their_mean(tmp_path: Path) -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 200
    Image.fromarray(stripes).save(tmp_path / "a.png")
    inner = read_square(tmp_path / "a.png", 64, 16)[:, 1:-1].astype(int)  # the border's window is cut off
    assert np.abs(inner - 100).max() <= 1


def test_grey_palette_and_rotated_images_become_upright_rgb(tmp_path: Path) -> None:
    smooth_image(1).convert("L").save(tmp_path / "grey.png")
    smooth_image(1).convert("P").save(tmp_path / "palette.png")
    rotated = smooth_image(1, 60, 40)
    exif = rotated.getexif()
    exif[0x0112] = 6  # stored lying on its side
    rotated.save(tmp_path / "rotated.jpg", exif=exif, quality=100, subsampling=0)
    assert read_square(tmp_path / "grey.png", 178, 16).shape == (16, 16, 3)
    assert read_square(tmp_path / "palette.png", 178, 16).shape == (16, 16, 3)
    upright = np.asarray(rotated.rotate(-90, expand=True).crop((0, 10, 40, 50)).resize((16, 16), FILTER))
    assert np.abs(read_square(tmp_path / "rotated.jpg", 40, 16).astype(int) - upright).max() <= 6


@pytest.mark.parametrize("content", [b"", b"no image", b"\xff\xd8\xff\xe0broken"])
def test_an_unreadable_image_is_named_with_the_line_that_asked_for_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(BenchError, match=r"a\.jpg \(list\.txt, line 7\): the image cannot be read.*Put back"):
        read_square(tmp_path / "a.jpg", 178, 16, "list.txt, line 7")


def test_a_jpeg_that_breaks_off_is_unreadable(tmp_path: Path) -> None:
    smooth_image(1).save(tmp_path / "a.jpg")
    (tmp_path / "a.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:-400])
    with pytest.raises(BenchError, match="cannot be read"):
        read_square(tmp_path / "a.jpg", 178, 16)


def test_missing_and_too_small_images_are_errors(tmp_path: Path) -> None:
    smooth_image(1, 100, 60).save(tmp_path / "small.png")
    with pytest.raises(BenchError, match=r"no such file"):
        read_square(tmp_path / "a.png", 178, 16)
    with pytest.raises(BenchError, match=r"is 100x60, smaller than the crop of 178\. Set data\.crop_px to 60"):
        read_square(tmp_path / "small.png", 178, 16)


@given(
    seed=st.integers(0, 10**6),
    quality=st.integers(30, 95),
    box=st.sampled_from((BOX, SMALL_BOX)),
    size=st.sampled_from((16, 32, 64, 128)),
)
@settings(max_examples=40, deadline=None)
def test_pixels_called_unchanged_are_equal_bit_for_bit_after_jpeg_and_resize(
    seed: int, quality: int, box: tuple[int, int, int, int], size: int
) -> None:
    draw = np.random.default_rng(seed)
    before = np.asarray(smooth_image(seed)).copy()
    top, left = draw.integers(0, 200), draw.integers(0, 170)
    edited = (slice(top, top + draw.integers(1, 60)), slice(left, left + draw.integers(1, 60)))
    after = before.copy()
    after[edited] = draw.integers(0, 256, after[edited].shape)
    unchanged = shrink_unchanged((before == after).all(axis=2), box, size)
    equal = (pack_through_jpeg(before, box, size, quality) == pack_through_jpeg(after, box, size, quality)).all(axis=2)
    assert equal[unchanged].all()


def test_an_edit_in_one_corner_leaves_the_far_rest_unchanged(tmp_path: Path) -> None:
    unchanged = np.full((218, 178), 255, np.uint8)
    unchanged[20:30, :10] = 0
    Image.fromarray(unchanged).save(tmp_path / "a.png")
    packed = read_unchanged(tmp_path / "a.png", 178, 32)
    assert not packed[:2, :2].any()
    assert packed[6:].all()
    assert packed[:, 6:].all()


def test_without_an_edit_everything_is_unchanged() -> None:
    assert shrink_unchanged(np.ones((218, 178), np.bool_), BOX, 32).all()
