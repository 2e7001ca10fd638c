"""Log axes that people read: a few plain numbers instead of powers of ten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MANY = 1e3
"""From so large a ratio of its limits on, an axis is labelled at powers of ten alone."""


def plain_log(axis: Axes, which: Literal["x", "y"] = "y") -> None:
    """Label a log axis, its limits set, at 1, 2 and 5 times powers of ten; over many decades at these powers alone."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    side = axis.xaxis if which == "x" else axis.yaxis
    low, high = axis.get_xlim() if which == "x" else axis.get_ylim()
    side.set_major_locator(LogLocator(10, subs=(1.0, 2.0, 5.0) if high < MANY * low else (1.0,)))
    side.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    side.set_minor_formatter(NullFormatter())
