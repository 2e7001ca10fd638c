"""Sentences of the page that settings and tables make, beside those of its first screen."""

import math
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from bench.analysis import models
from bench.analysis.power import POWER
from bench.analysis.statistics import FEWEST_SEEDS
from bench.plots.kit import theme
from bench.plots.kit.words import interval, listed, metric_name, number, seconds
from bench.report.claims import DECIDED
from bench.settings import Settings

METRICS = ("quality", "attribute_accuracy")
PERSON = ("quality", "preservation_accuracy", "background_error")
COVERAGE = Path(__file__).with_name("coverage.csv")  # by simulation: tests/benchmarks/coverage.py
LEAST_COVERAGE = 0.93
SEEDS_PER_CLAIM = 8  # that a verdict on quality needs (docs/measures/claims.md)
GROWING_FROM_PX = 64


def optimism(final_quality: pd.DataFrame, settings: Settings) -> list[str]:
    """What choosing weights on valid flatters, of each compared model and metric that a hit is judged by."""
    compared = [models.of(final_quality, model) for model in settings.compare.pair]
    by_metric = [rows[rows["metric"] == metric] for rows in compared for metric in METRICS]
    return [_sentence(row) for rows in by_metric for row in rows.to_dict("records")]


def _sentence(row: Mapping[Hashable, Any]) -> str:
    low, high = float(row["ci_low"]), float(row["ci_high"])
    name, label = theme.label(f"{row['method']}.{row['variant']}"), metric_name(row["metric"]).lower()
    sentence = f"{name}, {label}: {number(row['estimate'])} {interval(low, high)}".rstrip()
    if math.isnan(low):
        return f"{sentence} ({row['seeds']} seed{'s' if row['seeds'] > 1 else ''}: no interval)."
    return f"{sentence}, {row['seeds']} seeds" + (": inconclusive." if low <= 0 <= high else ".")


def pair_seeds(settings: Settings) -> int:
    """Training seeds of the compared pair: of the one that has fewer."""
    seeds = {final.model: len(final.seeds) for final in settings.finals}
    return min(seeds.get(model, 0) for model in settings.compare.pair)


def devices(tables: Mapping[str, pd.DataFrame]) -> str:
    """What the trials ran on and the steps were timed on; '' where neither was done."""
    searched = tables["search"].get("device")
    timed = tables["speed"][["device", "threads"]].drop_duplicates().itertuples(index=False, name=None)
    costs = ", ".join(f"{device} ({threads} thread{'s' if threads > 1 else ''})" for device, threads in timed)
    ran = "" if searched is None else ", ".join(sorted(searched.dropna().unique()))
    parts = ([f"Trials ran on {ran}."] if ran else []) + ([f"Steps were timed on {costs}."] if costs else [])
    return " ".join(parts)


def machine(tables: Mapping[str, pd.DataFrame]) -> str:
    """The devices of trials and timings, in two words."""
    names = {*tables["speed"]["device"].dropna(), *tables["search"].get("device", pd.Series(dtype=str)).dropna()}
    return f"on {listed(sorted(map(str, names)))}" if names else ""


def duration(tables: Mapping[str, pd.DataFrame]) -> str:
    """Logged time of all trials and trainings together; '' where there was none."""
    search, curves = tables["search"], tables["curves"]
    names = ["train_seconds", "eval_seconds", "confirm_train_seconds", "confirm_eval_seconds"]
    logged = float(search.reindex(columns=names).sum().sum())
    logged += float(curves.groupby(["method", "variant", "seed"])["train_seconds"].max().sum())
    return f"{seconds(logged)} of search and training" if logged else ""


def budgets(settings: Settings) -> str:
    """On how many images the final models are trained, by model where that differs."""
    kimg = models.budgets_kimg(settings)
    groups = [
        f"{listed([theme.label(model) for model, images in kimg.items() if images == budget])} on {budget:g}"
        for budget in sorted(set(kimg.values()), reverse=True)
    ]
    if len(groups) < 2:
        budget = next(iter(kimg.values()), settings.training.budget_kimg)
        return f"Every final model is trained on {budget:g} thousand images"
    return f"Thousands of images differ, and only models of equal budgets are compared: {'; '.join(groups)}"


def quality_caveat(scores: pd.DataFrame, split: str) -> str:
    """What quality does not ask, with this run's own control of other people; '' where no quality was measured."""
    final = models.over_all(scores, split)
    other = models.of(final, "control.other_person").groupby("metric")["value"].mean()
    if "quality" not in set(final["metric"]):
        return ""
    caveat = (
        "Quality compares distributions and does not ask who is shown. Read it beside background error and preservation"
        " accuracy."
    )
    if not set(PERSON) <= set(other.index):
        return caveat
    measured = [f"{metric_name(name).lower()} {other[name]:.2f}" for name in PERSON]
    return f"{caveat} Here another person with the right labels has {listed(measured, 'but')}."


