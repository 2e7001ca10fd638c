"""The published runs: READMEs' numbers are those of their tables, and a page is one file that says the same."""

import base64
import io
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from bench.analysis import seed_pairs
from bench.analysis.claims import CONTRADICTED, SUPPORTED
from bench.report import first_screen
from bench.settings import load_settings
from tests import ROOT

PUBLISHED = ROOT / "results" / "reference" / "demo"
STUDY = ROOT / "results" / "reference" / "study"
OWN_FACES = ROOT / "results" / "reference" / "own_faces"
GPU_64PX = ROOT / "results" / "reference" / "gpu" / "study_64px_h100"
GPU_C7 = ROOT / "results" / "reference" / "gpu" / "c7_104kimg_h100"
# Claims that a run of their own decides.
ELSEWHERE = {"C6": GPU_64PX / "tables"}
README = (ROOT / "README.md").read_text(encoding="utf-8")
STUDY_README = (STUDY / "README.md").read_text(encoding="utf-8")


def verdicts(text: str) -> list[dict[str, str]]:
    """The rows of the table of verdicts in `text`, by column."""
    lines = text[text.index("| claim |") :].split("\n\n")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def told(number: object) -> str:
    return f"{float(str(number)):.2f}".replace("-", "\N{MINUS SIGN}").replace("inf", "\N{INFINITY}")


@pytest.mark.parametrize("run", [PUBLISHED, STUDY], ids=["demo", "study"])
def test_published_pages_open_with_the_sentence_that_the_tables_make_and_readme_with_the_studys(run: Path) -> None:
    table = pd.read_csv(run / "tables" / "headline.csv")
    sentence = first_screen.headline(table, load_settings(run / "settings.json"))
    assert (sentence in " ".join(README.split())) == (run == STUDY)
    page = (run / "report" / "index.html").read_text(encoding="utf-8")
    assert f"<h1>{sentence}</h1>" in page.replace("&#39;", "'")


@pytest.mark.parametrize("text", [README, STUDY_README], ids=["project", "study"])
def test_the_verdicts_of_a_readme_are_those_of_the_study(text: str) -> None:
    rows = {row["claim"]: row for row in verdicts(text)}
    assert list(rows) == [f"C{number}" for number in range(1, 8)]
    claims = {claim["claim"]: claim for claim in pd.read_csv(STUDY / "tables" / "claims.csv").to_dict("records")}
    for name, tables in ELSEWHERE.items():
        elsewhere = pd.read_csv(tables / "claims.csv")
        (claims[name],) = elsewhere[elsewhere["claim"] == name].to_dict("records")
    for claim in claims.values():
        row = rows[claim["claim"]]
        assert row["verdict"].strip("*") == claim["verdict"], claim["claim"]
        if claim["verdict"] in (SUPPORTED, CONTRADICTED):
            estimate, low, high = (told(claim[column]) for column in ("estimate", "ci_low", "ci_high"))
            assert f"{estimate} [{low}, {high}]" in row["measured, with its 95 % interval"], claim["claim"]


def told_with_interval(*numbers: object) -> str:
    estimate, low, high = map(told, numbers)
    return f"{estimate} [{low}, {high}]"


def of_winners(file: str, metric: str) -> str:
    """The winners of C2 as scored in `file`: the challenger minus the baseline."""
    scores = pd.read_csv(STUDY / file).query("metric == @metric")
    of = {model: rows.set_index("seed")["value"] for model, rows in scores.groupby("variant")}
    return told_with_interval(*seed_pairs.compare(of["plus_attribute_mask"], of["lsgan_mask"]).at())


def tellable(file: Path, estimate: str) -> set[str]:
    """Every estimate of a table with its interval, as a README tells it."""
    rows = pd.read_csv(file)[[estimate, "ci_low", "ci_high"]]
    return {told_with_interval(*row) for row in rows.itertuples(index=False)}


def told_in(text: str) -> list[str]:
    return re.findall(r"[\N{MINUS SIGN}\d.]+ \[[^\]]+\](?!\()", text)


