"""Renders the report of a run as one self-contained page, from its tables, figures, cards and settings."""

import base64
import io
import json
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bench import registry
from bench.analysis.contract import CONTRACT_TABLES
from bench.plots.kit import order, theme
from bench.plots.kit.render import read_table
from bench.report import claims, first_screen, page_tables, pictures, prose
from bench.runtime.digest import ROOT
from bench.runtime.result_files import read_json
from bench.settings import Settings
from bench.settings.paths import RunPaths
from bench.workflow.dag import Dag

NEEDED = (*CONTRACT_TABLES, "headline", "ablation")
# Which figures stand in which section; a plot that is named nowhere stands in the appendix.
PLACES: Mapping[str, tuple[str, ...]] = {
    "first": ("times_as_fast", "pair_quality"),
    "search": ("search_time", "trial_costs", "end_to_end", "search_weights"),
    "speed": ("training_speed", "level_times"),
    "quality": ("scores_by_model", "curves"),
    "ablation": ("ablation",),
    "faces": ("faces",),
    "gradients": ("gradients_of_points", "gradients_of_images", "gradients_in_training"),
}


@dataclass(frozen=True)
class Run:
    """A finished run: its settings, its tables by name, its files."""

    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    figures: Path
    paths: RunPaths


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables that the page cannot do without, and all others that are there."""
    names = dict.fromkeys([*NEEDED, *sorted(file.stem for file in folder.glob("*.csv"))])
    return {name: read_table(folder / f"{name}.csv") for name in names}


def render(run: Run) -> str:
    """The whole page as HTML, with the figures of those plots whose tables the run has."""
    loader = PackageLoader("bench", "report")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    there = {*run.tables, "translations"}
    plots = {name: plot for name, plot in registry.plots().items() if there.issuperset(plot.NEEDS)}
    style, script = (Markup(loader.get_source(environment, name)[0]) for name in ("style.css", "script.js"))
    template = environment.get_template("template.html.j2")
    return template.render(context(run, plots), style=style, script=script)


def context(run: Run, plots: Mapping[str, ModuleType]) -> dict[str, Any]:
    """The template's variables."""
    settings, tables = run.settings, run.tables
    figures, letters = pictures.share_glyphs(pictures.load(run.figures, plots, settings, tables))
    placed = {name for names in PLACES.values() for name in names}
    split = order.scored_split(tables["scores"])
    baseline, challenger = (registry.find(model) for model in settings.compare.pair)
    shown_methods = settings.methods | {baseline[0].name, challenger[0].name}
    origin = (commit(), date(run.paths), prose.duration(tables), prose.machine(tables))
    return {
        "settings": settings,
        "run_folder": f"results/{settings.run}",
        "pair": [theme.look(model) for model in reversed(settings.compare.pair)],
        "baseline_method": baseline[0], "baseline_variant": baseline[1],
        "challenger_method": challenger[0], "challenger_variant": challenger[1],
        "headline": first_screen.headline(tables["headline"], settings),
        "cards": first_screen.cards(tables["headline"], tables["ablation"], settings),
        "signs": first_screen.SIGNS,
        "parts": first_screen.parts(tables["ablation"], settings),
        "context": first_screen.context(settings, tables, origin),
        "pair_budgets": first_screen.budgets(settings),
        "devices": prose.devices(tables),
        "answers": claims.answers(tables["claims"], tables.get("claim_parts")),
        "verdicts": claims.summary(tables["claims"]),
        "trials": len(tables["search"]),
        "letters": letters,
        "figures": {section: [figures[name] for name in names if name in figures] for section, names in PLACES.items()},
        "figure_names": set(figures),
        "more_figures": [figure for name, figure in figures.items() if name not in placed],
        "quality_tables": page_tables.by_budget(tables["scores"], settings, split),
        "appendix": page_tables.folded(tables, settings, split),
        "grids": pictures.edit_grid(settings, run.paths),
        "limits": prose.limits(settings, tables),
        "budgets": prose.budgets(settings),
        "optimism": prose.optimism(tables["final_quality"], settings) if "final_quality" in tables else [],
        "coverage": prose.coverage(pd.read_csv(prose.COVERAGE)),
        "power": list(prose.could_have_been_seen(tables["power"])) if "power" in tables else [],
        "caveats": [*filter(None, (prose.quality_caveat(tables["scores"], split),
                                   prose.fid_caveat(tables["scores"], split)))],
        "data_digest": data_digest(settings, run.paths),
        "settings_text": settings_text(settings),
        "versions": versions(run.paths),
        "card_texts": list(card_texts(settings, run.paths)),
        "tables_zip": _zipped(tables),
        "table_names": sorted(tables),
        "methods": [info for name, info in registry.methods().items() if name in shown_methods],
    }  # fmt: skip


def _zipped(tables: Mapping[str, pd.DataFrame]) -> str:
    """All tables as one zip archive in a data address; the same tables give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(tables):
            entry = zipfile.ZipInfo(f"{name}.csv", (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, tables[name].to_csv(index=False), zipfile.ZIP_DEFLATED, 9)
    return f"data:application/zip;base64,{base64.b64encode(stream.getvalue()).decode()}"


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


def card_texts(settings: Settings, paths: RunPaths) -> Iterator[tuple[str, str]]:
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
