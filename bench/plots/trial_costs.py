"""What one search trial costs: its training, its evaluation, and the repeats that confirm hits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import order, pair, theme, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "What a search trial costs"
CAPTION = (
    "Mean seconds per trial: training (solid), evaluation (light), and repeats on fresh seeds that confirm hits "
    "(outlined), spread over all trials."
)
NEEDS = ("trial_costs",)
SUFFIX = "svg"
PARTS = (("training_seconds", 0.9), ("evaluation_seconds", 0.4), ("confirmation_seconds", 0.0))
POOL = "random"


def finding(inputs: Inputs) -> str:
    """Training and evaluation of a trial of each compared variant, in seconds."""
    rows = inputs.tables["trial_costs"]
    rows = rows[rows["sampler"] == POOL]
    costs = {
        f"{row['method']}.{row['variant']}": row["training_seconds"] + row["evaluation_seconds"]
        for row in rows.to_dict("records")
    }
    names, compare = pair.names(inputs.settings), inputs.settings.compare
    if not {compare.baseline, compare.challenger} <= set(costs):
        return ""
    baseline, challenger = costs[compare.baseline], costs[compare.challenger]
    return (
        f"A trial without repeats costs {words.seconds(challenger)} with {names.challenger_label} and"
        f" {words.seconds(baseline)} with {names.baseline_label}"
    )


def draw(inputs: Inputs) -> Figure:
    """Draw a stacked bar per searched variant, of its random pool (or its first sampler)."""
    from matplotlib.figure import Figure

    table = inputs.tables["trial_costs"]
    if table.empty:
        return theme.blank("No search was run.")
    rows = table.sort_values("sampler", key=lambda names: names != POOL, kind="stable")
    rows = rows.drop_duplicates(["method", "variant"])
    models = order.models(rows, inputs.settings)
    figure = Figure(figsize=(6.6, 0.8 + 0.34 * len(models)))
    axis = figure.subplots()
    for place, (model, found) in enumerate(order.by_model(rows, inputs.settings)):
        row, look, left = found.iloc[0], theme.look(*model), 0.0
        for column, strength in PARTS:
            axis.barh(
                place, row[column], left=left, height=0.55, color=look.colour, alpha=max(strength, 0.08), linewidth=0
            )
            axis.barh(place, row[column], left=left, height=0.55, facecolor="none", edgecolor=look.colour, linewidth=1)
            left += row[column]
        axis.annotate(words.seconds(left), (left, place), (5, 0), textcoords="offset points", va="center", fontsize=8)
    axis.set_yticks(range(len(models)), [theme.label(*model) for model in models])
    axis.set_ylim(len(models) - 0.5, -0.5)
    axis.set_xlabel("seconds per trial")
    axis.margins(x=0.12)
    axis.grid(axis="y", visible=False)
    axis.tick_params(axis="y", length=0)
    return figure
