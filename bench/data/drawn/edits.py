"""Edits of drawn faces: from the edits that settings name to full target labels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.data.drawn.attributes import DRAWN, Labels
from bench.errors import BenchError
from bench.registry import nearest
from bench.settings import DataSettings
from bench.settings.edits import EditRules


class Editor:
    """Turns labels in the order of `DRAWN` into the labels that each edit of the settings asks for."""

    def __init__(self, settings: DataSettings) -> None:
        """BenchError where an attribute or an exclusive group names what is not drawn."""
        for name in settings.attributes:
            if name not in DRAWN:
                raise BenchError(
                    f"data.attributes: {name!r} is not drawn, so its counterfactual is unknown.{nearest(name, DRAWN)}"
                )
        self._edits = settings.edits
        self._kept = np.array([DRAWN.index(name) for name in settings.attributes])
        self._rules = settings.rules
        self._full_rules = EditRules(DRAWN, settings.exclusive)

    def targets(self, labels: Labels) -> Iterator[tuple[str, Labels]]:
        """Every edit that changes a label among the settings' attributes, with the full labels (len(DRAWN),) it asks.

        The full labels follow the same rules, so a hair edit also clears colours that settings do not translate.
        """
        for edit in self._edits:
            _, changes = self._rules.targets(labels[None, self._kept], edit)
            if changes[0]:
                yield edit, self._full_rules.targets(labels[None], edit)[0][0]
