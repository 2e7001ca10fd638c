"""The one training loop: every method's, so that nothing but its losses and networks sets one apart from another.

Killed at any moment and started again, it ends with the weights of an uninterrupted run: a batch is a function of the
step, and a checkpoint holds all else that the next step depends on. On the CPU they are the same bit for bit.
"""

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from bench.data.batches import Batches
from bench.data.store import Store
from bench.errors import BenchError
from bench.method import GrowthState, Model, Translation, Translator
from bench.runtime import lease
from bench.runtime.progress import Progress, progress
from bench.settings import TrainingSettings
from bench.training import device as devices
from bench.training import steps as steps_
from bench.training.checkpoint import Checkpoints, State, random_state, set_random_state
from bench.training.identity import TrainingIdentity
from bench.training.loss_log import Meter, TrainingLog, check_losses, check_network
from bench.training.schedule import Schedule, growth_state
from bench.training.steps import Networks

STATE = ("step", "seconds", "curve", "meter", "random", "generator", "average")  # what every checkpoint has
LOG_EVERY_STEPS = 50
Evaluate = Callable[[Translator, int], Mapping[str, float]]
IsOver = Callable[[], bool]


@dataclass
class Clock:
    """Seconds of training proper: monotonic time that stands still while a training evaluates or saves."""

    seconds: float = 0.0
    _since: float = field(default_factory=time.monotonic)

    def read(self) -> float:
        return self.seconds + time.monotonic() - self._since

    @contextmanager
    def stopped(self, device: torch.device) -> Iterator[float]:
        """Stand still within the block, once the device has done its work; yields the seconds so far."""
        devices.wait_for(device)
        self.seconds = self.read()
        yield self.seconds
        devices.wait_for(device)
        self._since = time.monotonic()


class Average:
    """`module` holds the average: a copy of the network, without gradients. An update does not wait for the device.

    An exponential moving average with a half-life in images, at most `ramp` of those seen, so that the first weights
    fade early on too (Karras et al., EDM, 2022).
    """

    def __init__(self, network: nn.Module, half_life_images: float, ramp: float) -> None:
        self.module = copy.deepcopy(network).eval().requires_grad_(False)
        self._half_life_images = half_life_images
        self._ramp = ramp
        self._averaged: list[Tensor] = list(self.module.parameters())
        self._current: list[Tensor] = list(network.parameters())
        self._buffers = list(zip(self.module.buffers(), network.buffers(), strict=True))

    def decay(self, images_seen: int, images: int) -> float:
        """Weight of the old average in an update `images` after the last: 0.5 ** (images / half-life)."""
        half_life = min(self._half_life_images, self._ramp * images_seen)
        return float(0.5 ** (images / half_life))

    @torch.no_grad()
    def update(self, images_seen: int, images: int) -> None:
        """Move the average towards the network's weights; `images` were seen since the last update."""
        torch._foreach_lerp_(self._averaged, self._current, 1.0 - self.decay(images_seen, images))
        for averaged, current in self._buffers:
            averaged.copy_(current)


@dataclass(frozen=True)
class Trained:
    """An ended training. `generator` holds the scored weights; `translator` uses them, without gradients.

    `train_seconds` is monotonic time without evaluations and checkpoints, summed over restarts. A `curve` row has
    images_seen, train_seconds, metric and value. `networks` are as the last step left them, where they were to be kept.
    """

    generator: nn.Module
    translator: Translator
    steps: int
    train_seconds: float
    curve: list[dict[str, Any]]
    networks: Networks | None = None


def train(
    model: Model,
    training: TrainingSettings,
    identity: TrainingIdentity,
    stores: Mapping[int, Store],
    work: Path,
    description: str,
    device: torch.device,
    evaluate: Evaluate | None = None,
    keeps_networks: bool = False,
    is_over: IsOver | None = None,
) -> Trained:
    """Train `model` on the images of `identity`, or return what `work` already holds of this very training.

    `stores` are packed faces by image size: the model's own, and the smaller ones that it grows through. `evaluate` is
    called at the evaluation points, outside the training clock; after each `is_over` may end the training, without a
    checkpoint of that end. `work` is private to this training, under a lease. `keeps_networks`: its last checkpoint
    keeps the discriminator too. DivergedError where a loss or weight is no longer finite.
    """
    devices.prepare(device)
    with lease.hold(work):
        run = _Training(model, training, identity, stores, work, device, keeps_networks)
        if not run.is_finished():
            images = range(run.schedule.steps * training.batch_size)
            with (
                TrainingLog(work, run.step) as log,
                progress(images, description, "images", run.images_seen) as bar,
            ):
                run.go_on(log, bar, evaluate, is_over)
        networks = run.networks if keeps_networks else None
        return Trained(run.scored, run.translate, run.step, run.clock.seconds, run.curve, networks)


