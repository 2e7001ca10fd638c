"""C1-C7 on made tables that must come out supported, contradicted and inconclusive."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from acl import claims
from bench.analysis import claims as shared_claims
from bench.analysis import contract, statistics, time_to_target
from bench.analysis.claims import Claim, Evidence, Part
from bench.analysis.training_costs import SECONDS
from bench.settings import Settings
from tests.support.made_pools import made_settings, pool, speed, speed_ratio

SEEDS = range(1, 9)
STARGAN, LSGAN, ATTRIBUTE = "stargan_baseline.published", "stargan_baseline.lsgan", "acl.plus_attribute"
WGANGP, CONTENT, FULL, STILL = "acl.plus_attribute_wgangp", "acl.plus_content", "acl.full", "acl.plus_framing"


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "RESAMPLES", 500)


def evidence(**made: Any) -> Evidence:
    """Evidence of what was made; all else was not run."""
    names = [name for name in (*contract.CONTRACT_TABLES, "speed_ratio") if name != "claims"]
    empty = {name: pd.DataFrame(columns=list(contract.CONTRACT[name])) for name in names}
    return Evidence(**({"settings": made_settings()} | empty | made))


def judge(claim: str, **made: Any) -> Claim:
    bars = dict(claims.BARS) | made.pop("bars", {})
    return next(one for one in claims.judge(evidence(**made), bars) if one.claim == claim)


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


def gradients(cosines: Mapping[tuple[str, str], float]) -> pd.DataFrame:
    """Cosines by (loss, family) in all three settings; at near distances the opposite."""
    random = np.random.default_rng(7)
    settings = (("points", "0.0", -1), ("points", "16.0", 1), ("images", "start", 1), ("images", "early", 1))
    rows = [
        (
            experiment,
            setting,
            f"made.{family}",
            family,
            loss,
            0,
            seed,
            "cosine",
            sign * cosine + 0.002 * random.normal(),
        )
        for (loss, family), cosine in cosines.items()
        for experiment, setting, sign in settings
        for seed in SEEDS
    ]
    return pd.DataFrame(rows, columns=list(contract.CONTRACT["gradients"]))


def searched(*models: str) -> Settings:
    """Settings in which models were trained at their own searched weights."""
    chosen = made_settings()
    finals = tuple(chosen.finals[0].model_copy(update={"model": one, "weights_from": (one,)}) for one in models)
    return chosen.model_copy(update={"finals": finals})


def test_with_nothing_run_every_claim_is_inconclusive_and_says_why() -> None:
    found = claims.judge(evidence(), claims.BARS)
    assert [one.claim for one in found] == [f"C{number}" for number in range(1, 8)]
    assert {one.verdict() for one in found} == {"inconclusive"}
    assert all(part.reason for one in found for part in (*one.parts, *one.beside))


@pytest.mark.parametrize(
    ("classification", "attribute", "verdict"),
    [(0.01, 0.2, "supported"), (0.2, 0.2, "contradicted"), (0.01, 0.02, "contradicted"), (0.01, 0.05, "inconclusive")],
)
def test_c1_wants_a_blind_classification_loss_and_a_seeing_attribute_loss(
    classification: float, attribute: float, verdict: str
) -> None:
    cosines = {
        ("classification", "lsgan"): classification, ("attribute", "lsgan"): attribute,
        ("attribute", "wgan_gp"): attribute,
    }  # fmt: skip
    assert judge("C1", gradients=gradients(cosines)).verdict() == verdict


def search_time(rates: Mapping[str, float], quality: float = 0.0, **search: Any) -> Claim:
    chosen = made_settings(**search)
    trials, costs = pool(chosen, rates, 800), speed({LSGAN: 100.0, ATTRIBUTE: 100.0})
    found = pd.concat(
        [
            scores("quality", {LSGAN: 0.7, ATTRIBUTE: 0.7 + quality}),
            scores("attribute_accuracy", {LSGAN: 0.8, ATTRIBUTE: 0.8}),
        ]
    )
    return judge("C2", settings=chosen, search=trials, speed=costs, scores=found)


def test_c2_is_supported_by_a_threefold_shorter_search_at_equal_quality() -> None:
    claim = search_time({LSGAN: 0.1, ATTRIBUTE: 0.4})
    assert claim.verdict() == "supported"
    assert claim.parts[0].interval.estimate > 2


def test_c2_is_contradicted_by_equal_searches_and_by_lost_quality() -> None:
    assert search_time({LSGAN: 0.4, ATTRIBUTE: 0.3}).verdict() == "contradicted"
    assert search_time({LSGAN: 0.1, ATTRIBUTE: 0.4}, quality=-0.1).verdict() == "contradicted"


def test_c2_is_inconclusive_near_its_bar_without_confirmation_and_on_too_narrow_pools() -> None:
    assert search_time({LSGAN: 0.2, ATTRIBUTE: 0.3}).verdict() == "inconclusive"
    unconfirmed = search_time({LSGAN: 0.1, ATTRIBUTE: 0.4}, confirmations=0).parts[0]
    assert unconfirmed.reason == "hits were not confirmed on fresh seeds"
    assert unconfirmed.interval.estimate > 2
    narrow = search_time({LSGAN: 0.1, ATTRIBUTE: 0.4}, width_decades=2.0).parts[0]
    assert narrow.reason == "the pools are narrower than 3 decades"


def test_c2_prints_one_weight_against_one_beside_its_ratio_and_judges_by_the_main_pools_alone() -> None:
    control = {
        "frozen": {LSGAN: ["lambda_cls"]}, "comparison": {"baseline": LSGAN, "challenger": ATTRIBUTE},
        "samplers": {"random": {"studies": 1, "trials": 96}},
    }  # fmt: skip
    chosen, rates = made_settings(controls={"one_vs_one": control}), {LSGAN: 0.1, ATTRIBUTE: 0.4}
    main, equal = pool(chosen, rates, 800), pool(chosen, {LSGAN: 0.4}, 800, seed=2)
    equal = equal.assign(space="one_vs_one", dimension=1, box="lambda_rec=0.01:100")
    trials = pd.concat([main, equal], ignore_index=True)
    given = {"speed": speed({LSGAN: 100.0, ATTRIBUTE: 100.0}), "settings": chosen}
    found, plain = (judge("C2", search=one, **given) for one in (trials, main))
    assert found.parts[0].interval == plain.parts[0].interval
    one_to_one = beside(found, "search-seconds ratio, one weight").interval
    assert one_to_one.low < one_to_one.estimate < one_to_one.high
    assert one_to_one.estimate == pytest.approx(1, abs=0.25)
    assert beside(plain, "search-seconds ratio, one weight").reason == f"no pool of {LSGAN} was searched"


def costs(changes: Mapping[str, float]) -> pd.DataFrame:
    base = {STARGAN: 100.0, LSGAN: 100.0, ATTRIBUTE: 101.0, WGANGP: 101.0, CONTENT: 70.0} | dict(changes)
    return pd.concat([speed_ratio(base, attributes=count) for count in (5, 40)], ignore_index=True)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [({}, "supported"), ({WGANGP: 120.0}, "contradicted"), ({ATTRIBUTE: 105.0}, "inconclusive")],
)
def test_c3_wants_every_iteration_to_cost_no_more_than_five_percent(changes: dict[str, float], verdict: str) -> None:
    claim = judge("C3", speed_ratio=costs(changes))
    assert len(claim.parts) == 8
    assert claim.verdict() == verdict


def test_c3_without_forty_attributes_is_inconclusive() -> None:
    made = costs({})
    claim = judge("C3", speed_ratio=made[made["attributes"] == 5])
    assert claim.verdict() == "inconclusive"
    assert "not timed beside stargan_baseline.lsgan with 40 attributes" in claim.deciding.reason


@pytest.mark.parametrize(("cost", "verdict"), [(70.0, "supported"), (105.0, "contradicted"), (96.0, "inconclusive")])
def test_c4_wants_a_cheaper_generator_step(cost: float, verdict: str) -> None:
    made = costs({CONTENT: cost, ATTRIBUTE: 101.0})
    made.loc[made["variant"] == "plus_content", "gflop_ratio"] = 0.9 if cost != 105.0 else 1.05
    assert judge("C4", speed_ratio=made).verdict() == verdict


@pytest.mark.parametrize(
    ("background", "edit", "verdict"),
    [(0.01, 0.1, "supported"), (0.03, 0.1, "contradicted"), (0.01, 0.2, "contradicted"), (0.016, 0.1, "inconclusive")],
)
def test_c5_wants_a_kept_background_at_no_cost_to_edits_that_cross_the_window(
    background: float, edit: float, verdict: str
) -> None:
    made = pd.concat(
        [
            scores("background_error_inside", {claims.UNFRAMED: 0.02, claims.FRAMED: background}, spread=0.0005),
            scores("counterfactual_error_crossing", {claims.UNFRAMED: 0.1, claims.FRAMED: edit}, spread=0.001),
        ]
    )
    assert judge("C5", scores=made).verdict() == verdict


@pytest.mark.parametrize(("rate", "verdict"), [(0.08, "supported"), (0.04, "contradicted"), (0.055, "inconclusive")])
def test_c6_wants_faster_training_with_growing_at_equal_quality(rate: float, verdict: str) -> None:
    made = {"curves": curves({STILL: 0.05, FULL: rate}), "scores": scores("quality", {STILL: 0.8, FULL: 0.8})}
    assert judge("C6", settings=searched(FULL, STILL), **made).verdict() == verdict
    reasons = [part.reason for part in judge("C6", **made).parts]
    assert reasons == ["acl.full was not trained at its own searched weights"] * 2


def test_c6_and_c7_are_not_judged_by_logged_seconds() -> None:
    made = curves({STILL: 0.05, FULL: 0.1, STARGAN: 0.05, LSGAN: 0.05})
    made.loc[made["variant"] == "full", SECONDS] = math.nan
    quality = scores("quality", {STILL: 0.95, FULL: 0.95, STARGAN: 0.95, LSGAN: 0.95})
    for claim in ("C6", "C7"):
        part = judge(claim, settings=searched(FULL, STILL, STARGAN, LSGAN), curves=made, scores=quality).parts[0]
        assert part.verdict() == "inconclusive"
        assert part.reason == "the steps of acl.full were not timed (speed.models)"


def test_c6_is_inconclusive_by_rule_below_64_px() -> None:
    chosen = searched(FULL, STILL)
    small = chosen.model_copy(update={"data": chosen.data.model_copy(update={"image_size_px": 32})})
    claim = judge("C6", settings=small, curves=curves({STILL: 0.05, FULL: 0.1}))
    assert all("below 64 px" in part.reason for part in claim.parts)


@pytest.mark.parametrize(
    ("rate", "end", "verdict"),
    [(0.1, 0.95, "supported"), (0.02, 0.95, "contradicted"), (0.1, 0.5, "contradicted"), (0.055, 0.95, "inconclusive")],
)
def test_c7_wants_better_results_early_and_none_worse_at_the_end(rate: float, end: float, verdict: str) -> None:
    made = {
        "curves": curves({STARGAN: 0.05, LSGAN: 0.05, FULL: rate}),
        "scores": scores("quality", {STARGAN: 0.95, LSGAN: 0.95, FULL: end}),
    }
    assert judge("C7", settings=searched(FULL, STARGAN, LSGAN), **made).verdict() == verdict


def test_fewer_than_eight_seeds_give_an_estimate_but_no_verdict() -> None:
    made = scores("background_error_inside", {claims.UNFRAMED: 0.02, claims.FRAMED: 0.01}, range(1, 4), 0.0005)
    part = judge("C5", scores=made).parts[0]
    assert part.verdict() == "inconclusive"
    assert part.reason == "3 training seeds, fewer than the 8 that a verdict needs"
    assert part.interval.estimate == pytest.approx(0.5, abs=0.05)


def test_a_bar_of_the_configuration_moves_the_verdict() -> None:
    made = costs({CONTENT: 70.0})
    assert judge("C4", speed_ratio=made).verdict() == "supported"
    assert judge("C4", speed_ratio=made, bars={"c4_cost_ratio": 0.5}).verdict() == "contradicted"


def test_the_pool_table_and_the_claim_tell_the_same_ratio_at_one_target() -> None:
    chosen = made_settings(targets=[0.4])
    trials, prices = pool(chosen, {LSGAN: 0.2, ATTRIBUTE: 0.4}, 200), speed({LSGAN: 100.0, ATTRIBUTE: 90.0})
    table = time_to_target.table(trials, prices, chosen)
    row = table[(table["width_decades"] == 3.0) & (table["variant"] == "plus_attribute")]
    claim = judge("C2", settings=chosen, search=trials, speed=prices)
    assert claim.parts[0].interval.estimate == pytest.approx(row["seconds_ratio"].item())


def beside(claim: Claim, start: str) -> Part:
    return next(part for part in claim.beside if part.measure.startswith(start))


def test_c2_prints_its_ratio_against_no_effect_and_asks_for_the_control_of_one_weight_against_one() -> None:
    claim = search_time({LSGAN: 0.1, ATTRIBUTE: 0.4})
    plain = beside(claim, "search-seconds ratio against no effect")
    assert plain.interval.estimate == claim.parts[0].interval.estimate
    assert plain.interval.low > claim.parts[0].interval.low  # 95 %, not 98.3 %
    assert plain.bar == 1
    assert "no control" in beside(claim, "search-seconds ratio, one weight").reason


def test_c3_prints_one_penalty_per_attribute_beside_and_is_not_judged_by_it() -> None:
    claim = judge("C3", speed_ratio=costs({claims.PENALTIES: 400.0}))
    assert claim.verdict() == "supported"
    assert [part.interval.estimate for part in claim.beside] == pytest.approx([4.0] * 4)


def test_c4_prints_the_whole_iteration_and_counts_generator_passes() -> None:
    made = speed({CONTENT: 70.0, ATTRIBUTE: 100.0}).assign(generator_passes=1.0)
    made.loc[(made["variant"] == "plus_attribute") & (made["part"] == "generator_step"), "generator_passes"] = 2.0
    made.loc[made["part"] == "discriminator_step", "gflop"] = 10.0  # and 7 or 10 for the generator's
    claim = judge("C4", speed_ratio=costs({}), speed=made)
    assert beside(claim, "generator passes").interval.estimate == 0.5
    assert beside(claim, "FLOPs of 5 discriminator steps").interval.estimate == pytest.approx(11.4 / 12)
    assert beside(claim, "milliseconds of one iteration").interval.estimate == pytest.approx(70 / 101)
    assert "not timed" in beside(judge("C4"), "generator passes").reason


def test_c5_prints_framing_and_mask_together_and_c7_stargan_with_a_mask() -> None:
    made = scores("background_error_inside", {claims.UNFRAMED: 0.02, FULL: 0.005}, spread=0.0001)
    found = beside(judge("C5", scores=made), "background-error ratio")
    assert found.interval.estimate == pytest.approx(0.25, abs=0.02)
    made = scores("quality", {claims.MASKED: 0.9, FULL: 0.95})
    found = beside(judge("C7", scores=made), "change in quality at the end, against stargan_baseline.lsgan_mask")
    assert found.interval.estimate == pytest.approx(0.05, abs=0.01)


def test_claim_parts_hold_judged_rows_and_those_beside_them() -> None:
    judged = evidence(speed_ratio=costs({claims.PENALTIES: 400.0}))
    rows = shared_claims.judge(judged)[1]
    own = rows[rows["claim"] == "C3"]
    assert own["judged"].tolist() == [True] * 8 + [False] * 4
    assert set(own.loc[~own["judged"], "verdict"]) == {shared_claims.NOT_JUDGED}
    assert set(own["level"].round(5)) == {round(1 - 0.05 / 8, 5), 0.95}
    assert set(rows.loc[~rows["judged"], "claim"]) == {"C2", "C3", "C4", "C5", "C7"}
    assert rows[rows["estimate"].isna()]["reason"].str.len().gt(0).all()
