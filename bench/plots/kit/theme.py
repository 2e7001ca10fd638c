"""The look of every figure: colours, markers, names of models, axes that people read, legends."""

from __future__ import annotations

import colorsys
import re
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bench import registry

if TYPE_CHECKING:  # plots name these types as theme.Axes and theme.Figure: importing matplotlib takes long
    from matplotlib.axes import Axes as Axes
    from matplotlib.figure import Figure as Figure
    from matplotlib.text import Text as Text

# The report replaces these by the page's own colours, so that figures follow its light or dark theme.
INK, QUIET, GRID, PAPER = "#22262b", "#6a7077", "#d4d7db", "#fefefe"
HIT = "#e6007e"  # of a trial: the colour of no method, and not in the colour map of quality
ANSWERS = {"yes": "#0f6b46", "no": "#a4331f", "open": "#6b5d12"}  # of an interval against its bar
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "<", ">", "p")
LABELLED = "*"  # a variant that the run trains once more, under a label
Line = Literal["-"] | tuple[float, tuple[float, ...]]
LINES: tuple[Line, ...] = ("-", (0, (5, 1.5)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))
CONTROLS = {
    "identity": "Copy of the source",
    "counterfactual": "True counterfactual",
    "half_way": "Half way to the counterfactual",
    "other_person": "Another person with the right labels",
    "ten_faces": "Ten such people for everybody",
    "judge_ceiling": "Judges on real images",
}
SHUFFLED = "control.shuffled_"
LUMINANCES = (0.14, 0.27)
RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titlepad": 8.0,
    "axes.edgecolor": QUIET,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 1.6,
    "lines.markersize": 5.0,
    "figure.dpi": 110.0,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 160.0,
    "svg.fonttype": "path",
}


@dataclass(frozen=True)
class Look:
    """How one variant is drawn, in every figure alike."""

    label: str
    colour: str
    marker: str
    line: Line


@contextmanager
def style(salt: str) -> Iterator[None]:
    """Draw inside in the house style; `salt` (the plot's name) makes the SVG's inner names stable and its own."""
    import matplotlib as mpl

    with mpl.rc_context({**RC, "svg.hashsalt": salt}):
        yield


def look(model: str) -> Look:
    """The look of `<method>.<variant>`: its method's colour, shaded by the variant's place; controls are grey."""
    method, variant = model.split(".")
    if method == "control":
        marker = ("x", "*", "3", "4", "2", "+", "1")[control_place(variant)]
        return Look(CONTROLS.get(variant, "Shuffled targets"), QUIET, marker, (0, (1, 1.5)))
    info = registry.methods()[method]
    slug = registry.without_label(variant)
    place = [variant.slug for variant in info.variants].index(slug)
    marker = MARKERS[place % len(MARKERS)] if slug == variant else LABELLED
    return Look(label(model), shade(info.colour, place, len(info.variants)), marker, LINES[place % len(LINES)])


def label(model: str) -> str:
    """The name that people read, of `<method>.<variant>`."""
    if not model.startswith("control."):
        info, listed = registry.find(model)
        return listed.label if listed.label.startswith(info.label) else f"{info.label} {listed.label}"
    if shuffled := owner(model):
        return f"Shuffled targets: {label(shuffled)}"
    variant = model.removeprefix("control.")
    return CONTROLS.get(variant, variant)


def in_words(text: str) -> str:
    """A text with labels in the place of the ids of models, and without underscores."""
    model = rf"\b(?:{'|'.join(registry.methods())})\.\w+"
    return re.sub(model, lambda match: label(match[0]), text).replace("_", " ")


def control_place(variant: str) -> int:
    """The place of a control in `CONTROLS`; other controls come after these."""
    return [*CONTROLS, variant].index(variant)


def shuffled_control(model: str) -> str:
    """The control in which that model was given shuffled targets."""
    return SHUFFLED + model.replace(".", "_", 1)


def owner(control: str) -> str | None:
    """The model that was given shuffled targets in that control; None of other controls and of models."""
    rest = control.removeprefix(SHUFFLED)
    method = max((name for name in registry.methods() if rest.startswith(f"{name}_")), key=len, default="")
    return f"{method}.{rest.removeprefix(f'{method}_')}" if method else None


