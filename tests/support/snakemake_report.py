"""Snakemake's own report of a run, read back."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

NOWHERE = "http://127.0.0.1:9"  # where nobody listens: a download fails at once


class Report(NamedTuple):
    """What the page shows: `results` by path, and `categories`, each with its subcategories and their paths."""

    results: dict[str, dict[str, Any]]
    categories: dict[str, dict[str, list[str]]]
    files: list[str]


def make(checkout: Path, config: Path, archive: Path) -> Report:
    """Make the report of a finished run without a network, and read it."""
    command = [sys.executable, "-m", "snakemake", "--report", str(archive), "--configfile", str(config), "--cores", "1"]
    offline = os.environ | dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)
    done = subprocess.run(command, cwd=checkout, env=offline, text=True, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(archive) as opened:
        files = opened.namelist()
        page = opened.read(f"{archive.stem}/report.html").decode()
    return Report(_variable(page, "results"), _variable(page, "categories"), files)


def _variable(page: str, name: str) -> Any:
    """The JSON value of a variable in the page's script of the same name."""
    script = page.split(f'<script id="{name}">', 1)[1]
    return json.JSONDecoder().raw_decode(script.split("=", 1)[1].lstrip())[0]
