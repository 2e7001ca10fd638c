"""Makes every table of a run from its collected results, and judges the claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from bench.analysis import (
    ablation,
    claims,
    control_views,
    headline,
    level_times,
    over_seeds,
    power,
    search_costs,
    search_ecdf,
    search_ratio,
    sensitivity,
    step_costs,
    time_to_target,
    training_costs,
    training_speed,
    trials,
)
from bench.analysis.parts import collect, refuse_mixed
from bench.settings import Settings


@dataclass(frozen=True)
class Results:
    """What the jobs of a run left, as one table of each kind; `gradients` is None where these were not run."""

    scores: pd.DataFrame
    curves: pd.DataFrame
    trials: pd.DataFrame
    speed: pd.DataFrame
    speed_ratio: pd.DataFrame
    gradients: pd.DataFrame | None = None

    @classmethod
    def read(
        cls,
        scores: Sequence[Path],
        curves: Sequence[Path],
        trials: Sequence[Path],
        blocks: Path,
        gradients: Path | None,
    ) -> Results:
        """Collect the parts; BenchError names one that is missing, broken, repeated, or of other settings or code."""
        speed, speed_ratio = step_costs.tables(collect("step_blocks", [blocks]))
        searched = collect("search", trials)
        refuse_mixed(searched)
        measured = None if gradients is None else collect("gradients", [gradients])
        return cls(collect("scores", scores), collect("curves", curves), searched, speed, speed_ratio, measured)


def make(results: Results, settings: Settings) -> dict[str, pd.DataFrame]:
    """Every table by name (`contract.TABLES`)."""
    curves = training_costs.with_seconds(results.curves, results.speed, settings)
    searched = of_search(results.trials, results.speed, settings)
    evidence = claims.Evidence(
        settings, results.scores, results.speed, results.trials, searched["time_to_target"], curves,
        results.speed_ratio, results.gradients,
    )  # fmt: skip
    judged, parts = claims.judge(evidence)
    main_trials = control_views.main_trials(results.trials)
    tables = searched | {
        "scores": results.scores,
        "speed": results.speed,
        "speed_ratio": results.speed_ratio,
        "curves": curves,
        "claims": judged,
        "claim_parts": parts,
        "sensitivity": sensitivity.table(evidence),
        "final_quality": over_seeds.final_quality(results.scores),
        "curve_means": over_seeds.curve_means(curves, settings),
        "level_times": level_times.table(curves, settings),
        "training_speed": training_speed.table(results.speed, results.speed_ratio, settings),
        "ablation": ablation.table(results.scores, curves, results.speed, results.speed_ratio, settings),
        "end_to_end": search_costs.end_to_end(main_trials, results.speed, curves, settings),
        "gradient_means": over_seeds.gradient_means(results.gradients),
        "power": power.power_table(main_trials, results.scores, results.speed, settings),
    }
    return tables | {"headline": headline.table(tables, settings)}


def of_search(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> dict[str, pd.DataFrame]:
    """The tables that trials and step costs alone make; comparisons have the controls' beside the main ones."""
    with_controls = partial(control_views.with_controls, search, speed, settings)
    main_trials = control_views.main_trials(search)
    return {
        "search": trials.outcomes(search, settings.search),
        "time_to_target": with_controls(time_to_target.table),
        "search_ratio": with_controls(search_ratio.table),
        "search_ecdf": search_ecdf.table(main_trials, speed, settings),
        "trial_costs": search_costs.trials(main_trials, speed, settings),
    }
