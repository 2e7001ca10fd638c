"""The whole workflow in miniature, from faces to report, and what an edit redoes.

One run of tests/config/smoke.yaml in a copy of the checkout serves every test of this file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from bench import registry
from bench.analysis.claims import CONTRADICTED, OPEN, SUPPORTED
from bench.evaluation.translations import SHOWN, Translations
from tests import ROOT
from tests.support import snakemake_report

CONFIG = Path("tests") / "config" / "smoke.yaml"
MINE, THIRD = Path("config") / "mine.yaml", "attgan.plain"
FOLDERS = ("bench", "config", "envs", "profiles", "tests", "workflow", *registry.methods())
COLUMNS = {
    "scores": "method variant seed split metric attribute value n",
    "speed": "method variant device threads resolution batch part milliseconds ci_low ci_high repeats gflop "
    "images_per_second",
    "search": "method variant sampler study trial state range_shift dimension split train_seconds eval_seconds steps "
    "objective fid attribute_accuracy preservation_accuracy",
    "curves": "method variant seed images_seen train_seconds metric value",
    "time_to_target": "comparison method variant sampler width_decades target trials hits expected_trials ci_low "
    "ci_high expected_seconds seconds_ci_low seconds_ci_high",
    "claims": "claim statement measure estimate ci_low ci_high bar verdict evidence",
}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def start(checkout: Path, *arguments: str, config: Path = CONFIG) -> str:
    """Start the run of a checkout as `make demo` starts its own; what it printed."""
    command = [sys.executable, "workflow/run.py", *arguments, "--configfile", str(config)]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=checkout, env=clean, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def planned(checkout: Path, config: Path = CONFIG) -> list[str]:
    """The jobs that a start would run, as `rule` or `rule wildcard=value …`, without the final `all`."""
    blocks = re.findall(
        r"^(?:local)?rule (\w+):\n((?:    .*\n)*)", start(checkout, "--dry-run", config=config), re.MULTILINE
    )
    names = []
    for rule, body in blocks:
        wildcards = re.search(r"^    wildcards: (.*)$", body, re.MULTILINE)
        names.append(f"{rule} {wildcards.group(1)}" if wildcards else rule)
    return [name for name in names if name != "all"]


@contextmanager
def edited(file: Path, old: str, new: str) -> Iterator[None]:
    """Within the block, the first `old` of `file` is `new`."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with a finished run."""
    folder = tmp_path_factory.mktemp("smoke") / "checkout"
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Snakefile", folder)
    start(folder)
    return folder


@pytest.fixture(scope="module")
def run(checkout: Path) -> Path:
    """The folder of the finished run."""
    return checkout / "results" / "smoke"


@pytest.mark.parametrize("table", COLUMNS)
def test_every_table_of_the_contract_is_there_with_its_columns(run: Path, table: str) -> None:
    table_read = pd.read_csv(run / "tables" / f"{table}.csv")
    assert [column for column in COLUMNS[table].split() if column not in table_read] == []
    assert len(table_read) > 0


def test_search_time_is_priced_by_steps_and_evaluations_that_were_timed_alone(run: Path) -> None:
    speed = pd.read_csv(run / "tables" / "speed.csv")
    evaluated = speed[speed["part"] == "evaluation"]
    assert (evaluated["method"] + "." + evaluated["variant"]).tolist() == [
        "stargan_baseline.lsgan_mask",
        "acl.plus_mask",
    ]
    times = pd.read_csv(run / "tables" / "time_to_target.csv")
    assert set(times["clock"]) == {"measured"}


def test_controls_stand_in_the_scores(run: Path) -> None:
    scores = pd.read_csv(run / "tables" / "scores.csv")
    variants = set(scores.loc[scores["method"] == "control", "variant"])
    assert {"identity", "counterfactual", "judge_ceiling"} <= variants
    assert {name for name in variants if name.startswith("shuffled_")}


