"""The page's tables: cells, scores beside their controls, the appendix's tables, most of them tidy ones as they are."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from bench.analysis import models, statistics
from bench.analysis.sensitivity import EXCHANGED
from bench.analysis.statistics import FEWEST_SEEDS
from bench.plots.kit import order, theme
from bench.plots.kit.words import NONE, interval, metric_label, metric_name, number, ordered_metrics, plain
from bench.search import trial_table
from bench.settings import SearchSettings, Settings

# Metrics without a column: by the search's judges exchanged, as the background error in every row, of one row alone.
LEFT_OUT = re.compile(rf".*{EXCHANGED}|counterfactual_error_outside|judge_a_.*")
BY_EDIT = ("attribute_accuracy", "counterfactual_error_relative")  # what a judge sees, and what needs none
HOW = f"Means over seeds with their 95 % interval; below {FEWEST_SEEDS} seeds, each seed."
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
POWER = (
    "What could have been seen. Base: the first model's hit rate with its Clopper-Pearson interval, or the observed "
    "standard deviation. Power of a ratio: the probability that pools of this size tell so many times the base rate "
    "from it (Miettinen-Nurminen interval, 95 %)."
)


@dataclass(frozen=True)
class Cell:
    """What is read, what it is sorted by ('' for a missing value: last either way), a second line, a model's colour."""

    text: str
    key: float | str
    note: str = ""
    title: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption, and the table of the run that its numbers come from."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: str


def value_cell(value: float, note: str = "", title: str = "") -> Cell:
    """A number; a missing one has no key."""
    return Cell(number(value), "" if math.isnan(value) else float(f"{value:.6g}"), note, title)


def model_cell(model: str) -> Cell:
    """A model's or control's name in its colour."""
    name = theme.label(model)
    return Cell(name, name, title=model, colour=theme.look(model).colour)


def tidy(frame: pd.DataFrame, caption: str, source: str, columns: Sequence[str] = ()) -> Table:
    """A tidy table as it is, but for method and variant, which become one column with the name for people.

    `columns` picks and orders the columns that are shown; columns without any value are left out.
    """
    of_models = {"method", "variant"} <= set(frame.columns)
    filled = (frame[list(columns)] if columns else frame).dropna(axis="columns", how="all")
    rest = [str(name) for name in filled if not (of_models and name in ("method", "variant"))]
    rows = [
        (
            *([model_cell(f"{row['method']}.{row['variant']}")] if of_models else []),
            *(_cell(row[name], "" if name.startswith("seed") else ",") for name in rest),
        )
        for row in frame.to_dict("records")
    ]
    heads = (*(["model"] if of_models else []), *(plain(name) for name in rest))
    return Table(caption, heads, tuple(rows), source)


def _cell(value: str | float, thousands: str) -> Cell:
    """A value as it is; whole numbers without decimals."""
    if isinstance(value, bool | str):
        return Cell(str(value), str(value))
    if float(value).is_integer():
        return Cell(f"{value:{thousands}.0f}".replace("-", "−"), int(value))
    return value_cell(float(value))


def by_budget(scores: pd.DataFrame, settings: Settings, split: str) -> list[Table]:
    """One table per image budget: a row per model, then its shuffled-target control; the first ends with the others."""
    rows = models.over_all(scores, split)
    metrics = [name for name in ordered_metrics(rows["metric"]) if not LEFT_OUT.fullmatch(name)]
    columns = {metric_label(metric, upright=True): rows[rows["metric"] == metric] for metric in metrics}
    return [
        _table(f"{'Trained on ' if 'images' in heading else ''}{heading}, {split} split", columns, in_group)
        for heading, in_group in _groups(rows, settings)
    ]


