"""C1 on made cosines: supported, contradicted, refused; and no control in a loss's place supports it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from acl import claims
from bench.analysis import contract, over_seeds
from bench.analysis.claims import Claim
from bench.settings import Settings
from tests.support.made_claims import evidence
from tests.support.made_pools import made_settings

# Cosines far, near, at the start and early, of a run that supports the claim.
FAR, NEAR, START, EARLY = ("points", "16"), ("points_at_source", "0"), ("images", "start"), ("images", "early")
PLACES = (FAR, NEAR, START, EARLY)
MEASURED: Mapping[str, tuple[float, ...]] = {
    "attribute": (0.95, 0.5, 0.25, 0.25),
    "classification": (0.02, 0.95, 0.2, 0.2),
    "adversarial": (0.9, 0.0, 0.0, 0.0),
    "oracle": (0.0, 0.97, 1.0, 1.0),
    "random": (0.0, 0.0, 0.0, 0.0),
}
TERMS = {
    ("stargan_baseline.lsgan", "lsgan"): ("classification", "adversarial"),
    ("stargan_baseline.published", "wgan_gp"): ("classification", "adversarial"),
    ("acl.plus_attribute", "lsgan"): ("attribute",),
    ("acl.plus_attribute_wgangp", "wgan_gp"): ("attribute",),
    ("control.oracle_classifier", "control"): ("control",),
    ("control.random_direction", "control"): ("control",),
}


def gradients(points: int = 64, images: int = 12, **instead: str) -> pd.DataFrame:
    """gradients.csv over seeds; `instead` gives a loss the cosines of another line of `MEASURED`."""
    random = np.random.default_rng(7)
    rows = [
        (*place, model, family, loss, 0, seed, "cosine", _cosine(model, loss, place, instead) + spread)
        for place in PLACES
        for (model, family), losses in TERMS.items()
        for loss in losses
        for seed in range(points if place in (FAR, NEAR) else images)
        for exact in [place[0] == "images" and loss in ("adversarial",) and loss not in instead]
        for spread in [0.0 if exact else 0.01 * random.normal()]
    ]
    near_by = [("points", "4", *row[2:-1], 1 - row[-1]) for row in rows if row[:2] == FAR]  # not judged
    return pd.DataFrame(near_by + rows, columns=list(contract.CONTRACT["gradients"]))


def _cosine(model: str, loss: str, place: tuple[str, str], instead: Mapping[str, str]) -> float:
    name = model.rpartition(".")[2].partition("_")[0] if loss == "control" else loss
    return MEASURED[instead.get(name, name)][PLACES.index(place)]


def judge(table: pd.DataFrame | None, settings: Settings | None = None) -> Claim:
    return claims.gradients(evidence(settings=settings or made_settings(), gradients=table), claims.BARS)


def test_an_attribute_loss_that_leads_at_every_place_supports_the_claim() -> None:
    claim = judge(gradients())
    assert claim.verdict() == "supported"
    assert [part.interval.estimate for part in claim.parts] == pytest.approx(
        [0.93, 0.93, 0.95, 0.95, 0.05, 0.05, 0.05, 0.05], abs=0.01
    )


@pytest.mark.parametrize("control", ["adversarial", "oracle", "random"])
def test_no_control_in_the_attribute_losss_place_supports_the_claim(control: str) -> None:
    assert judge(gradients(attribute=control)).verdict() == "contradicted"


@pytest.mark.parametrize("control", ["adversarial", "random"])
def test_no_control_that_knows_no_attribute_passes_as_a_classifier_at_the_sources_cloud(control: str) -> None:
    near = [part for part in judge(gradients(classification=control)).parts if "source's cloud" in part.measure]
    assert [part.verdict() for part in near] == ["contradicted"] * 2


def test_the_oracle_passes_as_a_classifier_at_the_sources_cloud_and_leads_on_images() -> None:
    parts = {part.measure: part.verdict() for part in judge(gradients(classification="oracle")).parts}
    assert {verdict for measure, verdict in parts.items() if "source's cloud" in measure} == {"supported"}
    assert {verdict for measure, verdict in parts.items() if "images" in measure} == {"contradicted"}


def test_losses_are_compared_seed_by_seed() -> None:
    """A spread that both losses share takes no part in the interval of their difference."""
    table = gradients()
    shared = np.random.default_rng(2).normal(0, 0.3, 64)
    table["value"] += shared[table["seed"]] * (table["experiment"] == "images")
    difference = judge(table)
    assert difference.verdict() == "supported"
    images = [part for part in difference.parts if "images" in part.measure]
    assert all(part.measured.sample.interval == "paired t" for part in images)
    assert all(part.measured.sample.correlation > 0.9 for part in images)


def test_controls_stand_beside_the_parts_at_every_place() -> None:
    beside = {part.measure: part for part in judge(gradients()).beside}
    assert len(beside) == 4 * len(PLACES)
    silent = beside["control: cosine of the unconditional adversarial term, LSGAN, images, start"]
    assert list(silent.interval) == [0, 0, 0]
    assert "copies" not in silent.reason()
    known = beside["control: cosine of the oracle classifier, points at the source's cloud"]
    assert known.interval.estimate == pytest.approx(0.97, abs=0.01)


@pytest.mark.parametrize(("points", "images", "word"), [(63, 12, "63 point seeds"), (64, 7, "7 gradient seeds")])
def test_too_few_seeds_are_no_verdict(points: int, images: int, word: str) -> None:
    claim = judge(gradients(points, images))
    assert claim.verdict() == "too few runs"
    assert any(word in part.reason() for part in claim.parts)


def test_equal_seeds_are_no_verdict() -> None:
    table = gradients()
    table["value"] = table.groupby(["experiment", "setting", "model", "loss"])["value"].transform("mean")
    assert judge(table).verdict() == "too few runs"


def test_a_loss_that_was_not_measured_and_an_experiment_that_was_not_run_say_so() -> None:
    table = gradients()
    claim = judge(table[table["model"] != "stargan_baseline.published"])
    assert claim.verdict() == "not tested in this run"
    assert "'classification' of stargan_baseline.published" in " ".join(part.reason() for part in claim.parts)
    assert {part.reason() for part in judge(None).parts} == {"the gradient experiments were not run"}


def test_images_of_photos_cannot_be_tested() -> None:
    photos = made_settings()
    data = photos.data.model_copy(update={"source": "celeba"})
    table = gradients()
    claim = judge(table[table["experiment"] != "images"], photos.model_copy(update={"data": data}))
    assert claim.verdict() == "cannot be tested here"


def test_means_of_the_table_keep_the_controls() -> None:
    means = over_seeds.gradient_means(gradients())
    assert {"control.oracle_classifier", "control.random_direction"} <= set(means["model"])
