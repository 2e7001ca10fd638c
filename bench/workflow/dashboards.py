"""The exact commands that open a run's searches and trainings in other tools' dashboards."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.settings.paths import RunPaths


@dataclass(frozen=True)
class Look:
    """A command, and what it shows."""

    command: str
    shows: str


def commands(paths: RunPaths, journals: Sequence[Path]) -> list[Look]:
    """TensorBoard over all trainings of the run, and optuna-dashboard over each journal; `*` is left to the shell."""
    looks = [
        Look(
            f"tensorboard --logdir {shlex.quote(str(paths.work))}",
            "losses and evaluation points of every training and trial",
        )
    ]
    looks += [
        Look(f"optuna-dashboard {_quoted(journal)}", f"the trials of {journal.parent.name.rsplit('.', 1)[0]}")
        for journal in journals
    ]
    return looks


def _quoted(path: Path) -> str:
    return "*".join(shlex.quote(part) if part else "" for part in str(path).split("*"))
