"""Made evidence for the claims of acl, and their verdicts on it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from acl import _refusals as refusals
from acl import claims
from bench.analysis import contract
from bench.analysis.claims import Claim, Evidence, Part
from bench.analysis.training_costs import SECONDS
from bench.settings import Settings
from tests.support.made_pools import made_settings, pool, speed, speed_ratio

SEEDS = range(1, 9)
STARGAN, LSGAN, ATTRIBUTE = "stargan_baseline.published", "stargan_baseline.lsgan", "acl.plus_attribute"
WGANGP, CONTENT, FULL, STILL = "acl.plus_attribute_wgangp", "acl.plus_content", "acl.full", "acl.plus_framing"


def evidence(**tables: Any) -> Evidence:
    """Evidence of what was made; all else was not run."""
    names = ("scores", "speed", "search", "curves", "speed_ratio")
    empty = {name: pd.DataFrame(columns=list(contract.CONTRACT[name])) for name in names}
    return Evidence(**({"settings": made_settings()} | empty | tables))


RULES = {
    "C2": claims.search_time, "C3": claims.attribute_cost, "C4": claims.content_cost, "C5": claims.framing,
    "C6": claims.growing, "C7": claims.early_quality,
}  # fmt: skip


def judge(claim: str, **tables: Any) -> Claim:
    """One claim, judged on what was made; `bars` moves some of its bars."""
    bars = dict(claims.BARS) | tables.pop("bars", {})
    if claim in RULES:
        return RULES[claim](evidence(**tables), bars)
    return next(judged for judged in claims.judge(evidence(**tables), bars) if judged.claim == claim)


def scores(metric: str, means: Mapping[str, float], seeds: range = SEEDS, spread: float = 0.01) -> pd.DataFrame:
    """Test scores of models over seeds."""
    random = np.random.default_rng(5)
    rows = [
        (*model.split("."), seed, "test", metric, "all", mean + spread * random.normal(), 100)
        for model, mean in means.items()
        for seed in seeds
    ]
    return pd.DataFrame(rows, columns=list(contract.CONTRACT["scores"]))


def curves(rates: Mapping[str, float], end: float = 100.0) -> pd.DataFrame:
    """Quality that rises as 1 - exp(-rate t) over `end` uncontended seconds, a little differently each seed.

    Busy neighbours doubled the logged seconds of the whole method alone: claims must not see it.
    """
    random = np.random.default_rng(6)
    rows = [
        (
            *(*model.split("."), seed, round(10 * seconds), seconds * (2 if model == FULL else 1)),
            *("quality", 1 - np.exp(-faster * seconds), seconds),
        )
        for model, rate in rates.items()
        for seed in SEEDS
        for faster in [rate * (1 + 0.01 * random.normal())]
        for seconds in np.linspace(2, end, 50)
    ]
    return pd.DataFrame(rows, columns=[*contract.CONTRACT["curves"], SECONDS])


def searched(*models: str, **more: Any) -> Settings:
    """Settings in which models were trained at their own searched weights; `more` goes into their finals."""
    settings = made_settings()
    finals = tuple(
        settings.finals[0].model_copy(update={"model": model, "weights_from": (model,)} | more) for model in models
    )
    return settings.model_copy(update={"finals": finals})


def trials(*models: str, sampler: str = "random") -> pd.DataFrame:
    """A few trials of each model."""
    return pool(made_settings(), dict.fromkeys(models, 0.5), 4).assign(sampler=sampler)


def search_time(rates: Mapping[str, float], quality: float = 0.0, count: int = 800, **search: Any) -> Claim:
    """C2 on pools of these hit rates; the second side is better in quality by `quality`."""
    settings = search.pop("settings", None) or made_settings(**search)
    models = list(rates)
    scored = pd.concat(
        [
            scores("quality", {models[0]: 0.7, models[1]: 0.7 + quality}),
            scores("attribute_accuracy", dict.fromkeys(models, 0.8)),
        ]
    )
    costs = speed(dict.fromkeys(models, 100.0))
    return judge("C2", settings=settings, search=pool(settings, rates, count), speed=costs, scores=scored)


def costs(changes: Mapping[str, float]) -> pd.DataFrame:
    """speed_ratio.csv at 5 and 40 attributes, of these costs."""
    base = {STARGAN: 100.0, LSGAN: 100.0, ATTRIBUTE: 101.0, WGANGP: 101.0, CONTENT: 70.0} | dict(changes)
    return pd.concat([speed_ratio(base, attributes=count) for count in (5, 40)], ignore_index=True)


def framed(background: float, edit: float, seeds: range = SEEDS, spread: float = 0.0005) -> dict[str, Any]:
    """Evidence of C5, both sides at weights that were searched for the whole method."""
    tables = [
        scores("background_error_window", {claims.UNFRAMED: 0.02, claims.FRAMED: background}, seeds, spread),
        scores("counterfactual_error_crossing", {claims.UNFRAMED: 0.1, claims.FRAMED: edit}, seeds, 2 * spread),
    ]
    settings = searched(claims.FRAMED, claims.UNFRAMED, weights_from=(FULL,))
    return {"scores": pd.concat(tables), "settings": settings, "search": trials(FULL)}


GROWN: dict[str, Any] = {"search": trials(FULL, STILL), "settings": searched(FULL, STILL)}


RIVALS = (STARGAN, LSGAN)


def shortened(early: float, end: float = 0.95, kimg: float = 0.25) -> dict[str, Any]:
    """Evidence of C7: each model at its full budget of 1 kimg and, labelled, at a short one of its own."""
    settings = searched(FULL, *RIVALS)
    short = [
        final.model_copy(update={"model": f"{final.model}{refusals.SHORT}", "budget_kimg": 0.25})
        for final in settings.finals
    ]
    short[0] = short[0].model_copy(update={"budget_kimg": kimg})
    tables = [
        scores("quality", dict.fromkeys(RIVALS, 0.95) | {FULL: end}),
        scores("quality", {final.model: early if final.model.startswith(FULL) else 0.5 for final in short}),
    ]
    costs = speed(dict.fromkeys((FULL, *RIVALS), 100.0))
    phases = [
        costs[(costs["variant"] == "full") & (costs["part"] == "iteration")].assign(part=f"iteration_{phase}")
        for phase in ("16px", "32px_fading", "32px", "64px_fading")
    ]
    return {
        "scores": pd.concat(tables, ignore_index=True), "speed": pd.concat([costs, *phases]),
        "search": trials(FULL, *RIVALS),
        "settings": settings.model_copy(update={"finals": (*settings.finals, *short)}),
    }  # fmt: skip


def beside(claim: Claim, start: str) -> Part:
    """The measure beside a claim that begins so."""
    return next(part for part in claim.beside if part.measure.startswith(start))
