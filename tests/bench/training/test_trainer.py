"""The one training loop: resumes to the same bits, counts images, keeps its clock, stops at NaN."""

import json
import multiprocessing
import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from bench.errors import BenchError
from bench.method import Batch, GrowthStage, Losses, Translation
from bench.training.loss_log import DivergedError
from bench.training.trainer import Average
from tests.support.made_training import MadeModel, digest, long_training, train_made, variant

FORKS = multiprocessing.get_context("forkserver")
PRELOADED = ["made_training", "torch._dynamo", "torch.utils.tensorboard"]  # imported once, not in every process


def losses_of(work: Path) -> list[dict[str, float]]:
    """The rows of stats.jsonl without their clock."""
    rows = [json.loads(line) for line in (work / "stats.jsonl").read_text().splitlines()]
    return [{name: value for name, value in row.items() if name != "train_seconds"} for row in rows]


@pytest.mark.slow
def test_a_training_killed_again_and_again_ends_as_one_that_was_not(tmp_path: Path) -> None:
    FORKS.set_forkserver_preload(PRELOADED)
    random.seed(5)
    killed = 0
    for _ in range(4):
        before = set(tmp_path.glob("killed/*.checkpoint"))
        process = FORKS.Process(target=long_training, args=(tmp_path / "killed", tmp_path / "result"))
        process.start()
        while process.is_alive() and set(tmp_path.glob("killed/*.checkpoint")) <= before:
            time.sleep(0.005)
        time.sleep(random.uniform(0, 0.05))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        killed += process.exitcode == -signal.SIGKILL
    assert killed >= 3
    for work in ("killed", "whole"):
        process = FORKS.Process(target=long_training, args=(tmp_path / work, tmp_path / f"result of {work}"))
        process.start()
        process.join()
    assert (tmp_path / "result of killed").read_text() == (tmp_path / "result of whole").read_text()
    assert losses_of(tmp_path / "killed") == losses_of(tmp_path / "whole")


def test_a_finished_training_is_returned_without_training_again(tmp_path: Path) -> None:
    first = train_made(tmp_path, evaluations=2)
    model = MadeModel()
    again = train_made(tmp_path, model, evaluations=2)
    assert model.events == []
    assert digest(again.generator) == digest(first.generator)
    assert (again.curve, again.train_seconds, again.steps) == (first.curve, first.train_seconds, first.steps)


def test_a_checkpoint_of_other_settings_is_not_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train_made(tmp_path)
    model = MadeModel()
    train_made(tmp_path, model, learning_rate=5e-4)
    assert len(model.events) == 3 * 120
    assert "it belongs to another training" in capsys.readouterr().err


def test_the_budget_counts_images_and_evaluations_are_evenly_spaced(tmp_path: Path) -> None:
    trained = train_made(tmp_path, evaluations=4)
    assert trained.steps == 480 / 4
    assert [row["images_seen"] for row in trained.curve] == [120, 240, 360, 480]


def test_evaluation_time_is_not_training_time_and_draws_nothing_from_training(tmp_path: Path) -> None:
    quiet = train_made(tmp_path / "quiet", evaluations=0)

    class Slow(MadeModel):
        def translate(self, generator: nn.Module, images: Tensor, targets: Tensor) -> Translation:
            if len(images) == 1:  # asked by the evaluation
                time.sleep(0.5)
            return super().translate(generator, images, targets)

    started = time.monotonic()
    evaluated = train_made(tmp_path / "evaluated", Slow(), evaluations=4)
    assert time.monotonic() - started - evaluated.train_seconds > 2.0
    assert digest(evaluated.generator) == digest(quiet.generator)


def test_a_fake_is_made_once_a_step_and_with_a_graph_only_for_the_generator(tmp_path: Path) -> None:
    model = MadeModel(variant(3))
    train_made(tmp_path, model, budget_kimg=0.024)
    plain, both = ["translate", "discriminator"], ["translate with graph", "discriminator", "generator"]
    assert model.events == 2 * (plain + plain + both)


def test_n_critic_three_takes_a_third_of_the_generator_steps_on_the_same_images(tmp_path: Path) -> None:
    model = MadeModel(variant(3))
    train_made(tmp_path, model)
    assert (model.events.count("discriminator"), model.events.count("generator")) == (120, 40)


def test_raw_weights_are_scored_where_asked(tmp_path: Path) -> None:
    averaged = train_made(tmp_path / "ema")
    raw = train_made(tmp_path / "raw", scored_weights="raw")
    assert digest(averaged.generator) != digest(raw.generator)


def test_a_growing_variant_goes_through_its_stages_on_faces_of_their_size(tmp_path: Path) -> None:
    growing = replace(variant(1), growth=(GrowthStage(4, 0.0, 0.0), GrowthStage(2, 0.25, 0.25), GrowthStage(1, 0.5, 0)))
    sizes = []

    class Growing(MadeModel):
        def translate(self, generator: nn.Module, images: Tensor, targets: Tensor) -> Translation:
            sizes.append(images.shape[-1])
            return super().translate(generator, images, targets)

    model = Growing(growing, replace(MadeModel().problem, image_size_px=64))
    train_made(tmp_path, model, budget_kimg=0.032)
    assert sizes == [16, 16, 32, 32, 64, 64, 64, 64]
    assert [state.alpha for state in model.states[::2]] == [1, 1, 0, 0.5, 1, 1, 1, 1]


