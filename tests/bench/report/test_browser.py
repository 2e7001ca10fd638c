"""The report works in a real browser: nothing is loaded, nothing overflows, and its controls do what they say."""

from __future__ import annotations

from pathlib import Path

from tests.support.made_tables import claims
from tests.support.opened_page import LOW_CONTRAST, Opened

EMPTY = "document.querySelectorAll('{}').values().filter(e => !e.getBoundingClientRect().height).toArray().length"


def test_page_opens_without_complaint_and_asks_for_nothing_else(opened: Opened, report_file: Path) -> None:
    assert opened.complaints == []
    assert [url for url in opened.requests if not url.startswith(("data:", "blob:"))] == [report_file.as_uri()]


def test_page_is_no_wider_than_the_screen(opened: Opened) -> None:
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_picture_has_a_size(opened: Opened) -> None:
    for selector in ("figure svg[role=img]", "figure img", ".chart .main-svg", ".tile"):
        assert opened.page.locator(selector).count()
        assert opened.page.evaluate(EMPTY.format(selector)) == 0


def test_claims_on_screen_equal_the_table(opened: Opened) -> None:
    items = opened.page.locator(".claim").all()
    shown = {item.get_attribute("data-claim"): item.locator(".verdict").inner_text().split()[-1] for item in items}
    expected = claims()
    assert shown == dict(zip(expected["claim"], expected["verdict"], strict=True))


def test_table_sorts_by_a_column_both_ways_and_filters(opened: Opened) -> None:
    block = opened.page.locator("#quality .table-block:has([data-filter])").first
    head = block.locator("thead th").nth(1)
    orders = {}
    for _ in range(2):
        head.locator("button").press("Enter")
        keys = block.locator("tbody tr td:nth-child(2)").evaluate_all("cells => cells.map(c => c.dataset.key)")
        orders[head.get_attribute("aria-sort")] = [float(key) for key in keys]
    assert orders["ascending"] == sorted(orders["ascending"])
    assert orders["descending"] == sorted(orders["descending"], reverse=True)
    block.locator("[data-filter]").fill("copy of")
    assert block.locator("tbody tr:visible").count() == 1
    block.locator("[data-filter]").fill("")


def test_chart_follows_its_choices(opened: Opened) -> None:
    chart = opened.page.locator("[data-chart=curves]")
    chart.locator("select").nth(1).select_option("images seen")
    chart.locator("select").nth(0).select_option(index=1)
    titles = chart.locator(".canvas").evaluate("c => [c.layout.xaxis.title.text, c.layout.yaxis.title.text]")
    assert titles == ["images seen", "Attribute accuracy ↑"]


def test_keys_flip_the_faces_and_masks_come_with_the_model_that_has_them(opened: Opened) -> None:
    grids = opened.page.locator(".grids")
    grids.locator("[data-model]").select_option(label="StarGAN (LSGAN)")
    assert grids.locator("input[value=mask]").is_disabled()
    grids.locator("[data-model]").select_option(label="ACL-GAN + mask")
    sheets = set()
    for key in "12345":
        grids.locator(".tile").first.press(key)
        sheets.add(grids.evaluate("grid => grid.style.getPropertyValue('--sheet')"))
    assert len(sheets) == 5
    assert grids.locator(".tile").first.get_attribute("aria-label").endswith(": segment")
    opened.page.keyboard.press("1")


def test_faces_are_one_tab_stop_and_arrow_keys_move_between_them(opened: Opened) -> None:
    tiles = opened.page.locator(".tile")
    assert tiles.evaluate_all("tiles => tiles.filter(tile => tile.tabIndex === 0).length") == 1
    tiles.first.focus()
    focused = (
        "[document.activeElement.style.getPropertyValue('--x'), document.activeElement.style.getPropertyValue('--y')]"
    )
    first = opened.page.evaluate(focused)
    places = []
    for key in ("ArrowDown", "ArrowUp", "End", "Home", "ArrowLeft"):
        opened.page.keyboard.press(key)
        places.append(opened.page.evaluate(focused))
    assert int(places[0][1]) > int(first[1])
    assert places[0][0] == first[0]
    assert int(places[2][0]) > int(first[0])
    assert places[1] == places[3] == places[4] == first
    assert tiles.evaluate_all("tiles => tiles.filter(tile => tile.tabIndex === 0).length") == 1


def test_scores_chart_offers_the_edits_of_a_metric_and_shows_controls(opened: Opened) -> None:
    chart = opened.page.locator("[data-chart=scores]")
    metric, edit, split = chart.locator("select").all()
    metric.select_option("Attribute accuracy →")
    edit.select_option("Smiling")
    split.select_option("test")
    assert chart.locator(".canvas").evaluate("c => c.layout.xaxis.title.text") == "Attribute accuracy →"
    edit.select_option("all")
    names = chart.locator(".canvas").evaluate("c => c.data.map(trace => trace.name)")
    assert {"Copy of the source", "True counterfactual", "Judges on real images", "Shuffled targets"} <= set(names)


def test_search_chart_offers_a_target_and_shows_cost_by_width(opened: Opened) -> None:
    chart = opened.page.locator("[data-chart=time_to_target]")
    chart.locator("select").nth(2).select_option("quality 0.3")
    assert chart.locator(".canvas").evaluate("c => c.layout.xaxis.title.text") == "width of the ranges in decades"


def test_hovering_a_point_shows_its_values(opened: Opened) -> None:
    canvas = opened.page.locator("[data-chart=curves] .canvas")
    canvas.evaluate("canvas => Plotly.Fx.hover(canvas, [{ curveNumber: 0, pointNumber: 2 }])")
    assert "seed 1" in (canvas.locator(".hoverlayer").text_content() or "")


def test_paper_is_white_holds_what_the_screen_folds_away_and_no_raw_tables(opened: Opened) -> None:
    page = opened.page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    try:
        colours = page.evaluate("['color', 'backgroundColor'].map(name => getComputedStyle(document.body)[name])")
        assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
        assert page.locator("nav").is_hidden()
        assert page.locator("#figure-curves_by_images svg").is_visible()
        assert page.locator("details[data-raw] >> visible=true").count() == 0
    finally:
        page.emulate_media(media="screen")
        page.evaluate("document.querySelectorAll('details').forEach(details => (details.open = true))")


def test_tables_fit_on_paper(opened: Opened) -> None:
    size = opened.page.viewport_size
    opened.page.set_viewport_size({"width": 718, "height": 1000})  # A4 at 96 dpi, less the browser's margins
    opened.page.emulate_media(media="print")
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    try:
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= 718
    finally:
        assert size is not None
        opened.page.set_viewport_size(size)
        opened.page.emulate_media(media="screen")
        opened.page.evaluate("document.querySelectorAll('details').forEach(details => (details.open = true))")


def test_text_has_the_contrast_that_wcag_aa_asks_for(opened: Opened) -> None:
    assert opened.page.evaluate(LOW_CONTRAST) == []


def test_focus_on_a_face_shows_its_source(opened: Opened) -> None:
    tile = opened.page.locator(".tile").first
    tile.blur()
    before = tile.evaluate("tile => getComputedStyle(tile).backgroundImage")
    opened.page.keyboard.press("Tab")
    tile.focus()
    assert tile.evaluate("tile => getComputedStyle(tile).backgroundImage") != before
