"""What a run was made of: settings, seeds, versions, cards of models and judges, digests."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from bench.runtime.digest import ROOT
from bench.runtime.result_files import read_json
from bench.settings import Settings
from bench.settings.paths import RunPaths
from bench.workflow.dag import Dag


def settings_text(settings: Settings) -> str:
    """Every setting, defaults included, as YAML, without the folders of the machine."""
    return yaml.safe_dump(portable(settings.model_dump(mode="json")), sort_keys=False, allow_unicode=True, width=100)


def versions(paths: RunPaths) -> dict[str, str]:
    """Versions of Python and packages that the final models were trained with, as their cards say."""
    versions: dict[str, set[str]] = {}
    for card in sorted((paths.root / "models").glob("*.json")):
        for package, version in json.loads(card.read_text(encoding="utf-8")).get("versions", {}).items():
            versions.setdefault(package, set()).add(version)
    return {package: ", ".join(sorted(numbers)) for package, numbers in versions.items()}


def commit() -> str:
    """That the page was made at the commit of this checkout; '' outside one."""
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ""
    return f"page made at commit {done.stdout.strip()}"


def date(paths: RunPaths) -> str:
    """The day on which the run's tables were made; '' where they are not on disk."""
    table = paths.table("claims")
    return f"{datetime.fromtimestamp(table.stat().st_mtime, UTC):%Y-%m-%d}" if table.is_file() else ""


def portable(value: object) -> object:
    """JSON-like values in which an absolute path is its last part alone."""
    if isinstance(value, dict):
        return {key: portable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [portable(item) for item in value]
    return Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value


def cards(settings: Settings, paths: RunPaths) -> Iterator[tuple[str, str]]:
    """Title and JSON text of the cards that lie in the run: faces, pack, judges, winners, each model's first seed."""
    firsts = {settings.paths.weights(final.model, final.seeds[0]).with_suffix(".json") for final in settings.finals}
    for card in Dag(settings).cards:
        if card.parent.name == "models" and card not in firsts:
            continue
        name = card.relative_to(settings.folder)
        if (paths.root / name).is_file():
            yield str(name), json.dumps(read_card(paths.root / name), indent=2, ensure_ascii=False)


def read_card(file: Path) -> Mapping[str, Any]:
    """A JSON card without the folders of the machine, its long lists cut: they stand in the file itself."""
    rules = {"judges": "judge", "searches": "winner", "models": "train", "data": file.stem.rstrip("0123456789")}
    rule = rules[file.parent.name]
    return read_json(file, rule, lambda card: {key: _short(portable(value)) for key, value in card.items()})


def data_digest(settings: Settings, paths: RunPaths) -> str | None:
    """The content digest of the packed faces; None where they are not there any more."""
    pack = paths.pack(settings.data.image_size_px)
    return read_json(pack, "pack", lambda card: str(card["digest"])) if pack.is_file() else None


def _short(value: object) -> object:
    return [*value[:20], f"… {len(value) - 20} more"] if isinstance(value, list) and len(value) > 20 else value