def test_a_missing_size_is_named(tmp_path: Path) -> None:
    model = MadeModel(problem=replace(MadeModel().problem, image_size_px=128))
    with pytest.raises(BenchError, match="needs faces packed at 128 px"):
        train_made(tmp_path, model)


class Diverging(MadeModel):
    """Its generator's term is NaN from its 70th generator step on."""

    def generator_loss(self, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        losses = super().generator_loss(generator, discriminator, batch, fake)
        if self.events.count("generator") < 70:
            return losses
        return Losses({"fooled": losses.terms["fooled"] * torch.nan}, losses.total * torch.nan)


def test_nan_stops_with_the_term_the_steps_and_the_weights(tmp_path: Path) -> None:
    expected = r"generator/fooled was NaN or infinite at step 70 of 120.*lambda_made = 2"
    with pytest.raises(DivergedError, match=expected):
        train_made(tmp_path, Diverging())


def test_no_checkpoint_and_no_evaluation_ever_holds_nan(tmp_path: Path) -> None:
    with pytest.raises(DivergedError, match="at step 70"):
        train_made(tmp_path, Diverging(), checkpoint_seconds=1e-6)
    assert sorted(file.name for file in tmp_path.glob("*.checkpoint")) == [
        "step000000068.checkpoint",
        "step000000069.checkpoint",
    ]
    with pytest.raises(DivergedError, match="at step 70"):
        train_made(tmp_path / "evaluated", Diverging(), evaluations=5)


class HiddenFault(MadeModel):
    """The slope of sqrt at 0 is infinite: its 5th discriminator loss is finite, and the gradient 0 * inf."""

    def discriminator_loss(self, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        losses = super().discriminator_loss(discriminator, batch, fake)
        hidden = torch.sqrt(losses.total * 0) if self.events.count("discriminator") == 5 else 0
        return Losses(losses.terms, losses.total + hidden)


def test_a_gradient_of_nan_under_a_finite_loss_is_found_in_the_weights(tmp_path: Path) -> None:
    with pytest.raises(DivergedError, match=r"discriminator's 3\.weight is NaN or infinite after step 5\."):
        train_made(tmp_path, HiddenFault(variant(10)), budget_kimg=0.02)


def test_two_trainers_in_one_folder_train_once(tmp_path: Path) -> None:
    FORKS.set_forkserver_preload(PRELOADED)
    results = [tmp_path / "first", tmp_path / "second"]
    pair = [FORKS.Process(target=long_training, args=(tmp_path / "work", result)) for result in results]
    for process in pair:
        process.start()
    for process in pair:
        process.join()
    assert results[0].read_text() == results[1].read_text()
    steps = [row["step"] for row in losses_of(tmp_path / "work") if "loss/discriminator/total" in row]
    assert steps == sorted(set(steps))


def test_training_works_on_one_thread_with_deterministic_algorithms(tmp_path: Path) -> None:
    train_made(tmp_path, budget_kimg=0.004)
    assert torch.get_num_threads() == 1
    assert torch.are_deterministic_algorithms_enabled()


def network(value: float) -> nn.Linear:
    layer = nn.Linear(2, 1)
    for parameter in layer.parameters():
        nn.init.constant_(parameter, value)
    return layer


def test_after_one_half_life_half_of_the_old_average_is_left() -> None:
    current = network(0.0)
    average = Average(current, half_life_images=100, ramp=0.05)
    nn.init.constant_(current.weight, 1.0)
    for step in range(10):
        average.update(images_seen=10_000 + 10 * step, images=10)
    assert torch.allclose(average.module.state_dict()["weight"], torch.tensor(0.5))


def test_early_on_the_half_life_is_a_share_of_the_images_seen() -> None:
    average = Average(network(0.0), half_life_images=1000, ramp=0.05)
    assert average.decay(images_seen=2000, images=100) == pytest.approx(0.5)
    assert average.decay(images_seen=10**9, images=1000) == pytest.approx(0.5)
    assert Average(network(0.0), 1000, ramp=0.5).decay(images_seen=2000, images=1000) == pytest.approx(0.5)


def test_the_average_has_no_gradients_and_leaves_the_network_alone() -> None:
    current = network(2.0)
    average = Average(current, half_life_images=10, ramp=0.05)
    average.update(1000, 10)
    assert not any(parameter.requires_grad for parameter in average.module.parameters())
    assert all(parameter.requires_grad and bool((parameter == 2).all()) for parameter in current.parameters())


def test_buffers_are_copied() -> None:
    current = nn.BatchNorm1d(2)
    average = Average(current, half_life_images=10, ramp=0.05)
    current.get_buffer("running_mean").fill_(3.0)
    average.update(1000, 10)
    assert average.module.get_buffer("running_mean").tolist() == [3.0, 3.0]
