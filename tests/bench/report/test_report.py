"""The report is one file that loads nothing and says what the tables say."""

import html.parser
import json
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from markupsafe import escape

from bench import registry
from bench.plots.kit import words
from bench.plots.kit.render import Inputs, save
from bench.report import page_tables, pictures, prose
from bench.report.claims import answers
from bench.report.page import Run, render, versions
from bench.settings.paths import RunPaths
from tests.support.made_run import made_run
from tests.support.made_tables import claim_parts, claims, empty_tables, tables

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
        attributes = {name: value or "" for name, value in attrs}
        self.loads += [value for name, value in attributes.items() if name in LOADING]
        self.loads += [attributes["href"]] if tag in ("link", "use", "image") and "href" in attributes else []
        self.ids += [attributes["id"]] if "id" in attributes else []
        if "data-claim" in attributes:
            self.claims[attributes["data-claim"]] = attributes["data-verdict"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if (tag == "img" and not attributes.get("alt")) or (
            tag == "svg" and not {"aria-label", "aria-hidden"} & set(attributes)
        ):
            self.unlabelled.append(tag)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return made_run(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def text(run: Run) -> str:
    return render(run)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_page_loads_nothing(page: Page, text: str) -> None:
    assert page.loads
    assert all(target.startswith(("data:", "#")) for target in page.loads)
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_page_weighs_less_than_4_megabytes(text: str) -> None:
    assert len(text.encode()) < 4e6


def test_no_image_stands_in_the_page_twice(text: str) -> None:
    images = re.findall(r"data:image/\w+;base64,[A-Za-z0-9+/=]+", text)
    assert len(images) > 5
    assert len(images) == len(set(images))


def test_no_link_leads_out_of_the_file_and_none_inside_it_is_dead(page: Page, text: str) -> None:
    links = re.findall(r'<a [^>]*href="([^"]*)"', text)
    assert [link for link in links if not link.startswith(("#", "data:"))] == []
    assert {link[1:] for link in links if link.startswith("#")} <= set(page.ids)


def test_no_folder_of_the_machine_is_in_the_page(run: Run, text: str) -> None:
    assert str(run.paths.root.parent) in str(run.settings.results)
    assert str(run.paths.root.parent) not in text


def test_claims_in_the_page_equal_the_table_each_with_an_anchor_its_figure_and_its_rows(page: Page, text: str) -> None:
    expected = claims()
    assert page.claims == dict(zip(expected["claim"], expected["verdict"], strict=True))
    for answer in answers(expected, claim_parts()):
        assert {answer["claim"], f"{answer['claim']}-rows"} <= set(page.ids)
        assert answer["effect"] in text
        assert answer["parts"] in text


def test_every_figure_is_in_the_page_with_its_caption(page: Page, text: str) -> None:
    there = {*tables(), "translations"}
    for name, module in registry.plots().items():
        if not there.issuperset(module.NEEDS):
            continue
        assert f"figure-{name}" in page.ids
        assert str(escape(module.CAPTION)) in text


def test_a_figure_is_titled_by_what_its_table_shows_and_without_a_value_is_a_sentence(run: Run) -> None:
    plots = {name: registry.plots()[name] for name in ("training_speed", "trial_costs")}
    figures = pictures.load(run.figures, plots, run.settings, run.tables)
    assert figures["training_speed"].title.startswith("A training iteration of ACL-GAN + mask takes 0.86 [0.83, 0.89]")
    assert figures["trial_costs"].image is not None
    empty = Inputs(run.settings, empty_tables())
    figures_folder = run.figures / "empty"
    figures_folder.mkdir(exist_ok=True)
    for name, plot in plots.items():
        save(name, plot, empty, figures_folder / f"{name}.svg")
    figures = pictures.load(figures_folder, plots, run.settings, empty_tables())
    assert [(figure.title, figure.image) for figure in figures.values()] == [
        ("The compared baseline's steps were not timed in this run.", None), ("No search was run.", None),
    ]  # fmt: skip


def test_ids_are_unique_and_headings_skip_no_level(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(page.headings))


def test_words_of_a_figure_name_its_axes_and_what_it_shows(run: Run) -> None:
    words = pictures.description(run.figures / "search_time.svg")
    assert "share of study-target pairs reached against search seconds" in words
    assert "Shown: StarGAN (LSGAN) + mask, ACL-GAN + mask" in words
    assert "rows 1 thousand images" in pictures.description(run.figures / "scores_by_model.svg")
    assert "columns Source, Translation, Mask" in pictures.description(run.figures / "figure4.png")


def test_every_image_has_words(page: Page) -> None:
    assert page.unlabelled == []


def test_empty_run_says_what_was_not_run(run: Run) -> None:
    text = render(Run(run.settings, empty_tables(), run.figures, RunPaths(Path("nowhere"))))
    for sentence in ("No model was scored", "No claim was judged", "No search was run", "not tested in this run"):
        assert sentence in text
    assert "no translated faces" in text
    assert "this run cannot tell" in text


def test_all_claims_inconclusive_are_counted_and_listed_without_a_verdict(run: Run) -> None:
    text = render(Run(run.settings, tables() | {"claims": claims("inconclusive")}, run.figures, run.paths))
    assert "Of 7 claims: 7 inconclusive." in text
    assert "Without a verdict: C1, C2, C3, C4, C5, C6 and C7." in text


def test_every_verdict_is_told_apart(text: str) -> None:
    assert (
        "Of 7 claims: 2 supported, 1 contradicted, 1 inconclusive, 1 too few runs, 1 not tested in this run,"
        " 1 cannot be tested here." in text
    )


def test_text_from_tables_is_escaped(text: str) -> None:
    assert "Statement of C1 &lt;with&gt; marks." in text


def test_figure_follows_the_theme_of_the_page(text: str) -> None:
    assert "currentColor" in text
    assert "#22262b" not in text[text.index('<figure id="figure-ablation"') :][:200_000]


def test_marks_of_a_series_say_their_look_once() -> None:
    red, blue = ' style="fill: red"', ' style="fill: blue"'
    uses = "".join(f'  <use xlink:href="#m" x="{x}" y="1"{look}/>\n' for x, look in enumerate((red, red, red, blue)))
    inline = pictures.inline_svg(f'<svg width="2pt">\n <g>\n{uses} </g>\n</svg>', "plot", "")
    marks = [f'<use href="#plot-m" x="{x}" y="1"/>\n' for x in range(3)]
    assert f'<g>\n<g{red}>\n{"".join(marks)}</g>\n<use href="#plot-m" x="3" y="1"{blue}/>\n</g>' in inline


def test_inline_svg_has_own_ids_and_a_label() -> None:
    svg = '<?xml?><svg width="72pt" height="36pt"><defs><path id="a"/></defs><use xlink:href="#a"/></svg>'
    inline = pictures.inline_svg(svg, "plot", 'Words "here"')
    assert 'id="plot-a"' in inline
    assert 'href="#plot-a"' in inline
    assert "--natural: 96px" in inline
    assert "Words &#34;here&#34;" in inline


def test_each_letter_is_outlined_once_and_every_reference_has_its_target(text: str) -> None:
    outlines = re.findall(r'<path id="([^"]+)" d="[^"]*" transform="scale\(0\.015625\)"/>', text)
    assert len(outlines) == len(set(outlines)) > 20
    targets = set(re.findall(r'<use href="#([^"]+)"', text))
    assert targets <= set(re.findall(r'\bid="([^"]+)"', text))
    assert set(outlines) <= targets


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "0"), (0.0123456, "0.0123"), (-1.5, "−1.50"), (1234.5, "1,234"), (float("nan"), "–"), (float("inf"), "∞")],
)
def test_numbers_have_three_significant_digits(value: float, written: str) -> None:
    assert words.number(value) == written


