"""The made report, opened in a real browser: wide and light, narrow and dark."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.report.page import render
from tests.support.made_run import made_run
from tests.support.opened_page import Opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip


@pytest.fixture(scope="session")
def report_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("page") / "index.html"
    page.write_text(render(made_run(tmp_path_factory.mktemp("results"))), encoding="utf-8")
    return page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install playwright"
    )
    if CHROMIUM is None:  # `make test` asks for Python and make only; .ci/run installs one, so nothing is skipped there
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module", params=[(1440, "light"), (375, "dark")], ids=["wide, light", "phone, dark"])
def opened(request: pytest.FixtureRequest, browser: Browser, report_file: Path) -> Iterator[Opened]:
    width, scheme = request.param
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    opened_page = Opened(page)
    page.on("request", lambda request: opened_page.requests.append(request.url))
    page.on("console", lambda message: opened_page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: opened_page.complaints.append(str(error)))
    page.goto(report_file.as_uri())
    page.wait_for_selector(".tile")
    page.evaluate("document.querySelectorAll('details').forEach(details => (details.open = true))")
    yield opened_page
    page.close()
