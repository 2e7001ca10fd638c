"""A simulated run of known truth, from its parts through the tables command to the plots and the page."""

import argparse
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
import yaml
from matplotlib.axes import Axes

from bench import registry
from bench.analysis import contract, models
from bench.commands import tables
from bench.plots.kit import render, theme
from bench.plots.kit.render import Inputs
from bench.report import page as report
from bench.report.page import Run
from bench.settings.paths import RunPaths
from tests.support.made_pools import EVALUATION_SECONDS, STEPS, blocks, made_settings, zone_rate, zoned_pool

BASELINE, CHALLENGER = "stargan_baseline.lsgan", "acl.plus_attribute"
AXES = {BASELINE: 2, CHALLENGER: 1}
COSTS = {BASELINE: 100.0, CHALLENGER: 95.0}
# Decades of the good zone: 3 and more times the seconds for the baseline; alike; the challenger slower.
SOONER = {BASELINE: 0.8, CHALLENGER: 1.2}
ALIKE = {BASELINE: 1.6, CHALLENGER: 0.9}
LATER = {BASELINE: 2.0, CHALLENGER: 0.3}
PLOTS = ("search_time", "trial_costs", "end_to_end", "search_weights", "times_as_fast")


def written(folder: Path, zones: Mapping[str, float]) -> Run:
    """A run whose pools hit in zones of known size; both models reach the same quality."""
    folder.mkdir(parents=True)
    settings = made_settings(samplers={"random": {"studies": 12, "trials": 25}}, judged_shifts_decades=[-0.5, 0, 0.5])
    (folder / "settings.yaml").write_text(yaml.safe_dump(settings.model_dump(mode="json")))
    parts = {
        "trials": zoned_pool(settings, zones, 12, 25), "blocks": blocks(COSTS),
        "scores": scores(), "curves": curves(),
    }  # fmt: skip
    for name, frame in parts.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    several = {name: [folder / f"{name}.csv"] for name in ("scores", "curves", "trials")}
    tables.run(
        argparse.Namespace(
            config=folder / "settings.yaml",
            gradients=None,
            output_folder=folder / "tables",
            step_blocks=folder / "blocks.csv",
            **several,
        )
    )
    (folder / "figures").mkdir()
    return Run(settings, report.read_tables(folder / "tables"), folder / "figures", RunPaths(folder))


def scores() -> pd.DataFrame:
    """Eight seeds per model about the same quality, a little better on valid."""
    random = np.random.default_rng(2)
    rows = [
        (*model.split("."), seed, split, metric, "all", random.normal(0.6 + 0.02 * (split == "valid"), 0.01), 500)
        for model in AXES
        for seed in range(1, 9)
        for split in ("valid", "test")
        for metric in ("quality", "attribute_accuracy")
    ]
    return pd.DataFrame(rows, columns=list(contract.CONTRACT["scores"]))


def curves() -> pd.DataFrame:
    """Quality that rises alike in both."""
    rows = [
        (*model.split("."), seed, 100 * point, 10.0 * point, "quality", 0.6 * (1 - np.exp(-point / 3)))
        for model in AXES
        for seed in range(1, 9)
        for point in range(1, 9)
    ]
    return pd.DataFrame(rows, columns=list(contract.CONTRACT["curves"]))


def true_ratio(zones: Mapping[str, float], width: float) -> float:
    """The ratio of expected search seconds at the lowest target, hits confirmed by two more."""
    seconds = []
    for model, axes in AXES.items():
        rate = zone_rate(zones[model], 0.4, width, axes)
        seconds.append((STEPS * COSTS[model] / 1000 + EVALUATION_SECONDS) * (1 + 2 * rate) / rate)
    return seconds[0] / seconds[1]


@pytest.fixture(scope="module")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    runs: dict[str, Run] = {}
    zones = {"sooner": SOONER, "alike": ALIKE, "later": LATER}

    def run_by_name(name: str) -> Run:
        if name not in runs:
            runs[name] = written(tmp_path_factory.mktemp(name) / "run", zones[name])
        return runs[name]

    return run_by_name


def drawn(run: Run, name: str) -> tuple[ModuleType, list[Axes]]:
    module = registry.plots()[name]
    with theme.style(name):
        figure = module.draw(Inputs(run.settings, {table: run.tables[table] for table in module.NEEDS}))
        figure.canvas.draw()
    return module, figure.axes