def test_sections_stand_in_the_order_of_a_readers_questions(text: str) -> None:
    order = [
        "first",
        "claims",
        "search",
        "speed",
        "quality",
        "ablation",
        "faces",
        "gradients",
        "method",
        "limits",
        "appendix",
        "tables",
        "provenance",
    ]
    places = [text.index(f'<section id="{name}">') for name in order]
    assert places == sorted(places)


def test_page_names_the_commands_that_look_inside_the_run(text: str) -> None:
    assert "tensorboard --logdir results/made/work" in text
    assert "python -m bench status --run results/made" in text


def test_budgets_are_told_where_they_differ(run: Run, text: str) -> None:
    assert "Thousands of images differ" in text
    assert "StarGAN (LSGAN) and ACL-GAN + attribute loss on 0.25" in text
    alike = tuple(final.model_copy(update={"budget_kimg": None}) for final in run.settings.finals)
    settings = run.settings.model_copy(update={"finals": alike})
    assert prose.budgets(settings) == "Every final model is trained on 1 thousand images"


def test_versions_are_those_of_the_trainings(run: Run) -> None:
    assert versions(run.paths) == {}
    cards = run.paths.root / "models"
    cards.mkdir(exist_ok=True)
    for seed, torch in ((1, "2.1"), (2, "2.2")):
        (cards / f"acl.full.seed{seed}.json").write_text(json.dumps({"versions": {"torch": torch, "python": "3.11"}}))
    try:
        assert versions(run.paths) == {"python": "3.11", "torch": "2.1, 2.2"}
    finally:
        shutil.rmtree(cards)


