"""The configurations of the powered runs state every target and bar, so that none is chosen after the run."""

import pytest
import yaml

from bench import registry
from bench.settings import load_settings
from bench.settings.sections import HIT_KEYS
from tests import ROOT

CONFIGS = ROOT / "config"


@pytest.mark.parametrize("name", ["study", "config"])
def test_every_bar_and_target_stands_in_the_configuration(name: str) -> None:
    content = yaml.safe_load((CONFIGS / f"{name}.yaml").read_text(encoding="utf-8"))
    assert {*HIT_KEYS, "judged_widths_decades", "judged_shifts_decades"} <= set(content["search"])
    for method, claims in registry.claims().items():
        assert content["bars"][method] == dict(claims.BARS)


@pytest.mark.parametrize("name", ["study", "config"])
def test_the_powered_runs_confirm_hits_and_search_the_width_that_is_judged(name: str) -> None:
    settings = load_settings(CONFIGS / f"{name}.yaml")
    assert settings.search.confirmations == 2
    assert settings.search.width_decades is not None
    assert settings.search.width_decades >= settings.bars["acl"]["c2_width_decades"]
