"""Edits: what a face is asked to become."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bench.settings.edits import EditRules

RULES = EditRules(("Black_Hair", "Blond_Hair", "Smiling"), (("Black_Hair", "Blond_Hair", "Gray_Hair"),))
LABELS = np.array([[1, 0, 0], [0, 1, 1], [0, 0, 1]], dtype=bool)


def test_an_attribute_outside_a_group_flips() -> None:
    targets, changes = RULES.targets(LABELS, "Smiling")
    assert targets.tolist() == [[True, False, True], [False, True, False], [False, False, False]]
    assert changes.all()


def test_a_hair_colour_is_set_and_the_others_are_cleared() -> None:
    targets, _ = RULES.targets(LABELS, "Black_Hair")
    assert targets.tolist() == [[True, False, False], [True, False, True], [True, False, True]]


def test_an_edit_that_changes_no_label_is_none() -> None:
    _, changes = RULES.targets(LABELS, "Black_Hair")
    assert changes.tolist() == [False, True, True]


def test_a_combined_edit_sets_all_of_its_attributes_on() -> None:
    targets, changes = RULES.targets(LABELS, "Blond_Hair+Smiling")
    assert targets.tolist() == [[False, True, True]] * 3
    assert changes.tolist() == [True, False, True]


def test_groups_name_attributes_that_are_not_translated_without_harm() -> None:
    assert RULES.group("Gray_Hair")
    assert RULES.group("Smiling") == ()


@given(arrays.arrays(bool, (5, 3)), st.sampled_from(RULES.attributes))
def test_edits_touch_no_other_attribute_and_leave_the_labels_alone(labels: np.ndarray, edit: str) -> None:
    before = labels.copy()
    targets, changes = RULES.targets(labels, edit)
    concerned = [RULES.attributes.index(name) for name in RULES.attributes if name in (edit, *RULES.group(edit))]
    others = [column for column in range(3) if column not in concerned]
    assert np.array_equal(labels, before)
    assert np.array_equal(targets[:, others], labels[:, others])
    assert np.array_equal(changes, (targets != labels).any(axis=1))


@given(arrays.arrays(bool, (5, 3)), st.sampled_from(RULES.attributes))
def test_after_a_hair_edit_exactly_one_colour_is_on(labels: np.ndarray, edit: str) -> None:
    targets, _ = RULES.targets(labels, edit)
    if RULES.group(edit):
        assert (targets[:, :2].sum(axis=1) == 1).all()
