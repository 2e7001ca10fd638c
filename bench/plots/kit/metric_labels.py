"""How metrics are named to people, in which order they are shown, and which way is better."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Better = Literal["higher", "lower"]
# The name of a metric begins with one of these: (start, label, better). Order is the order of panels and columns.
KNOWN: tuple[tuple[str, str, Better], ...] = (
    ("quality", "Quality q", "higher"),
    ("attribute_accuracy", "Attribute accuracy", "higher"),
    ("preservation_accuracy", "Preservation accuracy", "higher"),
    ("background_error", "Background error", "lower"),
    ("counterfactual_error", "Counterfactual error", "lower"),
    ("closer_to_counterfactual", "Closer to counterfactual", "higher"),
    ("fid_", "FID", "lower"),
    ("kid_", "KID", "lower"),
    ("precision_", "Precision", "higher"),
    ("recall_", "Recall", "higher"),
)
HEADLINE = tuple(start for start, _, _ in KNOWN[:7])


@dataclass(frozen=True)
class Known:
    """A metric as people see it."""

    label: str
    better: Better | None
    place: int


def known(metric: str) -> Known:
    """Label, direction and place of a metric; one that is not listed is shown by its own name, last."""
    for place, (start, label, better) in enumerate(KNOWN):
        if metric.startswith(start):
            rest = metric.removeprefix(start).strip("_").replace("_", " ")
            return Known(f"{label} ({rest})" if rest else label, better, place)
    return Known(metric.replace("_", " "), None, len(KNOWN))


def axis_label(metric: str) -> str:
    """The label of a horizontal axis, with an arrow that points to where better is."""
    found = known(metric)
    return found.label + {"higher": " →", "lower": " ←", None: ""}[found.better]


def upright_label(metric: str) -> str:
    """The label of a vertical axis or of a column, with an arrow that points to where better is."""
    found = known(metric)
    return found.label + {"higher": " ↑", "lower": " ↓", None: ""}[found.better]


def ordered(metrics: Iterable[str]) -> list[str]:
    """All metrics without repeats, in showing order."""
    return sorted(set(metrics), key=lambda metric: (known(metric).place, metric))


def headline(metrics: Iterable[str]) -> list[str]:
    """The first metric found of each headline kind, in showing order."""
    found = ordered(metrics)
    kinds = [next((metric for metric in found if metric.startswith(start)), None) for start in HEADLINE]
    return [metric for metric in kinds if metric is not None]
