"""Drawn faces: labels, identities and pictures."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench.data.drawn.attributes import CELEBA_ATTRIBUTES, CELEBA_FREQUENCIES, DRAWN, HAIR_COLOURS, sample
from bench.data.drawn.dataset import TEST, draw_dataset, edit_targets
from bench.data.drawn.identity import Identity
from bench.data.drawn.painter import as_mapping, meet, unchanged
from bench.errors import BenchError
from bench.settings import DataSettings, DrawnFaces

DEMO = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Smiling", "Mouth_Slightly_Open")
CROP = slice(20, 198)
BORDER = 178 // 8


def settings(*attributes: str) -> DataSettings:
    return DataSettings(
        source="drawn",
        drawn=DrawnFaces(train=1, valid=1, test=1),
        image_size_px=32,
        attributes=attributes or DEMO,
        combined_edits=(("Brown_Hair", "Mouth_Slightly_Open", "Smiling"),) if not attributes else (),
    )


@pytest.fixture(scope="module")
def many_labels() -> NDArray[np.bool_]:
    random = np.random.default_rng((0,))
    return np.array([sample(random) for _ in range(12_000)])


def column(labels: NDArray[np.bool_], name: str) -> NDArray[np.float64]:
    return labels[:, DRAWN.index(name)].astype(float)


def test_official_list_has_forty_attributes_in_order_and_holds_the_drawn_ones_in_order() -> None:
    assert len(CELEBA_ATTRIBUTES) == 40
    assert list(CELEBA_ATTRIBUTES) == sorted(CELEBA_ATTRIBUTES)
    assert [name for name in CELEBA_ATTRIBUTES if name in DRAWN] == list(DRAWN)
    assert len(DRAWN) >= 12


@pytest.mark.parametrize("name", DRAWN)
def test_frequencies_are_celebas(many_labels: NDArray[np.bool_], name: str) -> None:
    share = CELEBA_FREQUENCIES[name]
    error = (share * (1 - share) / len(many_labels)) ** 0.5
    assert column(many_labels, name).mean() == pytest.approx(share, abs=4 * error + 0.003)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ("Smiling", "Mouth_Slightly_Open", 0.45, 0.62),
        ("Gray_Hair", "Young", -0.45, -0.25),
        ("Eyeglasses", "Male", 0.1, 0.3),
        ("Eyeglasses", "Young", -0.3, -0.1),
        ("Blond_Hair", "Male", -0.4, -0.2),
        ("Heavy_Makeup", "Wearing_Lipstick", 0.7, 0.9),
        ("Male", "Young", -0.4, -0.2),
    ],
)
def test_correlations_are_celebas(
    many_labels: NDArray[np.bool_], first: str, second: str, low: float, high: float
) -> None:
    assert low < np.corrcoef(column(many_labels, first), column(many_labels, second))[0, 1] < high


def test_hair_colours_are_exclusive_and_two_fifths_have_none_of_the_three(many_labels: NDArray[np.bool_]) -> None:
    colours = np.stack([column(many_labels, name) for name in HAIR_COLOURS])
    assert colours.sum(axis=0).max() == 1
    assert 1 - colours[:3].sum(axis=0).mean() == pytest.approx(0.41, abs=0.02)


def test_bald_heads_have_no_hair_colour_and_no_bangs(many_labels: NDArray[np.bool_]) -> None:
    bald = many_labels[column(many_labels, "Bald") == 1]
    assert not bald[:, [DRAWN.index(name) for name in (*HAIR_COLOURS, "Bangs")]].any()


def test_a_face_is_a_pure_function_of_seed_partition_and_index() -> None:
    first, labels = meet(3, TEST, 7)
    meet(3, TEST, 8)
    second, again = meet(3, TEST, 7)
    assert (labels == again).all()
    assert first.photo(first.clean(labels)) == second.photo(second.clean(again))
    other, _ = meet(3, TEST, 8)
    assert vars(first.identity) == vars(second.identity)
    assert vars(other.identity) != vars(first.identity)


def test_identity_does_not_depend_on_the_labels_drawn() -> None:
    smiles, hair = [], []
    for index in range(400):
        random = np.random.default_rng((1, 0, index))
        smiles.append(as_mapping(sample(random))["Smiling"])
        hair.append(Identity((1, 0, index), random).hair_length)
    assert abs(np.corrcoef(smiles, hair)[0, 1]) < 0.15


def test_pictures_have_celebas_size_and_jpeg_holds_them() -> None:
    sitter, labels = meet(1, 0, 0)
    clean = sitter.clean(labels)
    assert clean.shape == (218, 178, 3)
    assert clean.dtype == np.uint8
    decoded = cv2.imdecode(np.frombuffer(sitter.photo(clean), np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    difference = np.abs(decoded[..., ::-1].astype(float) - clean)
    assert 0 < difference.mean() < 8


def test_counterfactual_of_no_change_is_the_source() -> None:
    sitter, labels = meet(1, TEST, 3)
    first, second = sitter.clean(labels), sitter.clean(labels.copy())
    assert unchanged(first, second).min() == 255
    assert sitter.photo(first) == sitter.photo(second)


@pytest.mark.parametrize("name", DRAWN)
def test_every_drawn_attribute_changes_part_of_the_picture(name: str) -> None:
    sitter, labels = meet(1, TEST, 1)
    labels[[DRAWN.index(other) for other in (*HAIR_COLOURS, "Bald", "Wearing_Hat")]] = False
    flipped = labels.copy()
    flipped[DRAWN.index(name)] ^= True
    alone = unchanged(sitter.clean(labels), sitter.clean(flipped)) == 255
    assert 0.2 < alone.mean() < 0.9995


def test_pixels_called_unchanged_are_equal_and_the_others_are_not() -> None:
    sitter, labels = meet(1, TEST, 2)
    source = sitter.clean(labels)
    for _, target in edit_targets(settings(), labels):
        result = sitter.clean(target)
        alone = unchanged(source, result) == 255
        assert (source[alone] == result[alone]).all()
        assert (source[~alone] != result[~alone]).any(axis=1).all()


def test_an_open_mouth_changes_nothing_above_the_eyes() -> None:
    changed = []
    for index in range(40):
        sitter, labels = meet(3, TEST, index)
        pictures = [sitter.clean(np.where(np.array(DRAWN) == "Mouth_Slightly_Open", on, labels)) for on in (0, 1)]
        x, y = np.nonzero(unchanged(*pictures) == 0)[::-1]
        turn, centre = sitter.identity.frame.affine[:, :2], sitter.identity.frame.affine[:, 2]
        changed.append(np.linalg.solve(turn, np.stack([x, y]) - centre[:, None])[1])  # face coordinates y
    assert np.concatenate(changed).min() > -5


def test_edits_clear_every_other_hair_colour_also_those_not_translated() -> None:
    _, labels = meet(1, TEST, 0)
    labels[[DRAWN.index(name) for name in HAIR_COLOURS]] = False
    labels[DRAWN.index("Gray_Hair")] = True
    targets = dict(edit_targets(settings(), labels))
    after = as_mapping(targets["Blond_Hair"])
    assert [name for name in HAIR_COLOURS if after[name]] == ["Blond_Hair"]


def test_edits_that_change_no_label_are_left_out() -> None:
    _, labels = meet(1, TEST, 0)
    labels[[DRAWN.index(name) for name in HAIR_COLOURS]] = False
    labels[DRAWN.index("Black_Hair")] = True
    assert "Black_Hair" not in dict(edit_targets(settings(), labels))


def test_an_attribute_that_is_not_drawn_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="'Mustache' is not drawn"):
        draw_dataset(tmp_path / "faces", settings("Mustache"), jobs=1)


def test_a_hair_colour_is_visible_on_bald_and_covered_heads() -> None:
    for cover in ("Bald", "Wearing_Hat"):
        sitter, labels = meet(1, TEST, 4)
        labels[[DRAWN.index(name) for name in (*HAIR_COLOURS, "Bald", "Wearing_Hat", "Bangs")]] = False
        labels[DRAWN.index(cover)] = True
        coloured = labels.copy()
        coloured[DRAWN.index("Blond_Hair")] = True
        assert (unchanged(sitter.clean(labels), sitter.clean(coloured)) == 0).mean() > 0.02


def test_hair_crosses_the_framing_window_in_a_third_of_faces() -> None:
    crossing = []
    for index in range(24):
        sitter, labels = meet(1, TEST, index)
        targets = dict(edit_targets(settings("Black_Hair", "Blond_Hair"), labels))
        result = sitter.clean(targets["Blond_Hair"] if "Blond_Hair" in targets else targets["Black_Hair"])
        changed = unchanged(sitter.clean(labels), result)[CROP] == 0
        changed[BORDER:-BORDER, BORDER:-BORDER] = False
        crossing.append(changed.mean() > 0.02)
    assert np.mean(crossing) >= 0.3


def test_shade_changes_with_an_edit_outside_the_edited_part() -> None:
    sitter, labels = meet(1, TEST, 5)
    labels[[DRAWN.index(name) for name in ("Bald", "Wearing_Hat", "Smiling", "Mouth_Slightly_Open", "Male")]] = False
    smiling = labels.copy()
    smiling[DRAWN.index("Smiling")] = True
    point = np.array([[[27, 15]]], np.float32)
    pixels = cv2.transform(point, sitter.identity.frame.affine)[0, 0].round().astype(int)
    x, y = pixels.tolist()
    before, after = sitter.clean(labels), sitter.clean(smiling)
    assert (before[y - 3 : y + 4, x - 3 : x + 4] != after[y - 3 : y + 4, x - 3 : x + 4]).any()
