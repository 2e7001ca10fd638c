"""A training step never waits for the device, and keeps every tensor there. No GPU is needed to see either.

The CPU runs the kernels whose results a host must read before it can go on, so a mode that refuses these finds them;
the meta device refuses to share an operation with another, so a tensor that was left on the CPU is found on it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode

from bench import registry
from bench.experiments.step_timer import Bench, Case
from bench.settings import Settings, parse_settings
from bench.training import trainer
from tests.support.made_training import MadeModel, train_made, variant

# On a GPU each of these makes the host wait for the device: it needs a number, or the size of what comes out.
WAITS = ("_local_scalar_dense", "nonzero", "masked_select", "_unique2", "unique_dim", "equal", "is_nonzero", "bincount")
EVERY_VARIANT = [f"{name}.{one.slug}" for name, info in registry.methods().items() for one in info.variants]
CPU, META = torch.device("cpu"), torch.device("meta")


class NoWaiting(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves it untyped
    """Refuses operations for which the host would wait for a GPU."""

    def __torch_dispatch__(
        self,
        func: OpOverload[..., object],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> object:
        name = func.overloadpacket.__name__
        by_mask = name in ("index", "index_put_") and any(
            part is not None and part.dtype == torch.bool for part in args[1]
        )
        if name in WAITS or by_mask:
            raise AssertionError(f"the host waits for the device: {name}")
        return func(*args, **(kwargs or {}))


class OneDevice(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves it untyped
    """Refuses operations that take tensors of two devices; a copy to the device is none of them."""

    def __torch_dispatch__(
        self,
        func: OpOverload[..., object],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> object:
        flat = [part for argument in args for part in (argument if isinstance(argument, list | tuple) else [argument])]
        devices = {part.device.type for part in flat if isinstance(part, Tensor)}
        if len(devices) > 1:
            raise AssertionError(f"{func} takes tensors of {devices}")
        return func(*args, **(kwargs or {}))


def no_waiting() -> TorchDispatchMode:
    return NoWaiting()  # type: ignore[no-untyped-call]  # torch leaves it untyped


def one_device() -> TorchDispatchMode:
    return OneDevice()  # type: ignore[no-untyped-call]  # torch leaves it untyped


@pytest.fixture
def settings(smoke_content: dict[str, Any]) -> Settings:
    smoke_content["training"]["discriminator_shift_px"] = 1
    return parse_settings(smoke_content, "smoke")


@pytest.mark.parametrize("wait", [lambda x: x.sum().item(), lambda x: x[x > 0], lambda x: bool(x.any()), torch.nonzero])
def test_the_mode_finds_what_waits(wait: Any) -> None:
    with no_waiting(), pytest.raises(AssertionError, match="the host waits"):
        wait(torch.ones(3))


def test_the_mode_finds_a_tensor_of_another_device() -> None:
    with one_device(), pytest.raises(AssertionError, match="takes tensors of"):
        torch.ones(3, device=META) * torch.ones((), device=CPU)


@pytest.mark.parametrize("model_id", EVERY_VARIANT)
def test_no_variants_iteration_waits_for_the_device(model_id: str, settings: Settings) -> None:
    bench = Bench(Case(model_id, 16, 4, 3), settings, CPU)
    with no_waiting():
        bench.seconds("iteration", 1)


@pytest.mark.parametrize("model_id", EVERY_VARIANT)
def test_every_variants_iteration_stays_on_its_device(model_id: str, settings: Settings) -> None:
    bench = Bench(Case(model_id, 16, 4, 3), settings, META)
    with one_device():
        bench.seconds("iteration", 1)
    weights = [*bench.networks.generator.parameters(), *bench.networks.discriminator.parameters()]
    assert {weight.device for weight in weights} == {META}


def test_the_loop_waits_between_reports_in_no_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches, losses, the meter, the weight average: everything that a step of the trainer does."""
    taken = []
    take = trainer._Training._one_step

    def without_waiting(training: trainer._Training) -> None:
        with no_waiting():
            take(training)
        taken.append(training.step)

    monkeypatch.setattr(trainer._Training, "_one_step", without_waiting)
    train_made(tmp_path, MadeModel(variant(2)), budget_kimg=0.048, discriminator_shift_px=1)
    assert taken == list(range(1, 13))
