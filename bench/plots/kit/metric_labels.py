"""How metrics are named to people, in which order they are shown, and which way is better: each metric's `LABELS`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from bench import registry
from bench.evaluation.metric import Better, Label
from bench.plots.kit import words


@dataclass(frozen=True)
class Known:
    """A metric as people see it."""

    label: str
    better: Better | None
    place: int


@cache
def labels() -> tuple[Label, ...]:
    """The labels of every metric, in showing order."""
    every = (label for module in registry.metrics().values() for label in module.LABELS)
    return tuple(sorted(every, key=lambda label: label.place))


def known(metric: str) -> Known:
    """Label, direction and place of a metric; one without a label is shown by its own name, last."""
    fitting = [label for label in labels() if metric.startswith(label.start)]
    label = max(fitting, key=lambda label: len(label.start), default=None)
    if label is None:
        return Known(words.plain(metric), None, 1 + labels()[-1].place)
    rest = words.plain(metric.removeprefix(label.start).strip("_"))
    return Known(f"{label.text} ({rest})" if rest else label.text, label.better, label.place)


def axis_label(metric: str, upright: bool = False) -> str:
    """The label of a horizontal axis, or of an upright one or a column, with an arrow that points to better."""
    shown = known(metric)
    arrows = {"higher": " ↑", "lower": " ↓"} if upright else {"higher": " →", "lower": " ←"}
    return shown.label + arrows.get(shown.better or "", "")


def ordered(metrics: Iterable[str]) -> list[str]:
    """All metrics without repeats, in showing order."""
    return sorted(set(metrics), key=lambda metric: (known(metric).place, metric))


def headline(metrics: Iterable[str]) -> list[str]:
    """The first metric of each headline label, in showing order."""
    names = ordered(metrics)
    starts = [label.start for label in labels() if label.headline]
    firsts = (next((name for name in names if name.startswith(start)), None) for start in starts)
    return [name for name in firsts if name is not None]
