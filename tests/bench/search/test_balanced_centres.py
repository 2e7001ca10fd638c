"""Centres of ranges, against gradients that are known, and the same after a stop."""

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
from bench.search.balanced_centres import Norms
from bench.training import steps, trainer
from bench.training.steps import Networks
from tests.bench.search.test_search import prepare
from tests.support.made_training import CPU, PROBLEM, SETTINGS, SIZE_PX, MadeModel, MadeStore, made_identity, stores

MODEL_IDS = [f"{name}.{variant.slug}" for name, info in registry.methods().items() for variant in info.variants]


class Pulling(MadeModel):
    """Adds one number to every pixel; what pulls at it: the adversarial term, and three times as strongly its weight.

    The weight stands in the loss of the generator, or in that of the discriminator alone.
    """

    def __init__(self, adversarial: float, weight: float, network: str = "generator") -> None:
        super().__init__()
        self.adversarial, self.weight, self.network = adversarial, weight, network

    def build_generator(self) -> nn.Module:
        return nn.Linear(1, 1, bias=False)

    def build_discriminator(self) -> nn.Module:
        return nn.Linear(2, 1, bias=False)

    def translate(self, generator: nn.Module, images: Tensor, targets: Tensor) -> Translation:
        return Translation(images + generator.get_parameter("weight").sum())

    def generator_loss(self, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        # Of its own weight: independent of the translated image, as AttGAN's reconstruction is.
        pull_of_term = (3 if self.network == "generator" else 0) * generator.get_parameter("weight").sum()
        pull = (fake.image - batch.images).mean()
        return Losses({"pull": pull}, self.adversarial * pull + self.weight * pull_of_term)

    def discriminator_loss(self, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        pull = discriminator.get_parameter("weight").sum()  # a gradient of 1 at both weights: a norm of sqrt(2)
        pull_of_term = 3 * pull if self.network == "discriminator" else 0 * pull
        return Losses({"pull": pull}, self.adversarial * pull + self.weight * pull_of_term)


def norms_of(network: str) -> dict[str, Norms]:
    networks = steps.build(Pulling(1, 0), SETTINGS, 1, torch.device("cpu"))
    batches = Batches(MadeStore(SIZE_PX).split("train"), 4, 3, "permuted", flip=True, device="cpu")
    models = {balanced_centres.ADVERSARIAL: Pulling(1, 0, network), "lambda_made": Pulling(0, 1, network)}
    return balanced_centres.part_norms(models, networks, batches)


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    deterministic = torch.are_deterministic_algorithms_enabled()
    yield
    torch.use_deterministic_algorithms(deterministic)


@pytest.mark.parametrize("network", ["generator", "discriminator"])
def test_a_term_that_pulls_three_times_as_strongly_at_the_parameters_is_centred_at_a_third(network: str) -> None:
    norms = norms_of(network)
    assert norms[balanced_centres.ADVERSARIAL] == pytest.approx((1, math.sqrt(2)))
    expected = (3, 0) if network == "generator" else (0, 3 * math.sqrt(2))
    assert norms["lambda_made"] == pytest.approx(expected)
    centre = balanced_centres.centre("lambda_made", [norms])
    assert (centre["centre"], centre["network"]) == (0.33, network)


def test_centres_are_geometric_means_over_seeds_and_the_spread_is_told() -> None:
    norms = [
        {"adversarial": Norms(norm_pair, 7.0), "a": Norms(other, 7.0)} for norm_pair, other in ((1.0, 10.0), (4.0, 1.0))
    ]
    centre = balanced_centres.centre("a", norms)
    assert centre["centre"] == 0.63  # sqrt(0.1 * 4) = 0.632
    assert centre["spread_decades"] == pytest.approx(math.log10(40))
    assert centre["adversarial_norms"] == [1.0, 4.0]
    assert centre["term_norms"] == [10.0, 1.0]


@pytest.mark.parametrize("value", [0.0, math.nan, math.inf])
@pytest.mark.parametrize("part", ["adversarial", "lambda_made"])
def test_a_term_without_a_finite_gradient_is_named(part: str, value: float) -> None:
    norms = dict.fromkeys(("adversarial", "lambda_made"), Norms(1.0, 1.0)) | {part: Norms(value, value)}
    with pytest.raises(BenchError, match=f"lambda_made.* '{part}' .* {value:g}"):
        balanced_centres.centre("lambda_made", [norms])


@pytest.mark.parametrize("model_id", MODEL_IDS)
def test_every_searched_weight_of_every_variant_has_a_centre(model_id: str) -> None:
    _, variant = registry.find(model_id)
    searched = dict.fromkeys((weight.name for weight in variant.searched), 0.0)
    none = searched | dict.fromkeys(variant.fixed, 0.0)
    models = {name: registry.build(model_id, none | {name: 1.0}, {}, PROBLEM) for name in searched}
    models[balanced_centres.ADVERSARIAL] = registry.build(model_id, searched, {}, PROBLEM)
    networks = steps.build(models[balanced_centres.ADVERSARIAL], SETTINGS, 1, torch.device("cpu"))
    batches = Batches(MadeStore(SIZE_PX).split("train"), 4, 3, "permuted", flip=True, device="cpu")
    norms = balanced_centres.part_norms(models, networks, batches)
    for name in searched:
        assert 0 < balanced_centres.centre(name, [norms])["centre"] < math.inf


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
