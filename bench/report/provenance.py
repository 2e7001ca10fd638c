"""What a run was made of: settings, seeds, versions, cards of models and judges, digests."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from bench.settings import Settings
from bench.settings.paths import RunPaths
from bench.workflow.dag import Dag

PACKAGES = (
    "torch",
    "numpy",
    "pandas",
    "optuna",
    "torch-fidelity",
    "scipy",
    "snakemake-minimal",
    "snakemake",
    "matplotlib",
)


def settings_text(settings: Settings) -> str:
    """Every setting, defaults included, as YAML."""
    return yaml.safe_dump(settings.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=100)


def versions() -> dict[str, str]:
    """Versions of Python, the system and the packages that numbers depend on, as far as they are installed here."""
    found = {"Python": platform.python_version(), "system": platform.platform()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def cards(settings: Settings, paths: RunPaths) -> Iterator[tuple[str, str]]:
    """Title and JSON text of every card that lies in the run: faces, pack, judges, winners, models."""
    for card in Dag(settings).cards:
        name = card.relative_to(settings.folder)
        if (paths.root / name).is_file():
            yield str(name), json.dumps(read_card(paths.root / name), indent=2, ensure_ascii=False)


def read_card(file: Path) -> Mapping[str, Any]:
    """A JSON card, its long lists cut: they stand in the file itself."""
    return {key: _short(value) for key, value in json.loads(file.read_text(encoding="utf-8")).items()}


def data_digest(settings: Settings, paths: RunPaths) -> str | None:
    """The content digest of the packed faces; None where they are not there any more."""
    pack = paths.pack(settings.data.image_size_px)
    return json.loads(pack.read_text(encoding="utf-8")).get("digest") if pack.is_file() else None


def _short(value: object) -> object:
    return [*value[:20], f"… {len(value) - 20} more"] if isinstance(value, list) and len(value) > 20 else value
