"""Edits: which labels a test image is asked to take (docs/design.md). Pure numpy.

An edit is named by the attributes it concerns: `Smiling` flips, `Brown_Hair` (one of an exclusive group) sets it and
clears the rest of its group, `Brown_Hair+Smiling` sets all of its attributes on.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.bool_]


@dataclass(frozen=True)
class EditRules:
    """The attributes in order, and the groups of which at most one can be on (hair colours)."""

    attributes: tuple[str, ...]
    exclusive: tuple[tuple[str, ...], ...]

    def group(self, attribute: str) -> tuple[str, ...]:
        """The exclusive group of `attribute`, or () when it flips."""
        return next((group for group in self.exclusive if attribute in group), ())

    def targets(self, labels: Labels, edit: str) -> tuple[Labels, NDArray[np.bool_]]:
        """Targets (N, C) that `edit` asks of faces with `labels` (N, C), and whether it changes anything (N,).

        An edit that would change no label is none: callers leave those rows out.
        """
        names = edit.split("+")
        targets = labels.copy()
        for name in names:
            column, flips = self.attributes.index(name), len(names) == 1 and not self.group(name)
            targets[:, concerned_columns(name, self)] = False
            targets[:, column] = ~labels[:, column] if flips else True
        return targets, (targets != labels).any(axis=1)


def concerned_columns(edit: str, rules: EditRules) -> list[int]:
    """Columns that `edit` is about: its attributes, and the rest of their exclusive groups."""
    names = {name for attribute in edit.split("+") for name in (attribute, *rules.group(attribute))}
    return [column for column, name in enumerate(rules.attributes) if name in names]