def shade(colour: str, place: int, count: int) -> str:
    """`colour` in one of `count` shades, dark to light, each with a contrast of 3:1 or more on light and dark paper.

    The shades' relative luminances (WCAG 2) are spaced geometrically over `LUMINANCES`.
    """
    from matplotlib.colors import to_hex, to_rgb

    low, high = LUMINANCES
    target = low * (high / low) ** (0.5 if count < 2 else place / (count - 1))
    hue, _, saturation = colorsys.rgb_to_hls(*to_rgb(colour))
    dark, light = 0.0, 1.0
    for _ in range(20):
        middle = (dark + light) / 2
        above = luminance(to_hex(colorsys.hls_to_rgb(hue, middle, saturation))) > target
        dark, light = (dark, middle) if above else (middle, light)
    return to_hex(colorsys.hls_to_rgb(hue, dark, saturation))


def luminance(colour: str) -> float:
    """Relative luminance of a `#rrggbb` colour, 0 to 1, after WCAG 2."""
    from matplotlib.colors import to_rgb

    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def plain_log(axis: Axes, which: Literal["x", "y"] = "y", steps: Sequence[float] = (1.0, 2.0, 5.0)) -> None:
    """Label a log axis, its limits set, at `steps` times powers of ten; from three decades on at the powers alone."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    side = axis.xaxis if which == "x" else axis.yaxis
    low, high = axis.get_xlim() if which == "x" else axis.get_ylim()
    side.set_major_locator(LogLocator(10, subs=steps if high < 1000 * low else (1.0,)))
    side.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    side.set_minor_formatter(NullFormatter())


def beside(axis: Axes, place: float, text: str, offset: tuple[float, float], small: bool = True) -> None:
    """Write on the right of a row, that many points from the axes: small and quiet, or bold."""
    style: dict[str, Any] = {"fontsize": 7, "color": QUIET} if small else {"fontweight": "bold"}
    axis.annotate(
        text, (1, place), offset, xycoords=("axes fraction", "data"), textcoords="offset points", va="center", **style
    )


def blank(reason: str) -> Figure:
    """A figure that says why there is nothing to see."""
    from matplotlib.figure import Figure

    lines = textwrap.wrap(reason, 40)
    figure = Figure(figsize=(3.4, 0.25 + 0.2 * len(lines)))
    figure.text(0.01, 0.5, "\n".join(lines), ha="left", va="center", color=QUIET)
    return figure


def grid(panels: int, columns: int, width: float, height: float, share_y: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure of `panels` axes in at most `columns` columns, each `width` x `height` inches; spare axes are gone."""
    from matplotlib.figure import Figure

    columns = min(columns, panels)
    rows = -(-panels // columns)
    figure = Figure(figsize=(columns * width, rows * height))
    axes = figure.subplots(rows, columns, squeeze=False, sharey=share_y).ravel().tolist()
    for spare in axes[panels:]:
        spare.remove()
    return figure, axes[:panels]


def rows(axes: Sequence[Axes], names: Sequence[str], fontsize: float | None = None) -> None:
    """Named rows from the top down over axes that share them, without lines along them."""
    axes[0].set_yticks(range(len(names)), names, fontsize=fontsize)
    axes[0].set_ylim(len(names) - 0.5, -0.5)
    for axis in axes:
        axis.grid(axis="y", visible=False)
        axis.tick_params(axis="y", length=0)


def legend(figure: Figure, looks: Sequence[Look], lines: bool = True) -> None:
    """One legend for the whole figure, below it."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, ls=look.line if lines else "none", label=look.label)
        for look in looks
    ]
    widest = max(len(look.label) for look in looks)
    columns = int(figure.get_figwidth() // (0.75 + 0.075 * widest))  # inches: a handle, and a letter of this size
    figure.legend(
        handles=handles, loc="outside lower left", ncols=max(1, min(len(looks), columns, 3)), frameon=False,
        handlelength=3.6,
    )  # fmt: skip
