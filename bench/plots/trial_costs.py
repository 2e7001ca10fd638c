"""What one search trial costs: its training, its evaluation, and the repeats that confirm hits."""

from __future__ import annotations

from bench.analysis import models as model_rows
from bench.analysis.search_arms import POOL
from bench.plots.kit import order, theme, words
from bench.plots.kit.render import Inputs

TITLE = "What a search trial costs"
CAPTION = (
    "Mean seconds per trial: training (solid), evaluation (light), and repeats on fresh seeds that confirm hits "
    "(outlined), spread over all trials."
)
NEEDS = ("trial_costs",)
PARTS = (("training_seconds", 0.9), ("evaluation_seconds", 0.4), ("confirmation_seconds", 0.0))


def finding(inputs: Inputs) -> str:
    """Training and evaluation of a trial of each compared variant, in seconds."""
    rows = inputs.tables["trial_costs"]
    rows = rows[rows["sampler"] == POOL]
    costs = []
    for model in reversed(model_rows.compared(inputs.settings)):
        for row in model_rows.of(rows, model).to_dict("records"):
            time = words.seconds(row["training_seconds"] + row["evaluation_seconds"])
            costs.append(f"{time} with {theme.label(model)}")
    return f"A trial without repeats costs {words.listed(costs)}" if len(costs) == 2 else ""


def draw(inputs: Inputs) -> theme.Figure:
    """Draw a stacked bar per searched variant, of its random pool (or its first sampler)."""
    table = inputs.tables["trial_costs"]
    if table.empty:
        return theme.blank("No search was run.")
    rows = table.sort_values("sampler", key=lambda names: names != POOL, kind="stable")
    rows = rows.drop_duplicates(["method", "variant"])
    models = order.models(rows, inputs.settings)
    figure, (axis,) = theme.grid(1, 1, 6.6, 0.8 + 0.34 * len(models))
    for place, (model, costs) in enumerate(order.by_model(rows, inputs.settings)):
        row, look, left = costs.iloc[0], theme.look(model), 0.0
        for column, strength in PARTS:
            box = {"y": place, "width": row[column], "left": left, "height": 0.55}
            axis.barh(**box, color=look.colour, alpha=max(strength, 0.08), linewidth=0)
            axis.barh(**box, facecolor="none", edgecolor=look.colour, linewidth=1)
            left += row[column]
        axis.annotate(words.seconds(left), (left, place), (5, 0), textcoords="offset points", va="center", fontsize=8)
    theme.rows([axis], [theme.label(model) for model in models])
    axis.set_xlabel("seconds per trial")
    axis.margins(x=0.12)
    return figure
