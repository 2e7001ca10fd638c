"""The command line: one command a module, help that teaches, faults that name their mending."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench import cli
from tests import ROOT


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_help_teaches_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main([command, "--help"])
    said = capsys.readouterr().out
    assert stopped.value.code == 0
    assert command == "schema" or f"python -m bench {command}" in said


def test_every_rule_runs_the_command_of_its_name() -> None:
    rules = "\n".join(file.read_text(encoding="utf-8") for file in sorted(ROOT.glob("workflow/rules/*.smk")))
    names = re.findall(r"^rule (\w+):", rules, re.MULTILINE)
    commands = re.findall(r"python -m bench (\w+)", rules)
    assert names == commands
    assert set(commands) <= set(cli.COMMANDS)


def test_a_fault_of_the_user_is_one_message_and_exit_status_2(
    tmp_path: Path, smoke_content: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    smoke_content["finels"] = []
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(smoke_content), encoding="utf-8")
    assert cli.main(["summary", "--config", str(file)]) == 2
    said = capsys.readouterr().err
    assert "Did you mean 'finals'?" in said
    assert "Traceback" not in said


def test_an_unfinished_run_has_no_summary(
    tmp_path: Path, smoke_content: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    smoke_content["results"] = str(tmp_path)
    file = tmp_path / "smoke.yaml"
    file.write_text(yaml.safe_dump(smoke_content), encoding="utf-8")
    assert cli.main(["summary", "--config", str(file)]) == 2
    assert "has not finished" in capsys.readouterr().err


def test_output_that_nobody_reads_to_its_end_ends_without_a_traceback() -> None:
    command = [sys.executable, "-m", "bench", "schema"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.close()
        said = started.stderr.read()
    assert (started.returncode, said) == (141, "")
