"""A command that waited for the same job adopts its result; any other case does the work."""

import argparse
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

from bench import cli

FIRST_JOB = """
import argparse, sys
from pathlib import Path
from types import ModuleType
from bench import cli

def run(arguments):
    print("started", flush=True)
    sys.stdin.readline()
    arguments.output.write_text("by the first job")

cli.source_digest = lambda *names: "source"
module = ModuleType("bench.made")
module.run = run
cli.run(module, argparse.Namespace(output=Path(sys.argv[1]), seed=1))
"""


class Command(ModuleType):
    """A command module."""

    def __init__(self) -> None:
        super().__init__("bench.made")

    def run(self, arguments: argparse.Namespace) -> None:
        arguments.output.write_text("by the second job")


@pytest.fixture(autouse=True)
def _same_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both jobs have equal source, even where files are edited while the test runs."""
    monkeypatch.setattr(cli, "source_digest", lambda *names: "source")


def second_job_while_the_first_runs(output: Path, seed: int) -> str:
    command = [sys.executable, "-c", FIRST_JOB, str(output)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdin is not None
        assert first.stdout is not None
        first.stdout.readline()
        go_on = threading.Timer(0.5, first.stdin.close)
        go_on.start()
        cli.run(Command(), argparse.Namespace(output=output, seed=seed))
        go_on.join()
    return output.read_text()


def test_a_second_identical_job_adopts_what_the_first_wrote(tmp_path: Path) -> None:
    assert second_job_while_the_first_runs(tmp_path / "result.csv", seed=1) == "by the first job"


def test_a_job_with_other_arguments_waits_and_then_does_its_own_work(tmp_path: Path) -> None:
    assert second_job_while_the_first_runs(tmp_path / "result.csv", seed=2) == "by the second job"


def test_a_job_that_did_not_wait_writes_even_where_an_output_lies(tmp_path: Path) -> None:
    output = tmp_path / "result.csv"
    output.write_text("old")
    cli.run(Command(), argparse.Namespace(output=output))
    assert output.read_text() == "by the second job"
