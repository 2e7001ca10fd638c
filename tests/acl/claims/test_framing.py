"""C5 on made scores that must come out supported, contradicted and inconclusive."""

import numpy as np
import pandas as pd
import pytest

from acl import _refusals as refusals
from acl import claims
from bench.analysis import statistics
from bench.settings.sections import CompareSettings
from tests.support.made_claims import (
    ATTRIBUTE,
    FULL,
    LSGAN,
    SEEDS,
    framed,
    judge,
    scores,
    searched,
    trials,
)


@pytest.mark.parametrize(
    ("background", "edit", "verdict"),
    [(0.01, 0.1, "supported"), (0.03, 0.1, "contradicted"), (0.01, 0.2, "contradicted"), (0.016, 0.1, "inconclusive")],
)
def test_c5_wants_a_kept_background_at_no_cost_to_edits_that_cross_the_window(
    background: float, edit: float, verdict: str
) -> None:
    assert judge("C5", **framed(background, edit)).verdict() == verdict


@pytest.mark.parametrize(
    ("background", "accuracy", "verdict"),
    [(0.01, 0.80, "supported"), (0.03, 0.80, "contradicted"), (0.01, 0.70, "contradicted")],
)
def test_c5_on_photos_takes_the_ellipse_and_a_proxy_for_the_price(
    background: float, accuracy: float, verdict: str
) -> None:
    tables = framed(background, 9.0)  # errors against true edits, which photos do not have, are not looked at
    tables["scores"] = pd.concat(
        [tables["scores"], scores("attribute_accuracy", {claims.UNFRAMED: 0.8, claims.FRAMED: accuracy}, SEEDS, 0.0005)]
    )
    photos = tables["settings"].data.model_copy(update={"source": "celeba"})
    claim = judge("C5", **tables | {"settings": tables["settings"].model_copy(update={"data": photos})})
    assert claim.verdict() == verdict
    assert [part.measure.partition(",")[0] for part in claim.parts] == [
        "background-error ratio inside the whole window",
        "change in attribute accuracy",
    ]


def test_c5_is_judged_on_models_with_a_mask_where_the_settings_say_so() -> None:
    tables = framed(0.01, 0.1)
    unframed, with_frame = claims.PAIRS["C5"][1]
    masked = {claims.UNFRAMED: unframed, claims.FRAMED: with_frame}
    rows = tables["scores"].assign(
        variant=tables["scores"]["variant"].replace(
            {old.split(".")[1]: new.split(".")[1] for old, new in masked.items()}
        )
    )
    settings = searched(with_frame, unframed, weights_from=(FULL,))
    pair = CompareSettings(baseline=unframed, challenger=with_frame)
    compare = settings.compare.model_copy(update={"claim_pairs": {"C5": pair}})
    claim = judge("C5", **tables | {"scores": rows, "settings": settings.model_copy(update={"compare": compare})})
    assert claim.verdict() == "supported"
    assert claim.parts[0].measured.sample.models == (with_frame, unframed)


@pytest.mark.parametrize(("copy", "verdict"), [(0.11, "supported"), (0.09, "not tested in this run")])
def test_c5_is_not_judged_where_a_copy_of_the_source_would_pass(copy: float, verdict: str) -> None:
    """As in the study's first run: without mask and frame edits were worse than none, so that anything was better."""
    tables = framed(0.01, 0.1)
    control = scores("counterfactual_error_crossing", {"control.identity": copy}, range(1), 0.0)
    claim = judge("C5", **tables | {"scores": pd.concat([tables["scores"], control])})
    assert claim.verdict() == verdict
    assert ("a copy would pass" in claim.parts[0].measured.reason) == (copy < 0.1)


def test_weights_searched_against_another_loss_judge_nothing() -> None:
    tables = framed(0.01, 0.1)
    borrowed = searched(claims.FRAMED, claims.UNFRAMED, weights_from=(LSGAN,))
    part = judge("C5", **tables | {"settings": borrowed, "search": trials(LSGAN)}).parts[0]
    assert part.verdict() == "not tested in this run"
    assert "takes weights of stargan_baseline.lsgan, which were searched against another loss" in part.measured.reason
    assert "not searched" in judge("C5", **tables | {"search": trials(LSGAN)}).parts[0].measured.reason
    assert refusals.loss_of("acl.without_attribute") != refusals.loss_of(FULL)
    assert refusals.loss_of("acl.without_content") == refusals.loss_of(ATTRIBUTE)


def test_seeds_that_do_not_vary_decide_nothing() -> None:
    part = judge("C5", **framed(0.01, 0.1, spread=0.0)).parts[0]
    assert part.verdict() == "too few runs"


def test_c5_pairs_seeds_that_vary_together_and_prints_their_correlation() -> None:
    """As measured: logs spread by about .13 a variant and .025 a pair, where Welch's interval holds the bar."""
    random = np.random.default_rng(3)
    together = {seed: 0.13 * random.normal() for seed in SEEDS}
    tables = framed(0.0148, 0.1)
    rows = tables["scores"]
    is_window = rows["metric"] == "background_error_window"
    rows.loc[is_window, "value"] *= np.exp(rows.loc[is_window, "seed"].map(together))
    part = judge("C5", **tables).parts[0]
    assert part.verdict() == "supported"
    assert part.measured.sample.correlation > 0.9
    sides = [
        rows[is_window & (rows["variant"] == model.split(".")[1])]["value"]
        for model in (claims.FRAMED, claims.UNFRAMED)
    ]
    assert statistics.ratio(*sides).high > 0.8
    apart = rows["seed"].where(rows["variant"] == "without_mask", rows["seed"] + 100)
    unpaired = judge("C5", **tables | {"scores": rows.assign(seed=apart)}).parts[0]
    assert unpaired.verdict() == "inconclusive"
    assert unpaired.measured.sample.interval == "Welch's t on logs"


def test_fewer_than_eight_seeds_give_an_estimate_but_no_verdict() -> None:
    part = judge("C5", **framed(0.01, 0.1, range(1, 4))).parts[0]
    assert part.verdict() == "too few runs"
    assert part.measured.reason == "3 training seeds, fewer than the 8 that a verdict needs"
    assert part.interval.estimate == pytest.approx(0.5, abs=0.05)
