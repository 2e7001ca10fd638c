"""Centres of ranges, against gradients that are known, and the same after a stop."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from bench import registry
from bench.commands import centres
from bench.data.batches import Batches
from bench.errors import BenchError
from bench.method import Batch, Losses, Model, Translation
from bench.search import balanced_centres, spaces
from bench.training import steps, trainer
from bench.training.steps import Networks
from tests.bench.search.test_search import prepare
from tests.support.made_training import CPU, PROBLEM, SETTINGS, SIZE_PX, MadeModel, MadeStore, made_identity, stores

MODEL_IDS = [f"{name}.{variant.slug}" for name, info in registry.methods().items() for variant in info.variants]


class Pulling(MadeModel):
    """Copies; the loss of its one weight pulls three times as strongly at every pixel as the adversarial one."""

    def __init__(self, adversarial: float, weight: float) -> None:
        super().__init__()
        self.strengths = adversarial, 3 * weight

    def translate(self, generator: nn.Module, images: Tensor, targets: Tensor) -> Translation:
        return Translation(images)

    def generator_loss(self, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        pull = fake.image.flatten(1).sum(dim=1).mean()
        return Losses({"pull": pull}, sum(self.strengths) * pull)


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    deterministic = torch.are_deterministic_algorithms_enabled()
    yield
    torch.use_deterministic_algorithms(deterministic)


def test_a_term_that_pulls_three_times_as_strongly_is_centred_at_a_third() -> None:
    networks = steps.build(MadeModel(), SETTINGS, 1, torch.device("cpu"))
    batches = Batches(MadeStore(SIZE_PX).split("train"), 4, 3, "permuted", flip=True, device="cpu")
    models = {balanced_centres.ADVERSARIAL: Pulling(1, 0), "lambda_made": Pulling(0, 1)}
    norms = balanced_centres.part_norms(models, networks, batches)
    pixels = 3 * SIZE_PX**2
    expected = {balanced_centres.ADVERSARIAL: math.sqrt(pixels), "lambda_made": 3 * math.sqrt(pixels)}
    assert norms == pytest.approx(expected, rel=1e-5)
    assert balanced_centres.centre("lambda_made", [norms])["centre"] == 0.33


def test_centres_are_geometric_means_over_seeds_and_the_spread_is_told() -> None:
    found = balanced_centres.centre("a", [{"adversarial": 1.0, "a": 10.0}, {"adversarial": 4.0, "a": 1.0}])
    assert found["centre"] == 0.63  # sqrt(0.1 * 4) = 0.632
    assert found["spread_decades"] == pytest.approx(math.log10(40))
    assert found["adversarial_norms"] == [1.0, 4.0]
    assert found["term_norms"] == [10.0, 1.0]


@pytest.mark.parametrize("value", [0.0, math.nan, math.inf])
@pytest.mark.parametrize("part", ["adversarial", "lambda_made"])
def test_a_term_without_a_finite_gradient_is_named(part: str, value: float) -> None:
    norms = {"adversarial": 1.0, "lambda_made": 1.0, part: value}
    with pytest.raises(BenchError, match=f"lambda_made.* '{part}' .* {value:g}"):
        balanced_centres.centre("lambda_made", [norms])


@pytest.mark.parametrize("model_id", MODEL_IDS)
def test_the_parts_make_up_the_generators_loss(model_id: str) -> None:
    """A loss is linear in its weights, so a part is what its weight multiplies, whatever the method calls its terms."""
    _, variant = registry.find(model_id)
    searched = {weight.name: 0.0 for weight in variant.searched}
    problem = PROBLEM

    def total(weights: Mapping[str, float]) -> float:
        model = registry.build(model_id, weights, {}, problem)
        torch.manual_seed(1)
        generator, discriminator = model.build_generator(), model.build_discriminator()
        labels = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
        batch = Batch(torch.ones(2, 3, SIZE_PX, SIZE_PX) / 2, labels, 1 - labels, None, torch.Generator())
        fake = model.translate(generator, batch.images, batch.targets)
        return float(model.generator_loss(generator, discriminator, batch, fake).total.detach())

    none = searched | dict.fromkeys(variant.fixed, 0.0)
    whole = {name: 2.0 + place for place, name in enumerate(searched)}
    parts = sum(weight * total(none | {name: 1.0}) for name, weight in whole.items())
    assert total(whole) == pytest.approx(total(searched) + parts, rel=1e-4)


def measure(folder: Path, **search: Any) -> dict[str, Any]:
    arguments = prepare(folder, pilot_seeds=2, **search)
    arguments.model, arguments.output = "stargan_baseline.lsgan_mask", folder / "centres.json"
    centres.run(arguments)
    content: dict[str, Any] = json.loads(arguments.output.read_text(encoding="utf-8"))
    return content


def test_a_stopped_measurement_goes_on_and_ends_as_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(balanced_centres, "PILOT_SHARE", 0.5)
    whole = measure(tmp_path / "whole")
    step, calls = steps.step, [0]

    def stopping(model: Model, networks: Networks, batch: Batch, update_generator: bool) -> Mapping[str, Losses]:
        calls[0] += 1
        if calls[0] == 7:  # in the second pilot
            raise KeyboardInterrupt
        return step(model, networks, batch, update_generator)

    monkeypatch.setattr(steps, "step", stopping)
    with pytest.raises(KeyboardInterrupt):
        measure(tmp_path / "stopped")
    assert measure(tmp_path / "stopped") == whole
    assert calls[0] == 9  # 4 steps a pilot; the finished one is not trained again
    assert spaces.read_centres(tmp_path / "whole" / "centres.json", "stargan_baseline.lsgan_mask").keys() == {
        "lambda_cls", "lambda_rec",
    }  # fmt: skip
    assert whole["seeds"] == [balanced_centres.pilot_seed(1, 0), balanced_centres.pilot_seed(1, 1)]
    assert len(set(whole["weights"]["lambda_cls"]["term_norms"])) == 2


def test_only_a_training_that_is_asked_to_keeps_its_networks(tmp_path: Path) -> None:
    model = registry.build("acl.plus_content", {}, {}, PROBLEM)
    for kept in (False, True):
        for _ in range(2):  # trained, then adopted
            identity = made_identity(model, SETTINGS, 40, 1)
            work = tmp_path / str(kept)
            trained = trainer.train(model, SETTINGS, identity, stores(), work, "made", CPU, keeps_networks=kept)
            assert (trained.networks is not None) == kept
