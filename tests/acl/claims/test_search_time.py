"""C2 on made tables that must come out supported, contradicted and inconclusive."""

import math
from typing import Any

import pandas as pd
import pytest

from acl import claims
from bench.analysis import time_to_target
from bench.errors import BenchError
from bench.settings import parse_settings
from tests.support.made_claims import (
    ATTRIBUTE,
    FULL,
    LSGAN,
    beside,
    judge,
    scores,
    search_time,
    searched,
    trials,
)
from tests.support.made_pools import made_settings, pool, speed


def test_c2_is_supported_by_a_threefold_shorter_search_at_equal_quality() -> None:
    claim = search_time({LSGAN: 0.1, ATTRIBUTE: 0.4})
    assert claim.verdict() == "supported"
    assert claim.parts[0].interval.estimate > 2


def test_c2_is_contradicted_by_equal_searches_and_by_lost_quality() -> None:
    assert search_time({LSGAN: 0.4, ATTRIBUTE: 0.3}).verdict() == "contradicted"
    assert search_time({LSGAN: 0.1, ATTRIBUTE: 0.4}, quality=-0.1).verdict() == "contradicted"


def test_c2_is_inconclusive_near_its_bar_and_open_without_confirmation_and_on_too_narrow_pools() -> None:
    assert search_time({LSGAN: 0.2, ATTRIBUTE: 0.3}).verdict() == "inconclusive"
    unconfirmed = search_time({LSGAN: 0.1, ATTRIBUTE: 0.4}, confirmations=0).parts[0]
    assert unconfirmed.measured.reason == "hits were not confirmed on fresh seeds"
    assert unconfirmed.interval.estimate > 2
    narrow = search_time({LSGAN: 0.1, ATTRIBUTE: 0.4}, width_decades=2.0).parts[0]
    assert narrow.measured.reason == "the pools are narrower than 3 decades"
    few = search_time({LSGAN: 0.1, ATTRIBUTE: 0.4}, count=8)
    assert few.verdict() == "too few runs"
    assert "trials hit level 0.4, fewer than 8" in few.parts[0].measured.reason


def test_c2_is_read_at_narrower_and_shifted_ranges_of_the_same_pool() -> None:
    settings = made_settings()
    tables: dict[str, Any] = {
        "settings": settings, "search": pool(settings, {LSGAN: 0.1, ATTRIBUTE: 0.4}, 800),
        "speed": speed({LSGAN: 100.0, ATTRIBUTE: 100.0}),
    }  # fmt: skip
    counts = []
    for _, bars in claims.VARIATIONS.values():
        ratio = judge("C2", bars=bars, **tables).parts[0]
        assert ratio.measured.reason == ""
        assert ratio.interval.estimate > 1
        counts.append(ratio.measured.sample.count)
    assert len(set(counts)) == len(counts)  # other sub-boxes hold other trials
    outside = judge("C2", bars={"c2_width_decades": 2, "c2_shift_decades": 1.5}, **tables).parts[0]
    assert outside.measured.reason == "the pools are narrower than 5 decades"


def test_c2_is_known_where_one_side_never_hits() -> None:
    claim = search_time({LSGAN: 0.0, ATTRIBUTE: 0.3}, count=96)
    assert claim.verdict() == "supported"
    assert 1.5 < claim.parts[0].interval.low < claim.parts[0].interval.high == math.inf


