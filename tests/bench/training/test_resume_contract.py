"""Contract of every variant of every method found: stopped in the middle and started again, it ends with equal bits."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from bench import registry
from bench.data.store import Split, Store
from bench.method import Batch, Losses, Model, Problem
from bench.training import steps, trainer
from bench.training.steps import Networks
from tests.support.made_training import CPU, SETTINGS, digest, made_identity

VARIANTS = [f"{name}.{variant.slug}" for name, info in registry.methods().items() for variant in info.variants]
PROBLEM = Problem(("a", "b", "c"), 32, 4, 1, 4, (0.5, 0.4, 0.3), (0.5, 0.4, 0.3))
STEPS, STOPPED_AT = 11, 7


class StoppedError(Exception):
    """Stands for a kill."""


@dataclass(frozen=True)
class Noise:
    image_size_px: int
    digest: str = "noise"

    def split(self, name: str) -> Split:
        random = np.random.default_rng(0)
        images = random.integers(0, 256, (20, self.image_size_px, self.image_size_px, 3), dtype=np.uint8)
        return Split(name, images, random.random((20, 3)) < 0.5, tuple(map(str, range(20))), None)


def train(model_id: str, work: Path) -> str:
    model = registry.build(model_id, {}, {}, PROBLEM)
    settings = SETTINGS.model_copy(update={"checkpoint_seconds": 1e-6, "learning_rate": 1e-2})
    stores: Mapping[int, Store] = {size: cast(Store, Noise(size)) for size in (16, 32)}
    identity = made_identity(model, settings, 4 * STEPS, 1)
    return digest(trainer.train(model, settings, identity, stores, work, model_id, CPU).generator)


@pytest.mark.parametrize("model_id", VARIANTS)
def test_a_stopped_training_ends_as_one_that_was_not(
    model_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(model_id, tmp_path / "whole")
    calls = []
    step = steps.step

    def stopping(model: Model, networks: Networks, batch: Batch, update_generator: bool) -> Mapping[str, Losses]:
        calls.append(update_generator)
        done = step(model, networks, batch, update_generator)
        if len(calls) == STOPPED_AT:
            raise StoppedError  # the networks have moved on from the last checkpoint
        return done

    monkeypatch.setattr(steps, "step", stopping)
    with pytest.raises(StoppedError):
        train(model_id, tmp_path / "stopped")
    assert train(model_id, tmp_path / "stopped") == whole
    assert len(calls) == STEPS + 1
