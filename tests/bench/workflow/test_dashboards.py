"""The commands that open a run elsewhere can be pasted into a shell."""

from __future__ import annotations

from pathlib import Path

from bench.settings.paths import RunPaths
from bench.workflow.dashboards import commands


def test_commands_name_the_runs_own_folders() -> None:
    journal = Path("results/demo/work/searches/acl.plus_mask.tpe.study0.abc/study.journal")
    board, dashboard = commands(RunPaths(Path("results/demo")), [journal])
    assert board.command == "tensorboard --logdir results/demo/work"
    assert dashboard.command == f"optuna-dashboard {journal}"
    assert dashboard.shows == "the trials of acl.plus_mask.tpe.study0"


def test_odd_folders_are_quoted_and_the_key_is_left_to_the_shell() -> None:
    (_, dashboard) = commands(RunPaths(Path("my runs")), [Path("my runs/study0.*/study.journal")])
    assert dashboard.command == "optuna-dashboard 'my runs/study0.'*/study.journal"
