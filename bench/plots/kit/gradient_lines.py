"""What the plots of the gradient experiments share: one line or row a model and loss term."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.plots.kit import order, theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from bench.settings import Settings

NOTHING = "The gradient experiments were not run."


def identified(gradients: pd.DataFrame, experiment: str) -> pd.DataFrame:
    """The rows of one experiment, single or their means, with `method` and `variant` from their model."""
    rows = gradients[gradients["experiment"] == experiment]
    names = rows["model"].str.split(".", n=1, expand=True).reindex(columns=[0, 1])
    return rows.assign(method=names[0], variant=names[1])


def by_term(rows: pd.DataFrame, settings: Settings) -> Iterator[tuple[theme.Look, pd.DataFrame]]:
    """The rows of each model and loss term; a model's terms share its colour and marker and differ in their line.

    So do the first terms of a method's variants, whose colours are alike.
    """
    variants: Counter[str] = Counter()
    for model, found in order.by_model(rows, settings):
        look = theme.look(*model)
        start = variants[model[0]]
        variants[model[0]] += 1
        for place, (loss, term) in enumerate(found.groupby("loss"), start):
            line = theme.LINES[place % len(theme.LINES)]
            yield replace(look, label=f"{look.label}: {str(loss).replace('_', ' ')}", line=line), term


def lines(axes: Sequence[Axes], x: str, panels: Sequence[Sequence[tuple[theme.Look, pd.DataFrame]]]) -> None:
    """Panel by panel each term's means against column `x`, in a band of their 95 % intervals; a gap without a mean.

    The means set the vertical range; wider bands are cut.
    """
    for axis, terms in zip(axes, panels, strict=True):
        axis.margins(y=0.25)
        for look, means in terms:
            points = means.sort_values(x)
            axis.plot(
                points[x], points["mean"], color=look.colour, linestyle=look.line, marker=look.marker, markersize=4.5,
                label=look.label,
            )  # fmt: skip
    for axis in axes:
        axis.set_ylim(axis.get_ylim())
    for axis, terms in zip(axes, panels, strict=True):
        for look, means in terms:
            points = means.sort_values(x)
            axis.fill_between(
                points[x], points["ci_low"], points["ci_high"], color=look.colour, alpha=0.15, linewidth=0
            )
