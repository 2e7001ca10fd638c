"""Makes every table of a run from its collected results, and judges the claims."""

from collections.abc import Sequence
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
    search_ratio,
    sensitivity,
    step_costs,
    time_to_target,
    training_costs,
    trials,
)
from bench.analysis.parts import collect, refuse_mixed
from bench.settings import Settings


def make(
    scores: Sequence[Path], curves: Sequence[Path], trials: Sequence[Path], blocks: Path, gradients: Path | None,
    settings: Settings,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Every table by name (`contract.TABLES`), from the parts that the jobs of a run left; `gradients` may not be run.

    BenchError names a part that is missing, broken, repeated, or of other settings or code.
    """
    speed, speed_ratio = step_costs.tables(collect("step_blocks", [blocks]))
    search = collect("search", trials)
    refuse_mixed(search)
    measured_gradients = None if gradients is None else collect("gradients", [gradients])
    final_scores = collect("scores", scores)
    lines = training_costs.with_seconds(collect("curves", curves), speed, settings)
    of_trials, main_trials = of_search(search, speed, settings), control_views.main_trials(search)
    evidence = claims.Evidence(settings, final_scores, speed, search, lines, speed_ratio, measured_gradients)
    judged, parts = claims.judge(evidence)
    tables = of_trials | {
        "scores": final_scores,
        "speed": speed,
        "speed_ratio": speed_ratio,
        "curves": lines,
        "claims": judged,
        "claim_parts": parts,
        "sensitivity": sensitivity.table(evidence),
        "final_quality": over_seeds.final_quality(final_scores),
        "curve_means": over_seeds.curve_means(lines, settings),
        "level_times": level_times.table(lines, settings),
        "training_speed": step_costs.training_speed(speed, speed_ratio, settings),
        "ablation": ablation.table(final_scores, lines, speed, speed_ratio, settings),
        "end_to_end": search_costs.end_to_end(main_trials, speed, lines, settings),
        "gradient_means": over_seeds.gradient_means(measured_gradients),
        "power": power.power_table(main_trials, final_scores, speed, settings),
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
        "search_ecdf": search_costs.ecdf(main_trials, speed, settings),
        "trial_costs": search_costs.trials(main_trials, speed, settings),
    }