def fid_caveat(scores: pd.DataFrame, split: str) -> str:
    """Why FID is nothing without accuracy, with this run's own controls; '' where no FID was measured."""
    final = models.over_all(scores, split)
    metrics = sorted(name for name in final["metric"].unique() if name.startswith("fid_"))
    if not metrics:
        return ""
    caveat = (
        "Never read FID or KID without the accuracy beside it. They pool the edits evenly over attributes and "
        "directions, which shifts the mix of labels away from that of the real images: a model that edits well is "
        "charged for it, and one that copies its source is not."
    )
    of_metric = final[(final["metric"] == metrics[0]) & (final["method"] == "control")]
    controls = of_metric.groupby("variant")["value"].mean()
    if not {"identity", "counterfactual"} <= set(controls.index):
        return caveat
    copy, truth = controls["identity"], controls["counterfactual"]
    better = "better" if copy < truth else "worse"
    return f"{caveat} Here copies of the source have FID {number(copy)}, {better} than the true edits' {number(truth)}."


def limits(settings: Settings, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the run cannot say, as far as the settings and tables show it."""
    sentences = []
    if settings.data.source == "drawn":
        sentences.append(
            "Everything here holds on drawn faces. What masks, framing and the background errors show has to be seen "
            "on photos before it is said of photos."
        )
    if (seeds := pair_seeds(settings)) < SEEDS_PER_CLAIM:
        sentences.append(
            f"A compared model was trained on {seeds} seed{'' if seeds == 1 else 's'}; a claim on quality asks for "
            f"{SEEDS_PER_CLAIM}. Below {FEWEST_SEEDS} there is no interval."
        )
    if settings.data.image_size_px < GROWING_FROM_PX:
        sentences.append(f"At {settings.data.image_size_px} px growing has hardly a lower resolution to start from.")
    claims = tables["claims"]
    undecided = claims[~claims["verdict"].isin(DECIDED)]
    if len(undecided):
        sentences.append(
            f"Without a verdict: {listed(list(undecided['claim']))}. This run cannot tell, which is not “no effect”."
        )
    sentences.append(
        "FID is reported and never searched: its bias depends on the model, on the mix of labels and on the number of "
        "images. Logged seconds were measured with other jobs on the machine; only the costs of a step and of "
        "a trial's evaluation were measured alone."
    )
    return sentences


def coverage(simulated: pd.DataFrame) -> str:
    """Which intervals of coverage.csv fall short, and by how much."""
    short = simulated[simulated["coverage"] < LEAST_COVERAGE]
    if short.empty:
        return f"In simulations of similar sizes all of them cover at least {LEAST_COVERAGE:.0%}."
    narrow = "; ".join(
        f"{row['number']} ({row['size']}): {number(100 * row['coverage'])} %" for row in short.to_dict("records")
    )
    return f"In simulations of similar sizes they cover at least {LEAST_COVERAGE:.0%}. These are too narrow: {narrow}."


def could_have_been_seen(power: pd.DataFrame) -> Iterator[str]:
    """One sentence per comparison and kind of evidence."""
    for comparison, rows in power.groupby("comparison", sort=False):
        names = " against ".join(map(theme.label, str(comparison).split("/")))
        for pool in rows[rows["measure"] == "hit rate"].head(1).to_dict("records"):
            yield f"{names}: {_pools(pool)}"
        for sampler, studies in rows[rows["measure"] == "log seconds"].groupby("sampler", sort=False):
            yield f"{names}, {sampler} sampler: {_studies(studies)}"
        for row in rows[rows["unit"] == "seeds"].to_dict("records"):
            label = metric_name(row["measure"]).lower()
            yield f"{names}, {label} on the {row['split']} split: {_seeds(row)}"


def _pools(row: Mapping[Hashable, Any]) -> str:
    size = f"pools of {row['count']:.0f} trials per variant"
    if not row["base"] > 0:
        return f"{size}; the first model never hit quality {row['target']:g}, so no effect size can be stated."
    rate = f"{number(row['base'])} {interval(row['base_ci_low'], row['base_ci_high'])}"
    sentence = f"{size}. At quality {row['target']:g} the first model's hit rate was {rate}: "
    if not math.isnan(row["power_3x"]):
        sentence += f"three times that rate is found with probability {number(row['power_3x'])}; "
    if math.isinf(row["smallest_effect"]):
        return sentence + f"no ratio is found with probability {POWER:g}."
    return sentence + f"a ratio of {number(row['smallest_effect'])} is found with probability {POWER:g}."


def _studies(rows: pd.DataFrame) -> str:
    first, judged = rows.iloc[0], rows[rows["base"].notna()].sort_values("target").to_dict("records")
    size = f"{first['count']:.0f} {'study' if first['count'] == 1 else 'studies'} per variant"
    if not judged:
        return f"{size}; no target was reached by every one of several studies, so no ratio of times can be judged."
    lowest_and_highest = judged[:: max(1, len(judged) - 1)]
    ends = ", ".join(f"{number(row['smallest_effect'])} (quality {row['target']:g})" for row in lowest_and_highest)
    return f"{size}; ratios of seconds to a target that are found with probability {POWER:g}: {ends}."


def _seeds(row: Mapping[Hashable, Any]) -> str:
    if math.isnan(row["smallest_effect"]):
        return f"{row['count']:.0f} seeds per model are too few to know their spread ({FEWEST_SEEDS} are needed)."
    return (
        f"{row['count']:.0f} seeds per model, whose differences have a standard deviation of {number(row['base'])};"
        f" a difference of {number(row['smallest_effect'])} is found with probability {POWER:g}."
    )
