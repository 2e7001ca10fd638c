"""C3 and C4 on made step costs that must come out supported, contradicted and inconclusive."""

import pytest

from acl import claims
from bench.analysis import claims as shared_claims
from tests.support.made_claims import (
    ATTRIBUTE,
    CONTENT,
    WGANGP,
    beside,
    costs,
    judge,
)
from tests.support.made_pools import speed


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [({}, "supported"), ({WGANGP: 120.0}, "contradicted"), ({ATTRIBUTE: 105.0}, "inconclusive")],
)
def test_c3_wants_every_iteration_to_cost_no_more_than_five_percent(changes: dict[str, float], verdict: str) -> None:
    claim = judge("C3", speed_ratio=costs(changes))
    assert len(claim.parts) == 8
    assert claim.verdict() == verdict


def test_c3_without_forty_attributes_is_not_tested() -> None:
    tables = costs({})
    claim = judge("C3", speed_ratio=tables[tables["attributes"] == 5])
    assert claim.verdict() == "not tested in this run"
    assert "not timed beside stargan_baseline.lsgan with 40 attributes" in claim.deciding.measured.reason


@pytest.mark.parametrize("claim", ["C3", "C4"])
def test_step_costs_of_fewer_than_five_processes_or_without_any_spread_decide_nothing(claim: str) -> None:
    for processes in (1, 4):
        judged = judge(claim, speed_ratio=costs({}).assign(processes=processes, repeats=2 * processes))
        assert judged.verdict() == "too few runs"
        assert f"{processes} process" in judged.deciding.measured.reason
    still = costs({}).assign(ci_low=lambda rows: rows["ratio"], ci_high=lambda rows: rows["ratio"])
    judged = judge(claim, speed_ratio=still)
    assert judged.verdict() == "too few runs"
    assert "do not vary" in judged.deciding.reason()


def test_c3_is_supported_at_95_percent_a_part_where_the_corrected_intervals_hold_the_bar() -> None:
    tables = costs({ATTRIBUTE: 103.5, WGANGP: 103.5})  # to within 1 % at 95 %: below 1.05, not at 99.4 %
    claim = judge("C3", speed_ratio=tables)
    assert claim.parts[0].interval.high < 1.05 < claim.parts[0].measured.at(shared_claims.contradiction_level(8)).high
    assert claim.verdict() == "supported"


@pytest.mark.parametrize(("cost", "verdict"), [(70.0, "supported"), (105.0, "contradicted"), (96.0, "inconclusive")])
def test_c4_wants_a_cheaper_generator_step(cost: float, verdict: str) -> None:
    tables = costs({CONTENT: cost, ATTRIBUTE: 101.0})
    tables.loc[tables["variant"] == "plus_content", "gflop_ratio"] = 0.9 if cost != 105.0 else 1.05
    assert judge("C4", speed_ratio=tables).verdict() == verdict


def test_a_bar_of_the_configuration_moves_the_verdict() -> None:
    tables = costs({CONTENT: 70.0})
    assert judge("C4", speed_ratio=tables).verdict() == "supported"
    assert judge("C4", speed_ratio=tables, bars={"c4_cost_ratio": 0.5}).verdict() == "contradicted"


def test_c3_prints_one_penalty_per_attribute_beside_and_is_not_judged_by_it() -> None:
    claim = judge("C3", speed_ratio=costs({claims.PENALTIES: 400.0}))
    assert claim.verdict() == "supported"
    assert [part.interval.estimate for part in claim.beside] == pytest.approx([4.0] * 4)


def test_c4_prints_the_whole_iteration_and_counts_generator_passes() -> None:
    tables = speed({CONTENT: 70.0, ATTRIBUTE: 100.0}).assign(generator_passes=1.0)
    tables.loc[(tables["variant"] == "plus_attribute") & (tables["part"] == "generator_step"), "generator_passes"] = 2.0
    tables.loc[tables["part"] == "discriminator_step", "gflop"] = 10.0  # and 7 or 10 for the generator's
    claim = judge("C4", speed_ratio=costs({}), speed=tables)
    assert beside(claim, "generator passes").interval.estimate == 0.5
    assert beside(claim, "FLOPs of 5 discriminator steps").interval.estimate == pytest.approx(11.4 / 12)
    assert beside(claim, "milliseconds of one iteration").interval.estimate == pytest.approx(70 / 101)
    assert "not timed" in beside(judge("C4"), "generator passes").measured.reason