def test_c2_is_judged_by_the_pair_that_the_configuration_names() -> None:
    pair = {"baseline": claims.MASKED, "challenger": claims.MASK_PAIR[1]}
    content = made_settings(arms=[LSGAN, ATTRIBUTE, *claims.MASK_PAIR]).model_dump(mode="json")
    content["compare"]["claim_pairs"] = {"C2": pair}
    content["finals"] = [entry | {"model": arm, "weights_from": [arm]} for arm in claims.MASK_PAIR
                         for entry in content["finals"][:1]]  # fmt: skip
    claim = search_time(dict.fromkeys(claims.MASK_PAIR, 0.1) | {claims.MASK_PAIR[1]: 0.4},
                        settings=parse_settings(content, "made"))  # fmt: skip
    assert claim.verdict() == "supported"
    assert claims.MASKED in claim.parts[0].measure
    assert beside(claim, "search-seconds ratio of the compared models").measured.reason.startswith("no pool of")
    content["compare"]["claim_pairs"] = {"C2": pair | {"challenger": FULL}}
    with pytest.raises(BenchError, match="claim_pairs"):
        parse_settings(content, "made")


def test_c2_wants_winners_of_several_studies_and_a_search_that_is_more_than_the_default_weights() -> None:
    evidence_of_one = searched(LSGAN, ATTRIBUTE, winners="pooled")
    part = search_time({LSGAN: 0.1, ATTRIBUTE: 0.4}, settings=evidence_of_one).parts[1]
    assert part.verdict() == "too few runs"
    assert "luck" in part.measured.reason
    tables = scores("quality", {LSGAN: 0.7, ATTRIBUTE: 0.7})
    part = judge("C2", scores=tables, search=trials(LSGAN, ATTRIBUTE, sampler="default")).parts[1]
    assert part.verdict() == "not tested in this run"
    assert part.measured.reason == f"{ATTRIBUTE} was not trained at its own searched weights"


def test_c2_prints_one_weight_against_one_beside_its_ratio_and_judges_by_the_main_pools_alone() -> None:
    control = {
        "frozen": {LSGAN: ["lambda_cls"]}, "comparison": {"baseline": LSGAN, "challenger": ATTRIBUTE},
        "samplers": {"random": {"studies": 1, "trials": 96}},
    }  # fmt: skip
    settings, rates = made_settings(controls={"one_vs_one": control}), {LSGAN: 0.1, ATTRIBUTE: 0.4}
    main, equal = pool(settings, rates, 800), pool(settings, {LSGAN: 0.4}, 800, seed=2)
    equal = equal.assign(space="one_vs_one", dimension=1, box="lambda_rec=0.01:100")
    trials = pd.concat([main, equal], ignore_index=True)
    given = {"speed": speed({LSGAN: 100.0, ATTRIBUTE: 100.0}), "settings": settings}
    judged, plain = (judge("C2", search=search, **given) for search in (trials, main))
    assert judged.parts[0].interval == plain.parts[0].interval
    one_to_one = beside(judged, "search-seconds ratio, one weight").interval
    assert one_to_one.low < one_to_one.estimate < one_to_one.high
    assert one_to_one.estimate == pytest.approx(1, abs=0.25)
    assert beside(plain, "search-seconds ratio, one weight").measured.reason == f"no pool of {LSGAN} was searched"


def test_the_pool_table_and_the_claim_tell_the_same_ratio_at_one_target() -> None:
    settings = made_settings(targets=[0.4])
    trials, prices = pool(settings, {LSGAN: 0.2, ATTRIBUTE: 0.4}, 200), speed({LSGAN: 100.0, ATTRIBUTE: 90.0})
    table = time_to_target.table(trials, prices, settings)
    row = table[(table["width_decades"] == 3.0) & (table["variant"] == "plus_attribute")]
    claim = judge("C2", settings=settings, search=trials, speed=prices)
    assert claim.parts[0].interval.estimate == pytest.approx(row["seconds_ratio"].item())


def test_c2_prints_its_ratio_against_no_effect_and_asks_for_the_control_of_one_weight_against_one() -> None:
    claim = search_time({LSGAN: 0.1, ATTRIBUTE: 0.4})
    plain = beside(claim, "search-seconds ratio against no effect")
    assert plain.interval.estimate == claim.parts[0].interval.estimate
    assert plain.bar == 1
    assert "no control" in beside(claim, "search-seconds ratio, one weight").measured.reason
