"""What a figure shows, in words, for those who do not see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text


def describe(figure: Figure) -> str:
    """Each panel's title, axes and named rows, then what the legend names; a figure without panels says its reason."""
    if not figure.axes:
        return " ".join(map(_text, figure.texts))
    panels = [words for axis in figure.axes if (words := _panel(axis))]
    legends = [_text(label) for legend in figure.legends for label in legend.get_texts()]
    count = f"{len(panels)} panels: " if len(panels) > 1 else ""
    return count + "; ".join(dict.fromkeys(panels)) + (f". Shown: {', '.join(legends)}" if legends else "") + "."


def _panel(axis: Axes) -> str:
    across, upright = axis.get_xlabel(), axis.get_ylabel()
    axes = f"{upright} against {across}" if across and upright else across or upright
    rows, columns = _names(axis.get_yticklabels()), _names(axis.get_xticklabels())
    parts = [axis.get_title(loc="left"), axes, f"rows {rows}" if rows else "", f"columns {columns}" if columns else ""]
    return ", ".join(" ".join(words.split()) for words in parts if words)


def _names(labels: list[Text]) -> str:
    """The labels in one line where they are words; '' where they are numbers."""
    words = [_text(label) for label in labels]
    return ", ".join(words) if any(word[:1].isalpha() for word in words) else ""


def _text(artist: Text) -> str:
    return " ".join(artist.get_text().split())
