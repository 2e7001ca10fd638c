"""How numbers and metrics are written for people, in figures and on the page; metrics as their `LABELS` say."""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from bench import registry
from bench.evaluation.metric import Label

NONE = "–"


def number(value: float, digits: int = 3) -> str:
    """`value` with that many significant digits, without exponent where it can be; a dash for NaN, ∞ for infinity."""
    if math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    if not -4 <= magnitude < 6:
        return f"{value:.{digits - 1}e}".replace("-", "−")
    return f"{value:,.{max(digits - 1 - magnitude, 0)}f}".replace("-", "−")


def interval(low: float, high: float, write: Callable[[float], str] = number) -> str:
    """`[low, high]`, each written by `write`; empty where neither is known."""
    return "" if math.isnan(low) and math.isnan(high) else f"[{write(low)}, {write(high)}]"


def ratio(value: float) -> str:
    """A positive ratio with two decimals, from 10 on and below 0.01 with two or three significant digits."""
    return f"{value:.2f}" if 0.01 <= value < 10 else number(value, 3 if value >= 10 else 2)


def ratios(low: float, high: float) -> str:
    """`[low, high]` of a ratio; empty where neither is known."""
    return interval(low, high, ratio)


def overlap(first: tuple[float, float], second: tuple[float, float]) -> str:
    """`; intervals overlap` where two intervals do; '' where they are apart, or one is not known."""
    return "; intervals overlap" if first[0] <= second[1] and second[0] <= first[1] else ""


def signed(value: float) -> str:
    """A difference with its sign and two decimals; what rounds to zero has no sign."""
    return f"{round(value, 2):+.2f}".replace("-", "−") if round(value, 2) else "0.00"


def change(value: float, low: float, high: float) -> str:
    """A difference with its interval where there is one: `−0.07 [−0.40, +0.26]`."""
    return signed(value) if math.isnan(low) or math.isnan(high) else f"{signed(value)} [{signed(low)}, {signed(high)}]"


def seconds(value: float) -> str:
    """A duration in seconds, minutes or hours, with two or three digits."""
    if value < 600:
        return f"{number(value, 2 if value < 100 else 3)} s"
    return f"{value / 60:.0f} min" if value < 7200 else f"{value / 3600:.1f} h"


def listed(items: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def plain(name: str) -> str:
    """The name of an edit, a part, a loss or a metric as people read it."""
    return name.replace("_", " ").replace("+", " + ")


@cache
def _labels() -> tuple[Label, ...]:
    """The labels of every metric, in showing order."""
    every = (label for module in registry.metrics().values() for label in module.LABELS)
    return tuple(sorted(every, key=lambda label: label.place))


def _fitting(metric: str) -> Label | None:
    fitting = [label for label in _labels() if metric.startswith(label.start)]
    return max(fitting, key=lambda label: len(label.start), default=None)


def metric_name(metric: str) -> str:
    """What people read; a metric without a label is called by its own name."""
    label = _fitting(metric)
    if label is None:
        return plain(metric)
    rest = plain(metric.removeprefix(label.start).strip("_"))
    return f"{label.text} ({rest})" if rest else label.text


def metric_label(metric: str, upright: bool = False) -> str:
    """The label of a horizontal axis, or of an upright one or a column, with an arrow that points to better."""
    label = _fitting(metric)
    arrows = {"higher": " ↑", "lower": " ↓"} if upright else {"higher": " →", "lower": " ←"}
    return metric_name(metric) + (arrows[label.better] if label else "")


def ordered_metrics(metrics: Iterable[str]) -> list[str]:
    """All metrics without repeats, in showing order; those without a label last."""
    places = {metric: label.place if (label := _fitting(metric)) else math.inf for metric in metrics}
    return sorted(places, key=lambda metric: (places[metric], metric))


def headline_metrics(metrics: Iterable[str]) -> list[str]:
    """The first metric of each headline label, in showing order."""
    names = ordered_metrics(metrics)
    starts = [label.start for label in _labels() if label.headline]
    firsts = (next((name for name in names if name.startswith(start)), None) for start in starts)
    return [name for name in firsts if name is not None]