def test_every_claim_has_a_verdict(run: Path) -> None:
    claims = pd.read_csv(run / "tables" / "claims.csv")
    assert set(claims["claim"]) == {f"C{number}" for number in range(1, 8)}
    assert set(claims["verdict"]) <= {SUPPORTED, CONTRADICTED, *OPEN}


def test_every_trial_of_every_study_is_in_the_search_table(run: Path) -> None:
    search = pd.read_csv(run / "tables" / "search.csv")
    counts = Counter(zip(search["method"], search["sampler"], strict=True))
    trials = {"random": 2, "tpe": 2, "tpe_pruned": 2, "default": 1}
    expected = {("acl", sampler): n for sampler, n in trials.items()}
    assert counts == expected | {("stargan_baseline", "random"): 3}  # one of them in a control
    assert search.loc[search["space"] == "one_vs_one", "dimension"].tolist() == [1]
    comparisons = set(pd.read_csv(run / "tables" / "time_to_target.csv")["comparison"])
    assert "one_vs_one: stargan_baseline.lsgan_mask/acl.plus_mask" in comparisons


def test_models_report_and_figures_are_there(run: Path) -> None:
    models = {path.name for path in (run / "models").iterdir()}
    for stem in ("stargan_baseline.lsgan_mask.seed1", "stargan_baseline.lsgan_mask.seed2", "acl.plus_mask.seed1"):
        assert {f"{stem}.safetensors", f"{stem}.json"} <= models
    assert (run / "report" / "index.html").stat().st_size > 10_000
    figures = [path for path in (run / "figures").iterdir() if path.suffix in (".svg", ".png")]
    assert len(figures) >= 7
    assert all(path.stat().st_size > 1000 for path in figures)


def test_of_the_translations_only_the_first_of_each_edit_stay_on_disk(run: Path) -> None:
    kept = sorted(file for file in (run / "translations").rglob("*.safetensors") if file.is_file())
    trained = sorted(path.stem for path in (run / "models").glob("*.safetensors"))
    assert [path.name for path in kept] == [f"{stem}.safetensors" for stem in trained]
    for file in kept:
        translations = Translations.load(file)
        assert translations.edits
        assert not translations.shuffled
        assert max(len(edited.rows) for edited in translations.edits.values()) <= SHOWN


def test_the_summary_names_models_claims_and_the_report(checkout: Path, run: Path) -> None:
    command = [sys.executable, "-m", "bench", "summary", "--config", str(CONFIG)]
    said = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True).stdout
    for part in ("acl.plus_mask", "stargan_baseline.lsgan_mask", "attribute_accuracy", "C7", str(run / "report")):
        assert part in said


def test_the_status_of_a_finished_run_is_that_all_is_done(checkout: Path, run: Path) -> None:
    command = [sys.executable, "-m", "bench", "status", "--run", "smoke"]
    said = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True).stdout
    assert f"All is done. Report: {run.relative_to(checkout) / 'report' / 'index.html'}" in said


def test_a_run_is_identical_with_itself(checkout: Path, run: Path) -> None:
    command = [sys.executable, "-m", "bench", "verify", str(run), str(run)]
    said = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True).stdout
    assert "models identical" in said
    assert "Identical: " in said


def test_snakemakes_own_report_holds_every_table_and_figure_with_category_and_caption(
    checkout: Path, run: Path, tmp_path: Path
) -> None:
    report_file = snakemake_report.make(checkout, CONFIG, tmp_path / "smoke.zip")
    shown = {
        name: sorted(path for paths in parts.values() for path in paths)
        for name, parts in report_file.categories.items()
    }
    figures, tables = ([path for path in (run / name).iterdir() if path.is_file()] for name in ("figures", "tables"))
    places = {"Figures": figures, "Tables": tables, "Report": [run / "report" / "index.html"]}
    assert shown == {name: sorted(str(file.relative_to(checkout)) for file in files) for name, files in places.items()}
    assert {result["name"] for result in report_file.results.values()} <= {
        name.rsplit("/", 1)[1] for name in report_file.files
    }
    assert all(result["caption"] for result in report_file.results.values())
    assert "not picked" in report_file.results["results/smoke/figures/faces.png"]["caption"]


