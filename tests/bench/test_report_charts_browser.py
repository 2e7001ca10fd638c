"""The report's interactive charts in a real browser: they open on what there is most of, and no words overlap."""

from __future__ import annotations

from typing import Any

from made_tables import tables
from opened_page import Opened

SHOWN = "[...document.querySelectorAll('[data-chart]')].map(chart => chart.dataset.chart)"


def box(opened: Opened, chart: str, part: str) -> dict[str, float] | None:
    """Where a part of a chart stands on the page; None where it has none."""
    found = opened.page.locator(f"[data-chart={chart}] {part}")
    if not found.count():
        return None
    place: Any = found.first.bounding_box()
    return {**place, "right": place["x"] + place["width"], "bottom": place["y"] + place["height"]}


def test_legend_stands_below_the_axis_title_and_inside_its_chart(opened: Opened) -> None:
    for chart in opened.page.evaluate(SHOWN):
        title, legend, canvas = (box(opened, chart, part) for part in (".xtitle", ".legend", ".canvas .main-svg"))
        assert title
        assert canvas
        assert title["bottom"] < canvas["bottom"], chart
        if legend:
            assert title["bottom"] < legend["y"], chart
            assert legend["bottom"] <= canvas["bottom"] + 1, chart
            assert legend["right"] <= canvas["right"] + 1, chart


def test_trials_open_on_the_sampler_with_most_trials(opened: Opened) -> None:
    select = opened.page.locator("[data-chart=search] select").first
    assert select.input_value() == tables()["search"]["sampler"].value_counts().idxmax()
