"""The paper's figures 1 and 2: which loss still points the way when generated points are far from real ones?"""

from __future__ import annotations

import pandas as pd

from bench.plots.kit import gradient_lines, theme
from bench.plots.kit.render import Inputs

TITLE = "Gradients at generated points, by their distance from real points"
CAPTION = (
    "Cosine of a term's descent with the way to the target's cloud; right: gradient norm, log scale. Line: mean over "
    "seeds; band: 95 % interval. Grey: no target, or control."
)
NEEDS = ("gradients", "gradient_means")
FIGURES = {"points": "From the target's cloud (figure 1)", "points_at_source": "From the source's cloud (figure 2)"}


def finding(inputs: Inputs) -> str:
    """Cosines at the largest distance, and at the source's cloud."""
    far, near = (_measured(inputs, experiment, "cosine") for experiment in FIGURES)
    if far.empty or near.empty:
        return ""
    distance = far["distance"].max()
    return (
        f"Cosine with the way to the target {distance:g} standard deviations away: "
        f"{gradient_lines.ranges(far[far['distance'] == distance], inputs)}; at the source's cloud: "
        f"{gradient_lines.ranges(near[near['distance'] == near['distance'].min()], inputs)}"
    )


def draw(inputs: Inputs) -> theme.Figure:
    """Draw the cosines of both starts, and the norms, of every model and loss term against the distance."""
    tables = [*(_measured(inputs, name, "cosine") for name in FIGURES), _measured(inputs, "points", "norm")]
    if tables[0].empty:
        return theme.blank(gradient_lines.NOTHING)
    figure, axes = theme.grid(len(tables), 3, 3.6, 3.0)
    panels = [list(gradient_lines.by_term(rows, inputs)) for rows in tables]
    axes[-1].set_yscale("log")
    gradient_lines.lines(axes, "distance", panels)
    for axis, title in zip(axes, (*FIGURES.values(), "From the target's cloud"), strict=True):
        axis.set(title=title, xlabel="distance in standard deviations", ylabel="cosine")
    axes[-1].set_ylabel("norm of the gradient")
    theme.legend(figure, [look for look, _ in panels[0]])
    return figure


def _measured(inputs: Inputs, experiment: str, measure: str) -> pd.DataFrame:
    rows = gradient_lines.measured(inputs.tables["gradient_means"], experiment, measure)
    return rows.assign(distance=rows["setting"].astype(float))
