"""What a training says of itself: mean losses, read from the device rarely; stats.jsonl and TensorBoard; a stop at NaN.

stats.jsonl has a JSON object a line: `step`, `images_seen`, `train_seconds`, then `loss/<player>/<term>` means since
the line before, or `evaluation/<metric>` values.
"""

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor, nn

from bench.errors import BenchError
from bench.method import Losses
from bench.runtime import atomic_files


class DivergedError(BenchError):
    """A training whose loss or weights are no longer finite."""


class Meter:
    """Sums of every loss term, and the first step that spoilt them, on the device; only `peek` waits for the device."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}
        self._sums: dict[str, Tensor] = {}
        self._spoilt: dict[str, Tensor] = {}

    def add(self, losses_of: Mapping[str, Losses], step: int) -> None:
        """Add the losses of `step`, by player (`discriminator`, `generator`)."""
        for player, losses in losses_of.items():
            values = torch.stack([*losses.terms.values(), losses.total]).float()
            if player not in self._sums:
                self._names[player] = [f"{player}/{name}" for name in [*losses.terms, "total"]]
                self._counts[player] = 0
                self._sums[player] = torch.zeros_like(values)
                self._spoilt[player] = torch.full_like(values, math.inf)
            self._counts[player] += 1
            self._sums[player] += values
            spoils = torch.where(torch.isfinite(self._sums[player]), math.inf, float(step))
            self._spoilt[player] = torch.minimum(self._spoilt[player], spoils)

    def peek(self) -> dict[str, float]:
        """The mean of every term so far, by `<player>/<term>`."""
        return self._read({player: total / self._counts[player] for player, total in self._sums.items()})

    def first_spoilt(self) -> tuple[str, int] | None:
        """The term that was first NaN or infinite, and at which step; None where all is well."""
        spoilt = self._read(self._spoilt)
        name = min(spoilt, key=spoilt.__getitem__, default=None)
        return None if name is None or spoilt[name] == math.inf else (name, int(spoilt[name]))

    def state_dict(self) -> dict[str, Any]:
        return dict(vars(self))

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)

    def _read(self, values: Mapping[str, Tensor]) -> dict[str, float]:
        if not values:
            return {}
        flat = torch.cat(list(values.values())).tolist()
        return dict(zip((name for names in self._names.values() for name in names), flat, strict=True))


class TrainingLog:
    """Writes stats.jsonl and TensorBoard events into a work folder; a resumed training cuts what it writes again."""

    def __init__(self, work: Path, step: int) -> None:
        """`step`: training goes on from here, so later rows and a torn last line are removed."""
        from torch.utils.tensorboard import SummaryWriter  # here: it costs every other command its import

        work.mkdir(parents=True, exist_ok=True)
        file = work / "stats.jsonl"
        if file.exists():
            atomic_files.write_text(file, "".join(kept_rows(file.read_text(encoding="utf-8", errors="replace"), step)))
        self._stats = file.open("a", encoding="utf-8")
        self._events = SummaryWriter(str(work / "tensorboard"), purge_step=step + 1 if step else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stats.close()
        self._events.close()

    def flush(self) -> None:
        """Make all that was written durable, so that a resumed training finds it."""
        os.fsync(self._stats.fileno())
        self._events.flush()

    def write(self, step: int, images_seen: int, train_seconds: float, values: Mapping[str, float]) -> None:
        """One line, and one TensorBoard scalar a value."""
        row = {"step": step, "images_seen": images_seen, "train_seconds": round(train_seconds, 3), **values}
        self._stats.write(json.dumps(row) + "\n")
        self._stats.flush()
        for name, value in values.items():
            self._events.add_scalar(name, value, step)


def kept_rows(text: str, step: int) -> list[str]:
    """The lines of a stats file that end, are whole and tell of steps up to `step`."""
    return [line for line in text.splitlines(keepends=True) if line.endswith("\n") and _step_of(line) <= step]


def _step_of(line: str) -> float:
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return math.inf


def check_losses(meter: Meter, steps: int, weights: Mapping[str, float]) -> None:
    """DivergedError naming the first term that was not finite, the step of `steps`, and the loss weights."""
    if spoilt := meter.first_spoilt():
        name, step = spoilt
        raise DivergedError(f"Loss term {name} was NaN or infinite at step {step} of {steps}. {_remedy(weights)}")


def check_network(player: str, network: nn.Module, step: int, weights: Mapping[str, float]) -> None:
    """DivergedError naming the first parameter of a network that is not finite after `step`."""
    parameters = dict(network.named_parameters())
    norms = torch.stack(torch._foreach_norm(list(parameters.values()))).tolist()
    for name, norm in zip(parameters, norms, strict=True):
        if not math.isfinite(norm):
            raise DivergedError(f"The {player}'s {name} is NaN or infinite after step {step}. {_remedy(weights)}")


def _remedy(weights: Mapping[str, float]) -> str:
    shown = ", ".join(f"{name} = {value:g}" for name, value in weights.items())
    return f"Loss weights: {shown}. Try a smaller training.learning_rate, or smaller weights."