def test_the_page_says_whether_discriminators_saw_shifted_images(run: Run, text: str) -> None:
    assert "images shifted" not in text
    training = run.settings.training.model_copy(update={"discriminator_shift_px": 3})
    settings = run.settings.model_copy(update={"training": training})
    shifted = render(Run(settings, tables(), run.figures, run.paths))
    assert (
        "with a discriminator that sees images shifted\nat random by up to 3 px, and scored with its ema weights"
        in shifted
    )


def test_run_without_gradient_experiments_says_so(run: Run) -> None:
    without = {name: table for name, table in run.tables.items() if name != "gradients"}
    without["claims"] = claims().assign(evidence="gradients.csv", measure="cosine, images, start")
    text = render(Run(run.settings, without, run.figures, run.paths))
    assert "The gradient experiments were not run." in text
    assert "figure-gradients_of_" not in text


def test_fixed_controls_stand_in_the_first_quality_table_alone_and_no_column_repeats_another(run: Run) -> None:
    scores_table = run.tables["scores"]
    repeated = scores_table[scores_table["metric"] == "background_error"].assign(metric="counterfactual_error_outside")
    ceiling = scores_table[scores_table["variant"] == "judge_ceiling"].assign(metric="judge_a_attribute_accuracy")
    by_budget = page_tables.by_budget(pd.concat([scores_table, repeated, ceiling]), run.settings, "test")
    copies = [sum(row[0].title == "control.identity" for row in table.rows) for table in by_budget]
    assert copies == [1, 0]
    assert not [column for table in by_budget for column in table.columns if "outside" in column or "judge a" in column]


def test_whole_numbers_have_no_decimals_and_seeds_no_thousands() -> None:
    frame = pd.DataFrame({"seeds": [5.0, float("nan")], "seed": [1001, 2], "images": [20800, 1], "change": [-1.0, 0.5]})
    rows = page_tables.tidy(frame, "", "").rows
    assert [[cell.text for cell in row] for row in rows] == [["5", "1001", "20,800", "−1"], ["–", "2", "1", "0.500"]]


def test_the_title_of_a_figure_is_written_once(text: str) -> None:
    for title in re.findall(r'<h\d id="title-[^"]+">([^<]+)</h', text):
        assert text.count(title) == 1 or f"<summary>{title}</summary>" in text, title
