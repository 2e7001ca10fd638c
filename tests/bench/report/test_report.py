"""The report is one file that loads nothing and says what the tables say."""

from __future__ import annotations

import html.parser
import json
import re
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from markupsafe import escape

from bench import registry
from bench.report import charts, html_tables, inline_figures, prose, render
from bench.report.claims import answers
from bench.report.page import Run
from bench.settings.paths import RunPaths
from tests.support.made_run import made_run
from tests.support.made_tables import claims, empty_tables, tables

LOADING = {"src", "srcset", "poster", "data", "action", "xlink:href"}


class Page(html.parser.HTMLParser):
    """Collects what a browser would load, the ids, and the claims."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.claims: dict[str, str] = {}
        self.headings: list[int] = []
        self.unlabelled: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.loads += [value for name, value in found.items() if name in LOADING]
        self.loads += [found["href"]] if tag in ("link", "use", "image") and "href" in found else []
        self.ids += [found["id"]] if "id" in found else []
        if "data-claim" in found:
            self.claims[found["data-claim"]] = found["data-verdict"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if (tag == "img" and not found.get("alt")) or (tag == "svg" and not {"aria-label", "aria-hidden"} & set(found)):
            self.unlabelled.append(tag)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return made_run(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def text(run: Run) -> str:
    return render.render(run)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_page_loads_nothing(page: Page, text: str) -> None:
    assert page.loads
    assert all(target.startswith(("data:", "#")) for target in page.loads)
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_page_weighs_less_than_15_megabytes(text: str) -> None:
    assert len(text.encode()) < 15e6


def test_claims_in_the_page_equal_the_table(page: Page, text: str) -> None:
    expected = claims()
    assert page.claims == dict(zip(expected["claim"], expected["verdict"], strict=True))
    for answer in answers(expected, None):
        assert str(answer.measured) in text


def test_every_figure_is_in_the_page_with_its_caption(page: Page, text: str) -> None:
    there = {*tables(), "translations"}
    for name, module in registry.plots().items():
        if not there.issuperset(module.NEEDS):
            continue
        assert f"figure-{name}" in page.ids
        assert str(escape(module.TITLE)) in text


def test_ids_are_unique_and_headings_skip_no_level(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(page.headings))


def test_words_of_a_figure_name_its_axes_and_what_it_shows(run: Run) -> None:
    words = inline_figures.description(run.figures / "trade_off.svg")
    assert "Attribute accuracy ↑ against" in words
    assert "Shown: StarGAN" in words
    assert "Quality q →, rows LSGAN, 22.4 thousand images, StarGAN (LSGAN)" in inline_figures.description(
        run.figures / "ladder.svg"
    )
    assert "columns Source, Translation, Mask" in inline_figures.description(run.figures / "figure4.png")


def test_every_image_has_words(page: Page) -> None:
    assert page.unlabelled == []


def test_embedded_charts_are_json_with_numbers_from_the_tables(text: str) -> None:
    found = re.search(r'<script type="application/json" id="chart-data">(.*?)</script>', text, re.DOTALL)
    assert found
    curves = json.loads(found.group(1))["curves"]
    values = {value for view in curves["views"] for trace in view["traces"] for value in trace["y"]}
    assert {float(f"{value:.6g}") for value in tables()["curves"]["value"]} == values


def test_trials_chart_opens_on_the_sampler_with_most_trials(run: Run) -> None:
    made = tables()["search"]
    single = made.head(1).assign(sampler="default")
    assert charts.search(pd.concat([single, made]), run.settings)["views"][0]["choice"]["sampler"] == "random"


def test_search_time_is_a_bound_where_no_trial_hit(run: Run) -> None:
    made = tables()["time_to_target"]
    missed = made.assign(hits=0)
    traces = [trace for view in charts.time_to_target(missed, run.settings)["views"] for trace in view["traces"]]
    assert {trace["mode"] for trace in traces} == {"markers"}
    assert all(trace["symbol"].endswith("-open") and trace["text"][0].startswith("longer than") for trace in traces)


def test_chart_without_a_value_says_why(run: Run) -> None:
    unknown = tables()["time_to_target"].assign(expected_seconds=float("nan"))
    views = charts.time_to_target(unknown, run.settings)["views"]
    assert all(view["empty"] for view in views if view["choice"]["cost"] == "seconds")


def test_empty_run_says_what_was_not_run(run: Run) -> None:
    text = render.render(Run(run.settings, empty_tables(), run.figures, RunPaths(Path("nowhere"))))
    for sentence in ("No model was scored", "No claim was judged", "No search was run", "No step was timed"):
        assert sentence in text
    assert "no translated faces" in text
    assert "Plotly.register" not in text


def test_all_claims_inconclusive_are_counted_and_listed_as_open(run: Run) -> None:
    text = render.render(Run(run.settings, tables() | {"claims": claims("inconclusive")}, run.figures, run.paths))
    assert "Of 7 claims: 7 inconclusive." in text
    assert "Left open: C1, C2, C3, C4, C5, C6, C7. Inconclusive" in text


def test_text_from_tables_is_escaped(text: str) -> None:
    assert "Statement of C1 &lt;with&gt; marks." in text


def test_figure_follows_the_theme_of_the_page(text: str) -> None:
    assert "currentColor" in text
    assert "#22262b" not in text[text.index('<figure id="figure-trade_off"') :][:200_000]


def test_inline_svg_has_own_ids_and_a_label() -> None:
    svg = '<?xml?><svg width="72pt" height="36pt"><defs><path id="a"/></defs><use xlink:href="#a"/></svg>'
    inline = inline_figures.inline_svg(svg, "plot", 'Words "here"')
    assert 'id="plot-a"' in inline
    assert 'href="#plot-a"' in inline
    assert "--natural: 96px" in inline
    assert "Words &#34;here&#34;" in inline


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "0"), (0.0123456, "0.0123"), (-1.5, "−1.50"), (1234.5, "1,234"), (float("nan"), "–"), (float("inf"), "∞")],
)
def test_numbers_have_three_significant_digits(value: float, written: str) -> None:
    assert html_tables.number(value) == written


def test_claim_without_estimate_states_its_reason() -> None:
    open_claim = answers(claims(), None)[0]
    assert open_claim.measured == "ratio of C1: not measured"
    assert open_claim.reason == "not run"
    assert str(open_claim.strip) == ""


def test_claim_states_the_side_of_its_bar() -> None:
    parts = pd.DataFrame({"measure": ["ratio of C2"], "side": [">="]})
    assert answers(claims(), parts)[1].measured == "ratio of C2: 1.90 [1.20, 3.10]; bar ≥ 1.50"


def test_caveat_of_fid_quotes_this_runs_controls() -> None:
    made = tables()["scores"]
    assert "Here copies" not in prose.fid_caveat(made, "test")
    controls = (
        made[made["variant"] == "identity"]
        .iloc[[0, 0]]
        .assign(
            split="test",
            metric="fid_judge_test",
            attribute="all",
            variant=["identity", "counterfactual"],
            value=[2.0, 3.0],
        )
    )
    said = prose.fid_caveat(pd.concat([made, controls]), "test")
    assert said.endswith("Here copies of the source have FID 2.00, better than the true edits' 3.00.")
    assert prose.fid_caveat(made[:0], "test") == ""


def test_page_names_the_devices_of_trials_and_timings() -> None:
    made = tables()
    assert prose.devices(made | {"search": made["search"].assign(device="cuda")}).startswith("Trials ran on cuda. ")
    assert prose.devices(made).endswith("Steps were timed on cpu (1 thread).")
    assert prose.devices(empty_tables()) == ""


def test_sections_stand_in_the_order_of_a_readers_questions(text: str) -> None:
    order = [
        "question",
        "answers",
        "search",
        "speed",
        "quality",
        "ladder",
        "faces",
        "gradients",
        "method",
        "limits",
        "provenance",
    ]
    places = [text.index(f'<section id="{name}">') for name in order]
    assert places == sorted(places)
    assert text.index('id="figure-figure4"') < text.index('class="grids"')


def test_page_names_the_commands_that_look_inside_the_run(text: str, run: Run) -> None:
    assert f"tensorboard --logdir {run.paths.work}" in text
    assert f"python -m bench status --run {run.paths.root}" in text


def test_the_page_says_whether_discriminators_saw_shifted_images(run: Run, text: str) -> None:
    assert "images shifted" not in text
    training = run.settings.training.model_copy(update={"discriminator_shift_px": 3})
    settings = run.settings.model_copy(update={"training": training})
    shifted = render.render(Run(settings, tables(), run.figures, run.paths))
    assert (
        "with a discriminator that sees images shifted\nat random by up to 3 px, and scored with its ema weights"
        in shifted
    )


def test_run_without_gradient_experiments_says_so(run: Run) -> None:
    without = {name: table for name, table in run.tables.items() if name != "gradients"}
    text = render.render(Run(run.settings, without, run.figures, run.paths))
    assert "The gradient experiments were not run." in text
    assert "figure-gradients_of_points" not in text
