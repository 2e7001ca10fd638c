"""The folded tables: tidy ones as they are, how searches' trials ended, and what could fool the numbers of a hit."""

import math
from collections.abc import Collection, Mapping

import pandas as pd

from bench.analysis import models
from bench.plots.kit import metric_labels, order
from bench.report import power, scores
from bench.report.html_tables import Cell, Table, model_cell, tidy, value_cell
from bench.search import trial_table
from bench.settings import SearchSettings, Settings

# Tables as they are, with their captions.
TIDY: Mapping[str, str] = {
    "headline": "The compared pair. Ratios are the baseline's time over the challenger's; per iteration the mean of"
                " paired ratios, not the quotient of the two times.",
    "ablation": "What each part changes, against the variant below that lacks it.",
    "training_speed": "Time per iteration and per generator update, and its ratio to the baseline's: where paired, the"
                      " mean of paired ratios, not the quotient of two times.",
    "level_times": "Training seconds until quality on valid first reaches a level.",
    "trial_costs": "Mean seconds per trial.",
    "end_to_end": "Expected seconds of random search to a hit, and with one final training.",
    "sensitivity": "Verdicts under other bars and ranges.",
}  # fmt: skip
OUTCOMES = (
    "How the trials ended. Hits: at the lowest level or above. Copies: trials that edit nothing (quality,"
    " accuracy and closeness missed). Then, for each condition of a hit at the lowest level, how many trials"
    " missed it; a trial can miss several. Each trial is a row of search.csv."
)
TRIALS_OF = ["method", "variant", "space", "sampler"]
COPY = ["quality", "accuracy", "closeness"]
FOOLERS = (
    "Made translators, scored as models are, {} split. Last: the highest level of quality that a hit would reach by"
    " what judges say alone, and by the whole rule, which asks the background and the true edit too."
)
FOOLED = ("quality", *(name for name in trial_table.WORST if name != "objective"))
BY_JUDGES = ("quality", "accuracy", "preservation")


def folded(tables: Mapping[str, pd.DataFrame], settings: Settings, split: str) -> dict[str, list[Table]]:
    """The appendix's tables under their headings; those without a row are left out."""
    shown = {name: [tidy(tables[name], caption, name)] for name, caption in TIDY.items() if name in tables}
    shown["search"] = [outcomes(tables["search"])]
    shown["what could fool these numbers"] = [foolers(tables["scores"], settings, split)]
    shown["accuracy and error by edit"] = scores.by_attribute(tables["scores"], settings, split)
    others = [name for name in settings.scoring.splits if name != split]
    if others:
        shown["scores on the other split"] = scores.by_budget(tables["scores"], settings, others[0])
    if "power" in tables:
        shown["power"] = [tidy(tables["power"], power.CAPTION, "power")]
    kept = {name: [table for table in of_name if table.rows] for name, of_name in shown.items()}
    return {name: of_name for name, of_name in kept.items() if of_name}


def outcomes(search: pd.DataFrame) -> Table:
    """A row per model, control and sampler; a column for each condition that any trial missed."""
    missed = search["missed"].fillna("").str.get_dummies(" and ")
    copies = missed.sum(axis=1).eq(len(COPY)) & missed.reindex(columns=COPY, fill_value=0).all(axis=1)
    flags = missed.assign(trials=1, hits=~missed.any(axis=1), copies=copies)
    counts = pd.concat([search[TRIALS_OF], flags], axis=1).groupby(TRIALS_OF, sort=False).sum().reset_index()
    columns = ("method", "variant", "search", "sampler", "trials", "hits", "copies", *missed)
    return tidy(counts.rename(columns={"space": "search"}), OUTCOMES, "search", columns)


def foolers(scores: pd.DataFrame, settings: Settings, split: str) -> Table:
    """A row per control that edits every face alike well or badly; without rows where none was scored."""
    rows = models.over_all(scores, split)
    means = {
        model: {name: float(order.values(rows[rows["metric"] == name], model).mean()) for name in FOOLED}
        for model in order.fixed_controls(rows, settings)
    }
    ceiling = means.get("control.identity", {}).get("preservation_accuracy", math.nan)
    cells = []
    for model, measures in means.items():
        if not math.isnan(measures["quality"]):
            trial = measures | {"objective": measures["quality"], "preservation_ceiling": ceiling}
            levels = (_level(trial, asked, settings.search) for asked in (BY_JUDGES, ()))
            cells.append((model_cell(model), *map(value_cell, measures.values()), *levels))
    columns = ("made translator", *(metric_labels.name(name) for name in FOOLED), "by judges", "by the rule")
    return Table(FOOLERS.format(split), columns, tuple(cells), "scores")


def _level(trial: Mapping[str, float], asked: Collection[str], search: SearchSettings) -> Cell:
    """The highest target at which the `asked` conditions hold; all conditions where none is named."""
    conditions = {target: trial_table.conditions(trial, target, search) for target in search.targets}
    met = [target for target, holds in conditions.items() if all(holds[name] for name in asked or holds)]
    return Cell(f"{max(met):g}", max(met)) if met else Cell("none", -1.0)