def test_the_measures_in_the_studys_readme_are_those_of_its_tables() -> None:
    there = {of_winners("raw_weights.csv", metric) for metric in ("quality", "attribute_accuracy")}
    for table, estimate in (
        ("tables/claim_parts", "estimate"),
        ("tables/ablation", "estimate"),
        ("step_costs/claim_parts", "estimate"),
        ("tables/search_ratio", "seconds_ratio"),
        ("printed_loss/search_ratio", "seconds_ratio"),
    ):
        there |= tellable(STUDY / f"{table}.csv", estimate)
    there |= tellable(GPU_64PX / "tables" / "claim_parts.csv", "estimate")
    assert len(told_in(STUDY_README)) >= 10
    assert [interval for interval in told_in(STUDY_README) if interval not in there] == []


def test_the_measures_at_64_px_are_those_of_their_tables() -> None:
    there = tellable(GPU_64PX / "tables" / "claim_parts.csv", "estimate")
    text = (GPU_64PX / "README.md").read_text(encoding="utf-8")
    assert len(told_in(text)) == 2
    assert set(told_in(text)) <= there
    assert "0.46 [0.31, 0.66]" in there.intersection(told_in(STUDY_README), told_in(text))


def test_the_measures_of_c7_with_more_images_are_those_of_its_scores() -> None:
    scores = pd.read_csv(GPU_C7 / "scores.csv").pivot(index=["variant", "seed"], columns="metric", values="value")
    there = {
        told_with_interval(
            *seed_pairs.compare(scores.loc[f"full{run}"][metric], scores.loc[f"published{run}"][metric]).at()
        )
        for run in ("", "__short")
        for metric in ("quality", "quality_exchanged", "attribute_accuracy", "counterfactual_error")
    }
    text = (GPU_C7 / "README.md").read_text(encoding="utf-8")
    assert sorted(told_in(text)) == sorted(there)
    means = scores.groupby("variant").mean()
    runs = ("published", "full", "published__short", "full__short")
    for label, metric in (
        ("quality", "quality"),
        ("quality, features of judge B", "quality_exchanged"),
        ("attribute accuracy", "attribute_accuracy"),
        ("preservation accuracy", "preservation_accuracy"),
        ("background error", "background_error"),
        ("error against the true edit", "counterfactual_error"),
    ):
        row = " | ".join(f"{value:.3f}".lstrip("0") for value in means.loc[list(runs), metric])
        assert f"| {label} | {row} |" in text, row


def test_the_measures_on_own_faces_are_those_of_their_tables() -> None:
    text = (OWN_FACES / "README.md").read_text(encoding="utf-8")
    assert len(told_in(text)) == 2
    assert set(told_in(text)) <= tellable(OWN_FACES / "tables" / "claim_parts.csv", "estimate")
    verdicts_there = pd.read_csv(OWN_FACES / "tables" / "claims.csv").set_index("claim")["verdict"]
    assert verdicts_there["C2"] == CONTRADICTED


def test_everything_that_readme_links_to_is_there_and_a_page_weighs_less_than_4_megabytes() -> None:
    targets = re.findall(r'(?:\]\(|src=")(results/reference/[^)"#]+)', README)
    assert {f"results/reference/{run}/report/index.html" for run in ("demo", "study")} <= set(targets)
    assert [target for target in targets if not (ROOT / target).exists()] == []
    assert all((run / "report" / "index.html").stat().st_size < 4e6 for run in (PUBLISHED, STUDY))


@pytest.mark.parametrize("run", [PUBLISHED, STUDY], ids=["demo", "study"])
def test_a_published_page_holds_the_published_tables(run: Path) -> None:
    tables = {file.stem: pd.read_csv(file) for file in (run / "tables").glob("*.csv")}
    page = (run / "report" / "index.html").read_text(encoding="utf-8")
    encoded = re.search(r"data:application/zip;base64,([A-Za-z0-9+/=]+)", page)
    assert encoded
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(encoded.group(1)))) as archive:
        assert {Path(name).stem for name in archive.namelist()} == set(tables)
        for name in ("headline", "claims", "ablation"):
            inside = pd.read_csv(archive.open(f"{name}.csv"))
            pd.testing.assert_frame_equal(inside, tables[name], check_exact=False)
