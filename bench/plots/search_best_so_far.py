"""Best objective so far against the seconds that a study has cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis import control_views
from bench.plots.kit import order, search_panels, theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.plots.kit.render import Inputs

TITLE = "Best so far against search seconds"
CAPTION = (
    "Each step line is one study: the best objective found by the time its trials have cost so many seconds of "
    "training, evaluation and confirmation, as logged, with a mark where it rose. Higher and further left is better; "
    "a single study is an anecdote."
)
NEEDS = ("search",)
SUFFIX = "svg"


def draw(inputs: Inputs) -> Figure:
    """Draw one panel a sampler and one step line a study."""
    search = control_views.main_trials(inputs.tables["search"])
    samplers = search_panels.samplers(search)
    if not samplers:
        return theme.blank(search_panels.NOTHING)
    figure, axes = theme.grid(len(samplers), 2, 4.4, 3.0, share_y=True)
    for axis, sampler in zip(axes, samplers, strict=True):
        for model, trials in order.by_model(search[search["sampler"] == sampler], inputs.settings):
            look = theme.look(*model)
            for _, study in trials.sort_values("trial").groupby("study"):
                better = study["best_objective"].diff() != 0
                axis.step(
                    study["elapsed_seconds"], study["best_objective"], where="post", color=look.colour,
                    linestyle=look.line, linewidth=1.0, alpha=0.8, marker=look.marker, markersize=3.5,
                    markevery=better.to_numpy().nonzero()[0].tolist(),
                )  # fmt: skip
        axis.set_title(f"{sampler} sampler")
        axis.set_xlabel("seconds of the study")
    axes[0].set_ylabel("best objective so far")
    theme.legend(figure, [theme.look(*model) for model in order.models(search, inputs.settings)])
    return figure