@pytest.mark.parametrize(
    ("name", "zones", "verdict"),
    [("sooner", SOONER, "supported"), ("alike", ALIKE, "contradicted"), ("later", LATER, "contradicted")],
)
def test_the_search_ratio_holds_the_truth_at_every_width_and_the_verdict_follows(
    run_of: Callable[[str], Run], name: str, zones: Mapping[str, float], verdict: str
) -> None:
    run = run_of(name)
    ratios = run.tables["search_ratio"]
    centred = ratios[ratios["range_shift"] == 0]
    assert sorted(centred["width_decades"]) == [2, 3, 4]
    for row in centred.to_dict("records"):
        assert row["ci_low"] < true_ratio(zones, row["width_decades"]) < row["ci_high"], row["width_decades"]
    claims = run.tables["claims"].set_index("claim")["verdict"]
    assert claims["C2"] == verdict


@pytest.mark.parametrize("name", PLOTS)
def test_plots_of_searches_draw_the_simulated_trials(run_of: Callable[[str], Run], name: str) -> None:
    _, axes = drawn(run_of("sooner"), name)
    assert axes
    assert all(axis.has_data() for axis in axes)


def test_hits_lie_in_the_good_zone_where_it_was_put(run_of: Callable[[str], Run]) -> None:
    search = run_of("sooner").tables["search"]
    for model, true in SOONER.items():
        hits = models.of(search[search["target"] == 0.6], model).dropna(axis="columns", how="all")
        for weight in ("lambda_cls", "lambda_rec"):
            assert weight not in hits or np.log10(hits[weight].max() / hits[weight].min()) <= true + 1e-6


def test_the_share_reached_rises_sooner_where_good_weights_are_easier_and_its_band_holds_the_truth(
    run_of: Callable[[str], Run],
) -> None:
    lines = run_of("sooner").tables["search_ecdf"].query("kind == 'share'")
    at = {name: line.iloc[10] for name, line in lines.groupby("method")}
    assert at["acl"]["ci_low"] > at["stargan_baseline"]["ci_high"]
    for model, axes in AXES.items():
        rates = [zone_rate(SOONER[model], target, 4.0, axes) for target in (0.4, 0.6)]
        truth = np.mean([1 - (1 - rate) ** 10 for rate in rates])
        row = at[model.partition(".")[0]]
        assert row["ci_low"] < truth < row["ci_high"]


@pytest.mark.parametrize(
    ("name", "said", "verdict"),
    [
        ("sooner", r"ACL-GAN finds good weights (\d\.\d\d) times as fast", r"✓</span> (\d\.\d\d)× as fast"),
        ("later", r"takes (\d+\.\d+) times as long to find good weights", r"✗</span> (\d+\.\d+)× as long"),
    ],
)
def test_a_powered_run_answers_in_its_first_sentence_and_its_first_card(
    run_of: Callable[[str], Run], name: str, said: str, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(name)
    monkeypatch.setattr(registry, "plots", dict)
    text = report.render(run)
    heading = text[text.index("<h1>") : text.index("</h1>")]
    card = text[text.index('data-card="1"') : text.index('data-card="2"')]
    sentence, shown = re.search(said, heading), re.search(verdict, card)
    assert sentence, heading
    assert shown, card
    truth = true_ratio({"sooner": SOONER, "later": LATER}[name], 4.0)
    times = truth if name == "sooner" else 1 / truth
    assert float(sentence.group(1)) == float(shown.group(1)) == pytest.approx(times, rel=0.35)
    assert "No quality is lost" in heading
    assert "random trials hit quality 0.4" in card
    assert "a first look" not in text


@pytest.mark.parametrize("name", ["sooner", "later"])
def test_the_page_tells_the_verdict_and_shows_the_curves(
    run_of: Callable[[str], Run], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, shown = run_of(name), {plot: registry.plots()[plot] for plot in PLOTS[:3]}
    for plot_name, module in shown.items():
        inputs = Inputs(run.settings, {table: run.tables[table] for table in module.NEEDS})
        render.save(plot_name, module, inputs, run.figures / f"{plot_name}.svg")
    monkeypatch.setattr(registry, "plots", shown.copy)  # the others are not drawn here
    text = report.render(run)
    claims = run.tables["claims"].set_index("claim")["verdict"]
    assert re.search(rf'data-claim="C2" data-verdict="{claims["C2"]}"', text)
    for sentence in ("No search was run", "Nothing was compared", "No model was scored"):
        assert sentence not in text
    assert "hit rate was" in text[text.index('<section id="power">') :]
    for plot in shown:
        figure = text[text.index(f'id="figure-{plot}"') :]
        # Without letters, which stand at the page's start.
        assert figure[: figure.index("</figure>")].count("<path") > 15
