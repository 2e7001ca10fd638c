"""The quality tables: every number beside its controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis import statistics
from bench.analysis.step_costs import as_trained
from bench.plots.kit import dot_rows, metric_labels, order, theme
from bench.report.html_tables import NONE, Cell, Table, interval, model_cell, number, value_cell

if TYPE_CHECKING:
    import pandas as pd

    from bench.settings import Settings

LINK = "../tables/scores.csv"


def whole(scores: pd.DataFrame, split: str) -> pd.DataFrame:
    """Scores over all attributes on one split."""
    return scores[(scores["attribute"] == "all") & (scores["split"] == split)]


def by_model(scores: pd.DataFrame, settings: Settings, split: str) -> Table:
    """One row a model and, below it, its shuffled-target control; the other controls last."""
    chosen = whole(scores, split)
    metrics = metric_labels.ordered(chosen["metric"])
    rows = [
        (model_cell(*model), *(_mean(chosen, model, metric) for metric in metrics))
        for model in _paired(chosen, settings)
    ]
    caption = f"Scores on the {split} split: mean over training seeds, with its 95 % interval where there are several."
    return Table(caption, ("model", *map(metric_labels.upright_label, metrics)), tuple(rows), LINK)


def by_attribute(scores: pd.DataFrame, settings: Settings, split: str) -> Table:
    """`attribute_accuracy`, one column an edit."""
    chosen = scores[(scores["metric"] == "attribute_accuracy") & (scores["split"] == split)]
    edits = [edit for edit in ("all", *settings.data.edits) if (chosen["attribute"] == edit).any()]
    rows = [
        (
            model_cell(*model),
            *(_mean(chosen[chosen["attribute"] == edit], model, "attribute_accuracy") for edit in edits),
        )
        for model in _paired(chosen, settings)
    ]
    caption = f"Attribute accuracy by edit on the {split} split, mean over training seeds."
    return Table(caption, ("model", *(edit.replace("_", " ").replace("+", " + ") for edit in edits)), tuple(rows), LINK)


def at_a_glance(scores: pd.DataFrame, speed: pd.DataFrame, settings: Settings, split: str) -> Table:
    """One row a headline metric: the two compared models, and between which controls their numbers lie."""
    chosen = whole(scores, split)
    baseline, challenger = _compared(settings)
    shuffled = [("control", f"{theme.SHUFFLED}{method}_{variant}") for method, variant in (baseline, challenger)]
    fixed = [("control", name) for name in theme.CONTROLS]
    columns = [baseline, challenger, *shuffled, *fixed]
    rows = [
        (Cell(metric_labels.upright_label(metric), metric), *(_mean(chosen, model, metric) for model in columns))
        for metric in metric_labels.headline(chosen["metric"])
    ]
    timed = as_trained(speed[speed["part"] == "iteration"], settings)
    if not timed.empty:
        rows.append(
            (Cell("Milliseconds an iteration ↓", "milliseconds"), *(_milliseconds(timed, one) for one in columns))
        )
    heads = [
        *(theme.label(*model) for model in (baseline, challenger)),
        *(f"Shuffled targets, {role}" for role in ("baseline", "challenger")),
        *(theme.label(*model) for model in fixed),
    ]
    caption = f"The compared models at a glance, on the {split} split, beside the controls."
    return Table(caption, ("measure", *heads), tuple(rows), LINK)


def _compared(settings: Settings) -> tuple[order.Model, order.Model]:
    baseline, challenger = (name.split(".") for name in (settings.compare.baseline, settings.compare.challenger))
    return (baseline[0], baseline[1]), (challenger[0], challenger[1])


def _paired(scores: pd.DataFrame, settings: Settings) -> list[order.Model]:
    """Models in showing order, each followed by its own shuffled-target control, then the other controls."""
    models = order.models(scores, settings)
    control_of = {
        f"{theme.SHUFFLED}{method}_{variant}": (method, variant) for method, variant in models if method != "control"
    }
    paired: list[order.Model] = []
    for method, variant in models:
        if method != "control":
            paired.append((method, variant))
            paired += [model for model in models if control_of.get(model[1]) == (method, variant)]
    return paired + [model for model in models if model not in paired]


def _mean(scores: pd.DataFrame, model: order.Model, metric: str) -> Cell:
    values = dot_rows.values(scores[scores["metric"] == metric], *model)
    if values.empty:
        return Cell(NONE, float("inf"))
    found = statistics.mean(values)
    seeds = ", ".join(number(value) for value in values)
    return value_cell(found.estimate, interval(found.low, found.high), f"by seed: {seeds}")


def _milliseconds(timed: pd.DataFrame, model: order.Model) -> Cell:
    found = timed[(timed["method"] == model[0]) & (timed["variant"] == model[1])]
    if found.empty:
        return Cell(NONE, float("inf"))
    row = found.iloc[0]
    where = f"{row['device']}, {row['resolution']} px, batch {row['batch']}"
    return value_cell(row["milliseconds"], interval(row["ci_low"], row["ci_high"]), where)