def by_attribute(scores: pd.DataFrame, settings: Settings, split: str) -> list[Table]:
    """Each of `BY_EDIT`, one column per edit and one table per image budget."""
    tables = []
    for metric in BY_EDIT:
        rows = scores[(scores["metric"] == metric) & (scores["split"] == split)]
        of_edit = {edit: rows[rows["attribute"] == edit] for edit in ("all", *settings.data.edits)}
        columns = {plain(edit): scored for edit, scored in of_edit.items() if len(scored)}
        caption = f"{metric_name(metric)} by edit"
        tables += [_table(f"{caption}, {heading}", columns, shown) for heading, shown in _groups(rows, settings)]
    return tables


def _groups(scores: pd.DataFrame, settings: Settings) -> list[tuple[str, list[str]]]:
    """The models of each budget, each followed by its shuffled-target control; the other controls in the first."""
    rows = order.models(scores, settings)
    groups = order.by_budget([model for model in rows if not model.startswith("control.")], settings)
    shown = [
        (title, [name for model in trained for name in (model, theme.shuffled_control(model)) if name in rows])
        for title, trained in groups or [("Controls", [])]
    ]
    shown[0][1].extend(order.fixed_controls(scores, settings))
    return [group for group in shown if group[1]]


def _table(caption: str, columns: Mapping[str, pd.DataFrame], shown: Sequence[str]) -> Table:
    """A row per model, a column per label and its scores, which are of one metric."""
    rows = tuple((model_cell(model), *(_mean(scores, model) for scores in columns.values())) for model in shown)
    return Table(f"{caption}. {HOW}", ("model", *columns), rows, "scores")


def _mean(scores: pd.DataFrame, model: str) -> Cell:
    values = models.of(scores, model)["value"].dropna()
    if values.empty:
        return Cell(NONE, "")
    mean = statistics.mean_in_range(scores["metric"].iloc[0], values)
    seeds = ", ".join(number(value) for value in values)
    limits = interval(mean.low, mean.high)
    return value_cell(mean.estimate, limits or (seeds if len(values) > 1 else ""), f"by seed: {seeds}")


def folded(tables: Mapping[str, pd.DataFrame], settings: Settings, split: str) -> dict[str, list[Table]]:
    """The appendix's tables under their headings; those without a row are left out."""
    shown = {name: [tidy(tables[name], caption, name)] for name, caption in TIDY.items() if name in tables}
    shown["search"] = [outcomes(tables["search"])]
    shown["what could fool these numbers"] = [foolers(tables["scores"], settings, split)]
    shown["accuracy and error by edit"] = by_attribute(tables["scores"], settings, split)
    others = [name for name in settings.scoring.splits if name != split]
    if others:
        shown["scores on the other split"] = by_budget(tables["scores"], settings, others[0])
    if "power" in tables:
        shown["power"] = [tidy(tables["power"], POWER, "power")]
    return {name: kept for name, of_name in shown.items() if (kept := [table for table in of_name if table.rows])}


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
        model: {name: float(models.of(rows[rows["metric"] == name], model)["value"].mean()) for name in FOOLED}
        for model in order.fixed_controls(rows, settings)
    }
    ceiling = means.get("control.identity", {}).get("preservation_accuracy", math.nan)
    cells = []
    for model, measures in means.items():
        if not math.isnan(measures["quality"]):
            trial = measures | {"objective": measures["quality"], "preservation_ceiling": ceiling}
            levels = (_level(trial, asked, settings.search) for asked in (BY_JUDGES, ()))
            cells.append((model_cell(model), *map(value_cell, measures.values()), *levels))
    columns = ("made translator", *(metric_name(name) for name in FOOLED), "by judges", "by the rule")
    return Table(FOOLERS.format(split), columns, tuple(cells), "scores")


def _level(trial: Mapping[str, float], asked: Collection[str], search: SearchSettings) -> Cell:
    """The highest target at which the `asked` conditions hold; all conditions where none is named."""
    conditions = {target: trial_table.conditions(trial, target, search) for target in search.targets}
    met = [target for target, holds in conditions.items() if all(holds[name] for name in asked or holds)]
    return Cell(f"{max(met):g}", max(met)) if met else Cell("none", -1.0)
