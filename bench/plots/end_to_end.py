"""Search plus training: expected seconds from no weights at all to a final model."""

from __future__ import annotations

from bench.analysis import models
from bench.plots.kit import order, theme, words
from bench.plots.kit.render import Inputs

TITLE = "Search and training, end to end"
CAPTION = (
    "Random search to a hit plus one final training, with 95 % interval. An arrow: no trial hit, only the lower limit "
    "is known."
)
NEEDS = ("end_to_end",)


def finding(inputs: Inputs) -> str:
    """The seconds of each compared variant at the lowest level."""
    costs, limits = [], []
    for model in reversed(models.compared(inputs.settings)):
        for row in models.of(inputs.tables["end_to_end"], model).sort_values("target").head(1).to_dict("records"):
            time = words.seconds(row["total_seconds"]) if row["hits"] else f"over {words.seconds(row['total_ci_low'])}"
            hits = f"{row['hits']:.0f} of {row['trials']:.0f} trials hit {row['target']:g}"
            costs.append(f"{theme.label(model)} {time} ({hits})")
            limits.append((row["total_ci_low"], row["total_ci_high"]))
    overlap = words.overlap(*limits) if len(limits) > 1 else ""
    return f"Search and training take {words.listed(costs)}{overlap}" if costs else ""


def draw(inputs: Inputs) -> theme.Figure:
    """Draw a mark per searched variant and level."""
    table = inputs.tables["end_to_end"]
    if table.empty:
        return theme.blank("No variant was both searched at random and trained in this run.")
    figure, (axis,) = theme.grid(1, 1, 8.2, 3.0)
    targets, by_model = sorted(table["target"].unique()), list(order.by_model(table, inputs.settings))
    for place, (model, rows) in enumerate(by_model):
        look = theme.look(model)
        for row in rows.to_dict("records"):
            x = targets.index(row["target"]) + 0.75 * ((place + 0.5) / len(by_model) - 0.5)
            low = row["total_ci_low"]
            if row["hits"]:
                axis.plot([x, x], [low, row["total_ci_high"]], color=look.colour, alpha=0.5, linewidth=2.5)
                axis.plot(x, row["total_seconds"], look.marker, color=look.colour)
            else:
                axis.plot([x - 0.06, x + 0.06], [low, low], color=look.colour, linewidth=1.5)
                arrow = {"arrowstyle": "<-", "color": look.colour, "shrinkA": 0, "shrinkB": 0}
                axis.annotate("", (x, low), (0, 15), textcoords="offset points", arrowprops=arrow)
    axis.set(yscale="log", xlabel="quality that a hit needs", ylabel="seconds, search and training")
    axis.margins(y=0.15)
    theme.plain_log(axis)
    axis.set_xticks(range(len(targets)), [f"{target:g}" for target in targets])
    theme.legend(figure, [theme.look(model) for model, _ in by_model], lines=False)
    return figure
