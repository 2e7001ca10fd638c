"""All that the template needs, from the run's tables, figures, cards and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from bench import registry
from bench.paths import RunPaths
from bench.plots import _rows, _style
from bench.reporting import charts, claims, faces, figures, provenance, scores, tables

if TYPE_CHECKING:
    import pandas as pd

    from bench.settings import Settings

# Which figures stand in which section; a plot that is named nowhere stands under "More figures".
PLACES: Mapping[str, tuple[str, ...]] = {
    "search": ("time_to_target", "search_best_so_far", "search_history", "search_weights"),
    "speed": ("training_speed", "curves_by_seconds", "curves_by_images"),
    "quality": ("scores_by_model", "trade_off"),
    "ladder": ("ladder",),
    "faces": ("figure4", "samples"),
    "gradients": ("gradients_of_points", "gradients_of_images", "gradients_in_training"),
}
SEARCH_COLUMNS = ("method", "variant", "sampler", "study", "trial", "state", "objective", "attribute_accuracy",
                  "preservation_accuracy", "fid", "train_seconds", "eval_seconds")  # fmt: skip
TARGET_COLUMNS = ("comparison", "method", "variant", "sampler", "width_decades", "target", "trials", "hits",
                  "expected_trials", "ci_low", "ci_high", "expected_seconds", "seconds_ci_low", "seconds_ci_high",
                  "note")  # fmt: skip


@dataclass(frozen=True)
class Run:
    """A finished run: its settings, its tables by name (`claim_parts` where it is there), its files."""

    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    figures: Path
    paths: RunPaths


def context(run: Run, plots: Mapping[str, ModuleType]) -> dict[str, Any]:
    """The template's variables."""
    settings, found = run.settings, run.tables
    drawn = figures.load(run.figures, plots)
    placed = {name for names in PLACES.values() for name in names}
    split = _rows.scored_split(found["scores"])
    return {
        "settings": settings,
        "baseline": _label(settings.compare.baseline),
        "challenger": _label(settings.compare.challenger),
        "baseline_method": registry.find(settings.compare.baseline)[0],
        "challenger_method": registry.find(settings.compare.challenger)[0],
        "split": split,
        "answers": claims.answers(found["claims"], found.get("claim_parts")),
        "verdicts": claims.summary(found["claims"]),
        "figures": {section: [drawn[name] for name in names if name in drawn] for section, names in PLACES.items()},
        "more_figures": [figure for name, figure in drawn.items() if name not in placed],
        "tables": _tables(run, split),
        "charts": _charts(run),
        "grids": _grids(run),
        "limits": _limits(run),
        "counts": _counts(run),
        "data_digest": provenance.data_digest(settings, run.paths),
        "settings_text": provenance.settings_text(settings),
        "versions": provenance.versions(),
        "cards": list(provenance.cards(settings, run.paths)),
        "table_files": sorted(found),
        "methods": [info for name, info in registry.methods().items() if name in _methods(settings)],
    }


def _tables(run: Run, split: str) -> dict[str, tables.Table]:
    """Tables of the page by name; those without a row are left out."""
    found, settings = run.tables, run.settings
    made = {
        "glance": scores.at_a_glance(found["scores"], found["speed"], settings, split),
        "quality": scores.by_model(found["scores"], settings, split),
        "by_attribute": scores.by_attribute(found["scores"], settings, split),
        "speed": tables.tidy(found["speed"], "Cost of a step.", "../tables/speed.csv"),
        "search": tables.tidy(found["search"], "Every trial of every study.", "../tables/search.csv", SEARCH_COLUMNS),
        "time_to_target": tables.tidy(
            found["time_to_target"], "Search time until the target.", "../tables/time_to_target.csv", TARGET_COLUMNS
        ),
    }
    others = [name for name in settings.scoring.splits if name != split]
    if others:
        made["quality_other"] = scores.by_model(found["scores"], settings, others[0])
    if "claim_parts" in found:
        made["claim_parts"] = tables.tidy(
            found["claim_parts"], "Every part of every claim.", "../tables/claim_parts.csv"
        )
    return {name: table for name, table in made.items() if table.rows}


def _charts(run: Run) -> dict[str, Any]:
    """Interactive charts by name; those without points are left out."""
    found = run.tables
    made = {
        "time_to_target": charts.time_to_target(found["time_to_target"], run.settings),
        "search": charts.search(found["search"], run.settings),
        "curves": charts.curves(found["curves"], run.settings),
    }
    return {name: chart for name, chart in made.items() if chart["views"]}


def _grids(run: Run) -> faces.Grids | None:
    """Edit grids of the first seed of every final model on the first scored split, as far as they were translated."""
    settings, split = run.settings, run.settings.scoring.splits[0]
    files = [run.paths.translations(final.model, final.seeds[0], split) for final in settings.finals]
    files = [file for file in files if file.is_file()]
    pack = run.paths.pack(settings.data.image_size_px)
    return faces.build(files, pack, settings.data.edits) if files and pack.is_file() else None


def _counts(run: Run) -> dict[str, int]:
    """Numbers that the prose names."""
    trained = run.tables["scores"][run.tables["scores"]["method"] != "control"]
    return {
        "models": len(trained[["method", "variant", "seed"]].drop_duplicates()),
        "variants": len(trained[["method", "variant"]].drop_duplicates()),
        "fewest_seeds": int(trained.groupby(["method", "variant"])["seed"].nunique().min()) if len(trained) else 0,
        "trials": len(run.tables["search"]),
        "arms": len(run.tables["search"][["method", "variant"]].drop_duplicates()),
    }


def _limits(run: Run) -> list[str]:
    """What the run cannot say, as far as the settings and tables show it."""
    settings, counts = run.settings, _counts(run)
    said = []
    if settings.data.source == "drawn":
        said.append(
            "Everything here holds on drawn faces. What masks, framing and the background errors show has to be seen "
            "on photos before it is said of photos."
        )
    if counts["models"] and counts["fewest_seeds"] < 8:
        said.append(
            f"Some variants were trained on only {counts['fewest_seeds']} seed(s); claims ask for eight. Intervals "
            "over so few seeds are wide, or there is none."
        )
    if settings.data.image_size_px < 64:
        said.append(f"At {settings.data.image_size_px} px growing has hardly a lower resolution to start from.")
    open_claims = run.tables["claims"].query("verdict == 'inconclusive'")["claim"]
    if len(open_claims):
        said.append(
            f"Left open: {', '.join(open_claims)}. Inconclusive: this run cannot tell, which is not “no effect”."
        )
    said.append(
        "FID is reported and never searched: its bias depends on the model and on the number of images. Logged seconds "
        "were measured with other jobs on the machine; only the cost of a step was measured alone."
    )
    return said


def _label(model_id: str) -> str:
    method, variant = model_id.split(".")
    return _style.label(method, variant)


def _methods(settings: Settings) -> set[str]:
    named = [*settings.search.arms, *(final.model for final in settings.finals), *settings.speed.models]
    return {name.partition(".")[0] for name in (*named, settings.compare.baseline, settings.compare.challenger)}
