"""The report works in a real browser: nothing is loaded, nothing overflows, and its controls do what they say."""

from __future__ import annotations

import zipfile
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from tests.support.made_tables import claims, tables
from tests.support.opened_page import LOW_CONTRAST, Opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EMPTY = "document.querySelectorAll('{}').values().filter(e => !e.getBoundingClientRect().height).toArray().length"


def test_page_opens_without_complaint_and_asks_for_nothing_else(opened: Opened, report_file: Path) -> None:
    assert opened.complaints == []
    assert [url for url in opened.requests if not url.startswith(("data:", "blob:"))] == [report_file.as_uri()]


def test_page_is_no_wider_than_the_screen(opened: Opened) -> None:
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_picture_has_a_size(opened: Opened) -> None:
    for selector in ("figure svg[role=img]", ".card", ".tile span"):
        assert opened.page.locator(selector).count()
        assert opened.page.evaluate(EMPTY.format(selector)) == 0


def test_claims_on_screen_equal_the_table(opened: Opened) -> None:
    items = opened.page.locator("tr[data-claim]").all()
    shown = {item.get_attribute("id"): item.locator("td b").inner_text()[1:].strip() for item in items}
    expected = claims()
    assert shown == dict(zip(expected["claim"], expected["verdict"], strict=True))


def test_the_first_screen_answers_four_questions_before_anything_is_scrolled(opened: Opened) -> None:
    cards = opened.page.locator(".card")
    assert cards.count() == 4
    if opened.page.evaluate("innerWidth") > 1000:
        opened.page.evaluate("scrollTo(0, 0)")
        bottoms = opened.page.locator("h1, .card, .figs figure, .part").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().bottom)"
        )
        assert max(bottoms) <= 900


def test_a_link_into_a_fold_opens_it(opened: Opened) -> None:
    page = opened.page
    page.evaluate("document.querySelectorAll('details').forEach(details => (details.open = false))")
    page.locator(".card a[href='#table-headline']").first.click()
    page.wait_for_function("document.getElementById('table-headline').open")
    assert page.locator("#table-headline table").is_visible()
    page.evaluate("document.querySelectorAll('details').forEach(details => (details.open = true))")


def test_all_tables_can_be_saved_from_the_page_alone(opened: Opened) -> None:
    with opened.page.expect_download() as waiting:
        opened.page.locator("#tables a[download]").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        names = set(archive.namelist())
        saved = pd.read_csv(archive.open("headline.csv"))
    assert {f"{name}.csv" for name in tables()} == names
    pd.testing.assert_frame_equal(saved, pd.read_csv(StringIO(tables()["headline"].to_csv(index=False))))


def test_table_sorts_both_ways_with_missing_values_last_and_an_empty_filter_says_so(opened: Opened) -> None:
    block = opened.page.locator("#quality .table-block:has([data-filter])").first
    head = block.locator("thead th").nth(1)
    orders = {}
    for _ in range(2):
        head.locator("button").press("Enter")
        keys = block.locator("tbody tr td:nth-child(2)").evaluate_all("cells => cells.map(c => c.dataset.key)")
        assert keys[-1] == "", "the judges have no quality"
        orders[head.get_attribute("aria-sort")] = [float(key) for key in keys if key]
    assert orders["ascending"] == sorted(orders["ascending"])
    assert orders["descending"] == sorted(orders["descending"], reverse=True)
    block.locator("[data-filter]").fill("copy of")
    assert block.locator("tbody tr:visible").count() == 1
    assert block.locator("[data-nothing]").is_hidden()
    block.locator("[data-filter]").fill("no such row")
    assert block.locator("[data-nothing]").is_visible()
    block.locator("[data-filter]").fill("")


def test_two_models_and_the_truth_stand_side_by_side_and_keys_choose_what_the_models_show(opened: Opened) -> None:
    grids = opened.page.locator(".grids")
    left, right = grids.locator("[data-model=a]"), grids.locator("[data-model=b]")
    selected = [select.evaluate("select => select.selectedOptions[0].textContent") for select in (left, right)]
    assert selected == ["StarGAN (LSGAN) + mask", "ACL-GAN + mask"]
    assert grids.locator(".tile").first.locator("span").count() == 3
    sheet = "grid => ['--a', '--b', '--truth'].map(name => grid.style.getPropertyValue(name))"
    sheets = []
    for key in "12345":
        grids.locator(".tile").first.press(key)
        sheets.append(grids.evaluate(sheet))
    assert len({b for _, b, _ in sheets}) == 5
    assert len({truth for *_, truth in sheets}) == 1
    label = grids.locator(".tile").first.get_attribute("aria-label")
    assert label is not None
    assert label.endswith(": segment")
    for select in (left, right):
        select.select_option(label="StarGAN (LSGAN)")
    assert grids.locator("input[value=mask]").is_disabled()
    for select, model in zip((left, right), selected, strict=True):
        select.select_option(label=model)


def test_keys_act_inside_the_grid_only(opened: Opened) -> None:
    grids = opened.page.locator(".grids")
    grids.locator(".tile").first.press("1")
    opened.page.locator("nav a").first.focus()
    opened.page.keyboard.press("4")
    assert grids.locator("input[value=translation]").is_checked()


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


def test_paper_is_white_holds_what_the_screen_folds_away_and_no_raw_tables(opened: Opened) -> None:
    page = opened.page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    try:
        colours = page.evaluate("['color', 'backgroundColor'].map(name => getComputedStyle(document.body)[name])")
        assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
        assert page.locator("nav").is_hidden()
        assert page.locator("#figure-search_time svg").is_visible()
        assert page.locator(".grids").is_hidden()
        assert page.locator("#figure-faces img").is_visible()
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
    opened.page.mouse.move(0, 0)  # a pointer over the tile shows its source, too
    tile.blur()
    image = "tile => getComputedStyle(tile.querySelector('.b')).backgroundImage"
    before = tile.evaluate(image)
    opened.page.keyboard.press("Tab")
    tile.focus()
    assert tile.evaluate(image) != before


def test_only_what_overflows_is_a_tab_stop_and_fades(opened: Opened) -> None:
    tab_stops = opened.page.locator(".scroll:visible").evaluate_all(
        "all => all.map(one => [one.scrollWidth - one.clientWidth > 1, one.tabIndex === 0, one.className])"
    )
    assert tab_stops
    for overflows, stop, classes in tab_stops:
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


def test_the_headline_figure_is_on_the_first_page_of_paper(opened: Opened) -> None:
    size = opened.page.viewport_size
    assert size is not None
    opened.page.set_viewport_size({"width": 718, "height": 1040})  # A4 at 96 dpi, less the browser's margins
    opened.page.emulate_media(media="print")
    try:
        bottom = opened.page.locator(".figs").evaluate("figs => figs.getBoundingClientRect().bottom + scrollY")
        heights = opened.page.locator("figure:visible").evaluate_all("all => all.map(one => one.clientHeight)")
    finally:
        opened.page.set_viewport_size(size)
        opened.page.emulate_media(media="screen")
    assert bottom < 1040
    assert max(heights) < 1040  # so that none has to be cut in two


def test_without_javascript_the_static_faces_stand_and_no_empty_grid(browser: Browser, report_file: Path) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(report_file.as_uri())
    assert page.locator("#figure-faces img").is_visible()
    assert page.locator(".grids").is_hidden()
    assert page.locator("#figure-search_time svg").is_visible()
    page.close()
