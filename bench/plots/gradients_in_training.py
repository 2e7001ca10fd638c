"""How strongly each loss term moves the generator's output during training."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench.plots.kit import gradient_lines, theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Gradient norms in training"
CAPTION = (
    "Norm of each unweighted loss term's gradient at the generator's output, from the first image on, in real training "
    "at the stated weights; log scale. A line is the geometric mean over seeds, in a band of its 95 % interval; wider "
    "bands are cut, and there is a gap where a seed has no gradient. A term whose norm is small moves little; the "
    "searched weights set the balance between the terms. Grey: terms that know no target."
)
NEEDS = ("gradients", "gradient_means")
SUFFIX = "svg"


def finding(inputs: Inputs) -> str:
    """The terms without a gradient, and how far the others' norms are apart at the last reading."""
    rows = gradient_lines.identified(inputs.tables["gradient_means"], "training")
    last = rows[(rows["images_seen"] == rows.groupby("model")["images_seen"].transform("max")) & (rows["mean"] > 0)]
    if last.empty:
        return ""
    spread = last.groupby("model")["mean"].agg(lambda norms: norms.max() / norms.min()).max()
    return f"Norms of the unweighted terms of one model are up to {spread:.3g} times apart"


def draw(inputs: Inputs) -> Figure:
    """Draw one panel a model, one line a loss term."""
    rows = gradient_lines.identified(inputs.tables["gradient_means"], "training")
    if rows.empty:
        return theme.blank(gradient_lines.NOTHING)
    quiet = gradient_lines.untargeted(inputs.tables["gradient_means"])
    models = list(dict.fromkeys(rows["model"]))
    figure, axes = theme.grid(len(models), 2, 4.5, 2.9, share_y=True)
    axes[0].set_yscale("log")
    panels = [
        [
            _shown(look, term)
            for look, term in gradient_lines.by_term(rows[rows["model"] == model], inputs.settings, quiet)
        ]
        for model in models
    ]
    gradient_lines.lines(axes, "images_seen", panels)
    for axis, model in zip(axes, models, strict=True):
        axis.set_title(theme.label(*model.split(".")))
        axis.set_xlabel("images seen")
        axis.legend(frameon=False, fontsize=7.5, handlelength=4)
    axes[0].set_ylabel("norm of the gradient")
    return figure


def _shown(look: theme.Look, term: pd.DataFrame) -> tuple[theme.Look, pd.DataFrame]:
    """A term under its own name, without norms of 0, for which a log scale has no place; the legend says so of it."""
    label = look.label.partition(": ")[2]
    seen = term.assign(mean=term["mean"].where(term["mean"] > 0))
    return replace(look, label=label if seen["mean"].notna().any() else f"{label} (no gradient)"), seen