def test_started_again_a_finished_run_does_nothing_and_writes_no_settings(checkout: Path, run: Path) -> None:
    settings = run / "settings.json"
    written = settings.stat().st_mtime_ns
    assert "Nothing to be done" in start(checkout)
    assert settings.stat().st_mtime_ns == written


def test_a_comment_or_docstring_redoes_nothing(checkout: Path) -> None:
    with (
        edited(checkout / "acl" / "losses.py", "\n\n\n", "\n\n\n# A remark.\n"),
        edited(checkout / "bench" / "training" / "trainer.py", '"""', '"""Now: '),
    ):
        assert planned(checkout) == []


def test_an_edit_to_a_plot_redraws_that_plot_and_the_report_only(checkout: Path) -> None:
    with edited(checkout / "bench" / "plots" / "trial_costs.py", "\ndef draw(", "\nEDITED = True\n\n\ndef draw("):
        assert sorted(planned(checkout)) == ["plot plot=trial_costs, suffix=svg", "report"]


def test_an_edit_to_a_metric_scores_again_and_trains_nothing(checkout: Path) -> None:
    file = checkout / "bench" / "metrics" / "kid.py"
    with edited(file, "\n\n\n", "\n\n\nEDITED = True\n\n\n"):
        rules = Counter(job.split()[0] for job in planned(checkout))
    assert (rules["score"], rules["score_controls"]) == (3, 1)
    assert set(rules) == {"score", "score_controls", "tables", "plot", "report"}


def test_an_edit_to_a_method_retrains_that_method_only(checkout: Path) -> None:
    with edited(checkout / "acl" / "losses.py", "\n\n\n", "\n\n\nEDITED = True\n\n\n"):
        jobs = planned(checkout)
    stages = {"centres", "search", "winner", "train", "score"}
    touched = {job for job in jobs if job.split()[0] in stages}
    assert {job.split()[0] for job in touched} == stages
    assert all("model=acl.plus_mask" in job for job in touched)
    rest = {job.split()[0] for job in jobs} - {job.split()[0] for job in touched}
    assert rest == {"speed", "gradients", "tables", "plot", "report"}


METRIC = '''"""`darkness`: 1 minus the mean brightness of the edits, in [0, 1]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.evaluation.metric import Label, Metric

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.evaluation.candidates import Candidate
    from bench.evaluation.metric import Score


class Darkness(Metric):
    """One value per edit."""

    def measure(self, candidate: Candidate) -> Iterator[Score]:
        by_edit = {edit: (1 - float(images.mean()) / 255, len(images)) for edit, images in candidate.images.items()}
        yield from self.over_edits("darkness", by_edit)


LABELS = (Label("darkness", "Darkness of the edits", "lower", place=999),)
METRIC = Darkness
'''
PLOT = '''"""How dark the edits are."""

from bench.plots.kit import order, theme

TITLE = "Darkness"
CAPTION = "How dark each model's edits are. Nothing is good or bad about it."
NEEDS = ("scores",)


def draw(inputs):
    """One dot per model and seed."""
    scores = inputs.tables["scores"]
    scores = scores[(scores["metric"] == "darkness") & (scores["attribute"] == "all")]
    if scores.empty:
        return theme.blank("Darkness was not measured in this run.")
    figure, axes = theme.grid(1, 1, 4.4, 3.2)
    for model, dots in order.by_model(scores, inputs.settings):
        look = theme.look(model)
        axes[0].plot(range(len(dots)), dots["value"], look.marker, color=look.colour, label=look.label)
    axes[0].set_ylabel("Darkness")
    theme.legend(figure, [theme.look(model) for model in order.models(scores, inputs.settings)], lines=False)
    return figure
'''


