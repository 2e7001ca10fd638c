"""All that the template needs, from the run's tables, figures, cards and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from bench import registry
from bench.analysis import control_views
from bench.plots.kit import dot_rows, theme
from bench.report import (
    charts,
    claims,
    face_sheets,
    html_tables,
    inline_figures,
    intervals,
    power,
    prose,
    provenance,
    scores,
)
from bench.settings.paths import RunPaths
from bench.workflow import dashboards

if TYPE_CHECKING:
    import pandas as pd

    from bench.settings import Settings

# Which figures stand in which section; a plot that is named nowhere stands under "More figures".
PLACES: Mapping[str, tuple[str, ...]] = {
    "search": (
        "search_ratio", "time_to_target", "search_factors", "search_best_so_far", "search_weights",
        "search_importance",
    ),
    "search_twins": ("search_reached", "search_history"),
    "speed": ("training_speed", "cost_ratios"),
    "curves_twins": ("curves_by_seconds", "curves_by_images"),
    "quality": ("scores_by_model", "trade_off"),
    "ladder": ("ladder",),
    "figure4": ("figure4",),
    "faces": ("samples",),
    "gradients": ("gradients_of_points", "gradients_of_images", "gradients_in_training"),
}  # fmt: skip
SEARCH_COLUMNS = ("method", "variant", "sampler", "study", "trial", "state", "objective", "attribute_accuracy",
                  "preservation_accuracy", "fid", "train_seconds", "eval_seconds")  # fmt: skip
TARGET_COLUMNS = ("comparison", "method", "variant", "sampler", "width_decades", "target", "trials", "hits",
                  "expected_trials", "ci_low", "ci_high", "expected_seconds", "seconds_ci_low", "seconds_ci_high",
                  "seconds_per_step", "seconds_per_evaluation", "clock", "note")  # fmt: skip


@dataclass(frozen=True)
class Run:
    """A finished run: its settings, its tables by name, its files."""

    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    figures: Path
    paths: RunPaths


def context(run: Run, plots: Mapping[str, ModuleType]) -> dict[str, Any]:
    """The template's variables."""
    settings, found = run.settings, run.tables
    drawn = inline_figures.load(run.figures, plots)
    placed = {name for names in PLACES.values() for name in names}
    split = dot_rows.scored_split(found["scores"])
    return {
        "settings": settings,
        "paths": run.paths,
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
        "limits": prose.limits(settings, found),
        "devices": prose.devices(found),
        "optimism": prose.sentences(found["final_quality"], settings) if "final_quality" in found else [],
        "coverage": intervals.sentence(),
        "power": power.sentences(found["power"]) if "power" in found else [],
        "fid_caveat": prose.fid_caveat(found["scores"], split),
        "looks": dashboards.commands(run.paths, _study_journals(run)),
        "counts": prose.counts(found),
        "data_digest": provenance.data_digest(settings, run.paths),
        "settings_text": provenance.settings_text(settings),
        "versions": provenance.versions(),
        "cards": list(provenance.cards(settings, run.paths)),
        "table_files": sorted(found),
        "methods": [info for name, info in registry.methods().items() if name in _methods(settings)],
    }


def _tables(run: Run, split: str) -> dict[str, html_tables.Table]:
    """Tables of the page by name; those without a row are left out."""
    found, settings = run.tables, run.settings
    made = {
        "glance": scores.at_a_glance(found["scores"], found["speed"], settings, split),
        "quality": scores.by_model(found["scores"], settings, split),
        "by_attribute": scores.by_attribute(found["scores"], settings, split),
        "speed": html_tables.tidy(
            found["speed"],
            "Cost of a step; and of the evaluation of a searched arm's trial, which counts in search time.",
            "../tables/speed.csv",
        ),
        "search": html_tables.tidy(
            found["search"], "Every trial of every study.", "../tables/search.csv", SEARCH_COLUMNS
        ),
        "time_to_target": html_tables.tidy(
            found["time_to_target"], "Search time until the target.", "../tables/time_to_target.csv", TARGET_COLUMNS
        ),
    }
    others = [name for name in settings.scoring.splits if name != split]
    if others:
        made["quality_other"] = scores.by_model(found["scores"], settings, others[0])
    if "claim_parts" in found:
        made["claim_parts"] = html_tables.tidy(
            found["claim_parts"],
            "Every part of every claim, and what is printed beside them without being judged.",
            "../tables/claim_parts.csv",
        )
    if "final_quality" in found:
        made["optimism"] = prose.table(found["final_quality"])
    made["intervals"] = intervals.table()
    if "power" in found:
        made["power"] = power.table(found["power"])
    return {name: table for name, table in made.items() if table.rows}


def _charts(run: Run) -> dict[str, Any]:
    """Interactive charts by name; those without points are left out."""
    found = run.tables
    made = {
        "time_to_target": charts.time_to_target(found["time_to_target"], run.settings),
        "search": charts.search(control_views.main_trials(found["search"]), run.settings),
        "curves": charts.curves(found["curves"], run.settings),
        "scores": charts.scores(found["scores"], run.settings),
    }
    if "reached" in found:
        made["reached"] = charts.reached(found["reached"], run.settings)
    return {name: chart for name, chart in made.items() if chart["views"]}


def _grids(run: Run) -> face_sheets.Grids | None:
    """Edit grids of the first seed of every final model on the split that is shown, as far as they were translated."""
    settings = run.settings
    files = [run.paths.translations(final.model, final.seeds[0]) for final in settings.finals]
    files = [file for file in files if file.is_file()]
    pack = run.paths.pack(settings.data.image_size_px)
    return face_sheets.build(files, pack, settings) if files and pack.is_file() else None


def _study_journals(run: Run) -> list[Path]:
    """The journal of the first study of each arm and sampler, its key left to the shell."""
    search = run.settings.search
    firsts = [(arm, sampler) for arm in search.arms for sampler in dict(search.studies(arm))]
    names = [f"{arm}.{sampler}.study0.*" for arm, sampler in firsts]
    return [run.paths.work / "searches" / name / "study.journal" for name in names]


def _label(model_id: str) -> str:
    method, variant = model_id.split(".")
    return theme.label(method, variant)


def _methods(settings: Settings) -> set[str]:
    named = [*settings.search.arms, *(final.model for final in settings.finals), *settings.speed.models]
    return {name.partition(".")[0] for name in (*named, settings.compare.baseline, settings.compare.challenger)}
