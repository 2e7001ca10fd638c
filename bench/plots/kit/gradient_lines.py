"""What the plots of the gradient experiments share: one line or row per model and loss term; controls are quiet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from bench.plots.kit import order, theme, words
from bench.plots.kit.render import Inputs

NOTHING = "The gradient experiments were not run."
CONTROL = "control"
CONTROL_MARKERS = {"oracle_classifier": "*", "random_direction": "x"}


def measured(gradients: pd.DataFrame, experiment: str, measure: str) -> pd.DataFrame:
    """One measure of one experiment, single values or means, with `method` and `variant` from their model."""
    rows = gradients[(gradients["experiment"] == experiment) & (gradients["measure"] == measure)]
    names = rows["model"].str.split(".", n=1, expand=True).reindex(columns=[0, 1])
    return rows.assign(method=names[0], variant=names[1])


def untargeted(means: pd.DataFrame) -> set[tuple[str, str]]:
    """The terms (model, loss) whose gradient does not depend on the target, by what they say in experiment `images`."""
    rows = measured(means, "images", "cosine")
    silent = (rows["mean"] == 0).groupby([rows["model"], rows["loss"]]).all()
    return set(silent.index[silent])


def by_term(rows: pd.DataFrame, inputs: Inputs) -> Iterator[tuple[theme.Look, pd.DataFrame]]:
    """The rows of each model and loss term; a model's terms share its colour and marker and differ in their line.

    So do the first terms of a method's variants, whose colours are alike. Untargeted terms and controls are grey.
    """
    quiet = untargeted(inputs.tables["gradient_means"])
    variants: Counter[str] = Counter()
    for model, of_model in order.by_model(rows, inputs.settings):
        look, (method, variant) = theme.look(model), model.split(".")
        if method == CONTROL:
            label = f"control: {words.plain(variant)}"
            yield replace(look, label=label, marker=CONTROL_MARKERS.get(variant, "+")), of_model
            continue
        start = variants[method]
        variants[method] += 1
        for place, (loss, term) in enumerate(of_model.groupby("loss"), start):
            label, line = f"{look.label}: {words.plain(str(loss))}", theme.LINES[place % len(theme.LINES)]
            colour = theme.QUIET if (model, str(loss)) in quiet else look.colour
            yield replace(look, label=label, line=line, colour=colour), term


def lines(axes: Sequence[theme.Axes], x: str, panels: Sequence[Sequence[tuple[theme.Look, pd.DataFrame]]]) -> None:
    """Panel by panel each term's means against column `x`, in a band of their 95 % intervals; a gap without a mean.

    The means set the vertical range; wider bands are cut.
    """
    paired = zip(axes, panels, strict=True)
    terms = [(axis, look, means.sort_values(x)) for axis, panel in paired for look, means in panel]
    for axis, look, points in terms:
        axis.margins(y=0.25)
        axis.plot(
            points[x], points["mean"], color=look.colour, linestyle=look.line, marker=look.marker, markersize=4.5,
            label=look.label, linewidth=0.9 if look.colour == theme.QUIET else None,
        )  # fmt: skip
    for axis in axes:
        axis.set_ylim(axis.get_ylim())
    for axis, look, points in terms:
        axis.fill_between(points[x], points["ci_low"], points["ci_high"], color=look.colour, alpha=0.15, linewidth=0)


def ranges(rows: pd.DataFrame, inputs: Inputs) -> str:
    """Each targeted loss and the range of its means: `attribute 0.94 to 1.00, classification 0.01 to 0.02`."""
    quiet = untargeted(inputs.tables["gradient_means"])
    targeted = rows[[term not in quiet for term in zip(rows["model"], rows["loss"], strict=True)]]
    bounds = targeted[targeted["family"] != CONTROL].groupby("loss")["mean"].agg(["min", "max"]).round(2)
    return ", ".join(
        f"{words.plain(str(loss))} {low:.2f}" + (f" to {high:.2f}" if high > low else "")
        for loss, low, high in bounds.itertuples(name=None)
    ).replace("-", "−")
