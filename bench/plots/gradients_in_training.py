"""How strongly each loss term moves the generator's output during training."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from bench.plots.kit import gradient_lines, theme
from bench.plots.kit.render import Inputs

TITLE = "Gradient norms in training"
CAPTION = (
    "Gradient norm of each unweighted term at the generator's output, log scale. Line: geometric mean over seeds; "
    "band: 95 % interval; gap: no gradient. Grey: terms that know no target."
)
NEEDS = ("gradients", "gradient_means")


def finding(inputs: Inputs) -> str:
    """How far the norms of the terms with a gradient are apart at the last reading."""
    rows = gradient_lines.measured(inputs.tables["gradient_means"], "training", "norm")
    last = rows[(rows["images_seen"] == rows.groupby("model")["images_seen"].transform("max")) & (rows["mean"] > 0)]
    if last.empty:
        return ""
    spread = last.groupby("model")["mean"].agg(lambda norms: norms.max() / norms.min()).max()
    return f"Norms of the unweighted terms of one model are up to {spread:.3g} times apart"


def draw(inputs: Inputs) -> theme.Figure:
    """Draw one panel per model, one line per loss term."""
    rows = gradient_lines.measured(inputs.tables["gradient_means"], "training", "norm")
    if rows.empty:
        return theme.blank(gradient_lines.NOTHING)
    models = list(dict.fromkeys(rows["model"]))
    figure, axes = theme.grid(len(models), 2, 4.5, 2.9, share_y=True)
    axes[0].set_yscale("log")
    terms = [gradient_lines.by_term(rows[rows["model"] == model], inputs) for model in models]
    panels = [[_on_log_scale(look, term) for look, term in of_model] for of_model in terms]
    gradient_lines.lines(axes, "images_seen", panels)
    for axis, model in zip(axes, models, strict=True):
        axis.set(title=theme.label(model), xlabel="images seen")
        axis.legend(frameon=False, fontsize=7.5, handlelength=4)
    axes[0].set_ylabel("norm of the gradient")
    return figure


def _on_log_scale(look: theme.Look, term: pd.DataFrame) -> tuple[theme.Look, pd.DataFrame]:
    """A term under its own name, without norms of 0, for which a log scale has no place; the legend says so of it."""
    label = look.label.partition(": ")[2]
    drawn = term.assign(mean=term["mean"].where(term["mean"] > 0))
    return replace(look, label=label if drawn["mean"].notna().any() else f"{label} (no gradient)"), drawn