@pytest.fixture(scope="module")
def extended(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with a third method, a metric and a plot, each found by its place, and a finished run.

    The method, of other terms, weights and networks than ours, takes ACL-GAN's place in the run.
    """
    copy = tmp_path_factory.mktemp("extended") / "checkout"
    shutil.copytree(checkout, copy)
    shutil.copytree(copy / "tests" / "support" / "attgan", copy / "attgan")
    (copy / "bench" / "metrics" / "darkness.py").write_text(METRIC, encoding="utf-8")
    (copy / "bench" / "plots" / "darkness.py").write_text(PLOT, encoding="utf-8")
    text = (copy / CONFIG).read_text(encoding="utf-8")
    (copy / MINE).write_text(text.replace("acl.plus_mask", THIRD), encoding="utf-8")
    redone = [job for job in planned(copy, MINE) if job.split()[0] in ("centres", "search", "winner", "train")]
    assert redone
    assert all(f"model={THIRD}" in job for job in redone)
    start(copy, config=MINE)
    return copy


def test_a_third_method_goes_through_the_whole_workflow_under_its_own_name(checkout: Path, extended: Path) -> None:
    changed = subprocess.run(
        ["diff", "-rq", "--exclude=__pycache__", str(checkout / "bench"), str(extended / "bench")],
        capture_output=True, text=True, check=False,
    ).stdout.splitlines()  # fmt: skip
    assert sorted(line.rsplit(" ", 1)[1] for line in changed) == ["darkness.py", "darkness.py"]
    run = extended / "results" / "smoke"
    for table in ("scores", "speed", "search", "curves"):
        table_read = pd.read_csv(run / "tables" / f"{table}.csv")
        assert {"attgan", "stargan_baseline"} <= set(table_read["method"])
        assert "acl" not in set(table_read["method"])
    search = pd.read_csv(run / "tables" / "search.csv")
    drawn = search[(search["method"] == "attgan") & (search["sampler"] == "random")]
    weights = ["lambda_own", "lambda_cls_generator", "lambda_cls_discriminator"]
    assert drawn[weights].notna().all(axis=None)
    centres = json.loads((run / "searches" / f"{THIRD}.centres.json").read_text(encoding="utf-8"))["weights"]
    assert [centres[name]["network"] for name in weights] == ["generator", "generator", "discriminator"]


def test_no_claim_of_another_paper_answers_for_a_third_method(extended: Path) -> None:
    run = extended / "results" / "smoke"
    assert pd.read_csv(run / "tables" / "claims.csv").empty
    page = (run / "report" / "index.html").read_text(encoding="utf-8")
    assert "AttGAN (LSGAN)" in page
    assert "<td>C1</td>" not in page
    summary = [sys.executable, "-m", "bench", "summary", "--config", str(MINE)]
    said = subprocess.run(summary, cwd=extended, capture_output=True, text=True, check=True).stdout
    assert THIRD in said
    assert "Claims" not in said


def test_a_metric_and_a_plot_are_one_file_each(extended: Path) -> None:
    run = extended / "results" / "smoke"
    scores = pd.read_csv(run / "tables" / "scores.csv")
    assert {THIRD, "stargan_baseline.lsgan_mask", "control.identity"} <= {
        f"{row.method}.{row.variant}" for row in scores[scores["metric"] == "darkness"].itertuples()
    }
    figure = (run / "figures" / "darkness.svg").read_text(encoding="utf-8")
    assert "AttGAN (LSGAN)" in figure  # what it says of itself in words
    assert "Nothing is good or bad about it" in (run / "report" / "index.html").read_text(encoding="utf-8")


def test_a_third_method_keeps_the_contract(extended: Path) -> None:
    tests = ["tests/bench/test_contract.py", "tests/bench/plots/test_colours.py"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", "attgan or colour"]
    done = subprocess.run(command, cwd=extended, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
