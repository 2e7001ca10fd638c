"""The report's interactive charts in a real browser: they open on what there is most of, and no words overlap."""

from __future__ import annotations

from typing import Any

from tests.support.made_tables import tables
from tests.support.opened_page import Opened

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


def test_keyboard_hides_and_shows_what_the_legend_names(opened: Opened) -> None:
    chart = opened.page.locator("[data-chart=curves]")
    name = chart.locator(".legendtoggle").first
    hidden = "canvas => canvas.data.filter(trace => trace.visible === 'legendonly').length"
    for pressed in ("false", "true"):
        name.press("Enter")
        assert name.get_attribute("aria-pressed") == pressed
        assert (chart.locator(".canvas").evaluate(hidden) > 0) == (pressed == "false")


def test_only_what_overflows_is_a_tab_stop_and_fades(opened: Opened) -> None:
    found = opened.page.locator(".scroll:visible").evaluate_all(
        "all => all.map(one => [one.scrollWidth - one.clientWidth > 1, one.tabIndex === 0, one.className])"
    )
    assert found
    for overflows, stop, classes in found:
        assert stop == overflows == ("more-right" in classes)


def test_figures_keep_a_legible_size_on_a_phone(opened: Opened) -> None:
    widths = opened.page.locator("figure svg[role=img]:visible").evaluate_all(
        "all => all.map(one => [one.clientWidth, parseFloat(getComputedStyle(one).getPropertyValue('--natural'))])"
    )
    assert all(width >= min(natural, 736) - 1 for width, natural in widths)


def test_paper_has_no_table_of_more_columns_than_can_be_read(opened: Opened) -> None:
    opened.page.emulate_media(media="print")
    try:
        columns = opened.page.locator("table:visible thead tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].filter(cell => cell.getClientRects().length).length)"
        )
    finally:
        opened.page.emulate_media(media="screen")
    assert columns
    assert max(columns) == 8


def test_upper_ends_of_intervals_lie_inside_a_log_axis(opened: Opened) -> None:
    canvas = opened.page.locator("[data-chart=time_to_target] .canvas")
    top, ends = canvas.evaluate(
        """canvas => [10 ** canvas._fullLayout.yaxis.range[1], canvas.data.flatMap(
          trace => trace.y.map((value, place) => value + (trace.error_y?.array?.[place] ?? 0)))]"""
    )
    assert ends
    assert top >= max(ends)
