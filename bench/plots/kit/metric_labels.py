"""How metrics are named to people, in which order they are shown, and which way is better: each metric's `LABELS`."""

import math
from collections.abc import Iterable
from functools import cache

from bench import registry
from bench.evaluation.metric import Label
from bench.plots.kit import words


@cache
def labels() -> tuple[Label, ...]:
    """The labels of every metric, in showing order."""
    every = (label for module in registry.metrics().values() for label in module.LABELS)
    return tuple(sorted(every, key=lambda label: label.place))


def _fitting(metric: str) -> Label | None:
    fitting = [label for label in labels() if metric.startswith(label.start)]
    return max(fitting, key=lambda label: len(label.start), default=None)


def name(metric: str) -> str:
    """What people read; a metric without a label is called by its own name."""
    label = _fitting(metric)
    if label is None:
        return words.plain(metric)
    rest = words.plain(metric.removeprefix(label.start).strip("_"))
    return f"{label.text} ({rest})" if rest else label.text


def axis_label(metric: str, upright: bool = False) -> str:
    """The label of a horizontal axis, or of an upright one or a column, with an arrow that points to better."""
    label = _fitting(metric)
    arrows = {"higher": " ↑", "lower": " ↓"} if upright else {"higher": " →", "lower": " ←"}
    return name(metric) + (arrows[label.better] if label else "")


def ordered(metrics: Iterable[str]) -> list[str]:
    """All metrics without repeats, in showing order; those without a label last."""
    places = {metric: label.place if (label := _fitting(metric)) else math.inf for metric in metrics}
    return sorted(places, key=lambda metric: (places[metric], metric))


def headline(metrics: Iterable[str]) -> list[str]:
    """The first metric of each headline label, in showing order."""
    names = ordered(metrics)
    starts = [label.start for label in labels() if label.headline]
    firsts = (next((name for name in names if name.startswith(start)), None) for start in starts)
    return [name for name in firsts if name is not None]
