"""The paper's figures 1 and 2: which loss still points the way when generated points are far from real ones?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plots.kit import gradient_lines, theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Gradients at generated points, by their distance from real points"
CAPTION = (
    "Cosine of a term's descent with the way to the target's cloud; right: gradient norm, log scale. Line: mean over "
    "seeds; band: 95 % interval. Grey: no target, or control."
)
NEEDS = ("gradients", "gradient_means")
SUFFIX = "svg"
FIGURES = {"points": "From the target's cloud (figure 1)", "points_at_source": "From the source's cloud (figure 2)"}


def finding(inputs: Inputs) -> str:
    """Cosines at the largest distance, and at the source's cloud."""
    means = inputs.tables["gradient_means"]
    quiet, rows = gradient_lines.untargeted(means), {name: _cosines(means, name) for name in FIGURES}
    if any(cosines.empty for cosines in rows.values()):
        return ""
    far, near = rows.values()
    distance = far["distance"].max()
    return (
        f"Cosine with the way to the target {distance:g} standard deviations away: "
        f"{gradient_lines.ranges(far[far['distance'] == distance], quiet)}; at the source's cloud: "
        f"{gradient_lines.ranges(near[near['distance'] == near['distance'].min()], quiet)}"
    )


def draw(inputs: Inputs) -> Figure:
    """Draw the cosines of both starts, and the norms, of every model and loss term against the distance."""
    means = inputs.tables["gradient_means"]
    tables = [_cosines(means, experiment) for experiment in FIGURES] + [_measured(means, "points", "norm")]
    if tables[0].empty:
        return theme.blank(gradient_lines.NOTHING)
    figure, axes = theme.grid(len(tables), 3, 3.6, 3.0)
    quiet = gradient_lines.untargeted(means)
    panels = [list(gradient_lines.by_term(rows, inputs.settings, quiet)) for rows in tables]
    axes[-1].set_yscale("log")
    gradient_lines.lines(axes, "distance", panels)
    for axis, title in zip(axes, (*FIGURES.values(), "From the target's cloud"), strict=True):
        axis.set_title(title)
        axis.set_xlabel("distance in standard deviations")
        axis.set_ylabel("cosine")
    axes[-1].set_ylabel("norm of the gradient")
    theme.legend(figure, [look for look, _ in panels[0]])
    return figure


def _cosines(means: pd.DataFrame, experiment: str) -> pd.DataFrame:
    return _measured(means, experiment, "cosine")


def _measured(means: pd.DataFrame, experiment: str, measure: str) -> pd.DataFrame:
    rows = gradient_lines.identified(means, experiment)
    return rows.assign(distance=rows["setting"].astype(float))[rows["measure"] == measure]