@dataclass(eq=False)
class _Training:
    """One training between two checkpoints: all that changes from step to step."""

    model: Model
    training: TrainingSettings
    identity: TrainingIdentity
    stores: Mapping[int, Store]
    work: Path
    device: torch.device
    keeps_networks: bool

    def __post_init__(self) -> None:
        training, variant, size = self.training, self.model.variant, self.model.problem.image_size_px
        self.schedule = Schedule.of(training, self.identity.budget_images, variant.n_critic)
        self.checkpoints = Checkpoints(self.work, self.identity.digest, STATE)
        self.networks = steps_.build(self.model, training, self.identity.seed, self.device)
        self.average = Average(self.networks.generator, 1000 * training.ema_half_life_kimg, training.ema_ramp)
        sizes = {size, *(size // stage.divisor for stage in variant.stages(size))}
        self.batches = {size: self._batches(size) for size in sizes}
        self.step = 0
        self.meter = Meter()
        self.curve: list[dict[str, Any]] = []
        self.clock = Clock()
        if (saved := self.checkpoints.load(self.device)) is not None:
            self._restore(saved)

    @property
    def images_seen(self) -> int:
        return self.step * self.training.batch_size

    @property
    def scored(self) -> nn.Module:
        return self.average.module if self.training.scored_weights == "ema" else self.networks.generator

    def is_finished(self) -> bool:
        return self.step == self.schedule.steps

    @torch.no_grad()
    def translate(self, images: Tensor, targets: Tensor) -> Translation:
        return self.model.translate(self.scored, images, targets)

    def go_on(self, log: TrainingLog, bar: Progress[int], evaluate: Evaluate | None, is_over: IsOver | None) -> None:
        """Train from the current step to the end, or to the evaluation point after which it is over."""
        self.clock = Clock(self.clock.seconds)
        saved_at = time.monotonic()
        while not self.is_finished():
            self._one_step()
            bar.update(self.training.batch_size)
            if self.step % LOG_EVERY_STEPS == 0 or self.is_finished():
                self._log_losses(log, bar)
            if evaluate is not None and self.schedule.is_evaluation(self.step):
                self._evaluate(log, evaluate)
                if is_over is not None and is_over():
                    return
            if self.is_finished() or time.monotonic() - saved_at >= self.training.checkpoint_seconds:
                log.flush()
                self._save()
                saved_at = time.monotonic()

    def _one_step(self) -> None:
        state = self._grow()
        self.networks.set_learning_rate(self.training.learning_rate * self.schedule.learning_rate_factor(self.step))
        updates_generator = self.schedule.updates_generator(self.step)
        batch = self.batches[state.image_size_px].batch(self.step)
        losses = steps_.step(self.model, self.networks, batch, updates_generator)
        self.step += 1
        self.meter.add(losses, self.step)
        if updates_generator:
            self.average.update(self.images_seen, self.training.batch_size * self.schedule.n_critic)

    def _grow(self) -> GrowthState:
        size = self.model.problem.image_size_px
        stages = self.model.variant.stages(size)
        state = growth_state(stages, self.step / self.schedule.steps, size)
        if stages:
            for generator in (self.networks.generator, self.average.module):
                self.model.grow(generator, self.networks.discriminator, state)
        return state

    def _log_losses(self, log: TrainingLog, bar: Progress[int]) -> None:
        self._check()
        means = self.meter.peek()
        self.meter = Meter()
        values = {f"loss/{name}": value for name, value in means.items()}
        log.write(self.step, self.images_seen, self.clock.read(), values)
        bar.note(", ".join(f"{name} {value:.3g}" for name, value in means.items() if name.endswith("/total")))

    def _evaluate(self, log: TrainingLog, evaluate: Evaluate) -> None:
        with self.clock.stopped(self.device) as seconds, torch.random.fork_rng():
            self._check()
            measures = {name: float(value) for name, value in evaluate(self.translate, self.images_seen).items()}
            log.write(self.step, self.images_seen, seconds, {f"evaluation/{k}": v for k, v in measures.items()})
            row = {"images_seen": self.images_seen, "train_seconds": seconds}
            self.curve += [row | {"metric": metric, "value": value} for metric, value in measures.items()]

    def _check(self) -> None:
        """No loss since the last report and no weight may be NaN or infinite."""
        check_losses(self.meter, self.schedule.steps, self.model.weights)
        check_network("generator", self.networks.generator, self.step, self.model.weights)
        check_network("discriminator", self.networks.discriminator, self.step, self.model.weights)

    def _save(self) -> None:
        with self.clock.stopped(self.device) as seconds:
            self._check()
            state = {
                "step": self.step,
                "seconds": seconds,
                "curve": self.curve,
                "meter": self.meter.state_dict(),
                "random": random_state(),
                **{name: part.state_dict() for name, part in self._stateful().items()},
            }
            self.checkpoints.save(self.step, state, keep=1 if self.is_finished() else 2)

    def _restore(self, saved: State) -> None:
        self.step = saved["step"]
        for name, part in self._stateful().items():
            part.load_state_dict(saved[name])
        self.curve, self.clock = saved["curve"], Clock(saved["seconds"])
        self.meter.load_state_dict(saved["meter"])
        set_random_state(saved["random"])

    def _stateful(self) -> dict[str, nn.Module | torch.optim.Optimizer]:
        """What has a state dictionary; once training is finished, only what a translation needs, or is to be kept."""
        networks = self.networks
        parts: dict[str, nn.Module | torch.optim.Optimizer] = {}
        if not self.is_finished() or self.keeps_networks:
            parts["discriminator"] = networks.discriminator
            parts["generator_optimiser"], parts["discriminator_optimiser"] = networks.optimisers
        return {"generator": networks.generator, "average": self.average.module, **parts}

    def _batches(self, size_px: int) -> Batches:
        if size_px not in self.stores:
            raise BenchError(f"{self.model.variant.slug} needs faces packed at {size_px} px. Add that store to --pack.")
        split, plan = self.stores[size_px].split("train"), self.training
        return Batches(split, plan.batch_size, self.identity.seed, plan.targets, plan.flip, self.device)
