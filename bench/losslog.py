"""What a training says of itself: mean losses, read from the device rarely; stats.jsonl and TensorBoard; a stop at NaN.

stats.jsonl has a JSON object a line: `step`, `images_seen`, `train_seconds`, then `loss/<player>/<term>` means since
the line before, or `evaluation/<metric>` values.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor, nn

from bench import files
from bench.errors import BenchError
from bench.method import Losses


class DivergedError(BenchError):
    """A training whose loss or weights are no longer finite."""


class Meter:
    """Sums of every loss term on the device. `add` does not wait for the device; `means` does, and starts over."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {}
        self.sums: dict[str, Tensor] = {}
        self.counts: dict[str, int] = {}

    def add(self, done: Mapping[str, Losses]) -> None:
        """Add one step's losses by player (`discriminator`, `generator`)."""
        for player, losses in done.items():
            values = torch.stack([*losses.terms.values(), losses.total]).float()
            self.names[player] = [f"{player}/{name}" for name in [*losses.terms, "total"]]
            self.sums[player] = self.sums[player] + values if player in self.sums else values
            self.counts[player] = self.counts.get(player, 0) + 1

    def peek(self) -> dict[str, float]:
        """The mean of every term so far, by `<player>/<term>`; waits for the device."""
        if not self.sums:
            return {}
        values = torch.cat([total / self.counts[player] for player, total in self.sums.items()]).tolist()
        return dict(zip((name for names in self.names.values() for name in names), values, strict=True))

    def means(self) -> dict[str, float]:
        """`peek`, and start over."""
        means = self.peek()
        self.names, self.sums, self.counts = {}, {}, {}
        return means

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {"names": self.names, "sums": self.sums, "counts": self.counts}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Set what `state` returned."""
        self.names, self.sums, self.counts = dict(state["names"]), dict(state["sums"]), dict(state["counts"])


class TrainingLog:
    """Writes stats.jsonl and TensorBoard events into a work folder; a resumed training cuts what it writes again."""

    def __init__(self, work: Path, step: int) -> None:
        """`step`: training goes on from here, so later rows and a torn last line are removed."""
        from torch.utils.tensorboard import SummaryWriter  # here: it costs every other command its import

        work.mkdir(parents=True, exist_ok=True)
        file = work / "stats.jsonl"
        if file.exists():
            files.write_text(file, "".join(kept_rows(file.read_text(encoding="utf-8", errors="replace"), step)))
        self._stats = file.open("a", encoding="utf-8")
        self._events = SummaryWriter(str(work / "tensorboard"), purge_step=step + 1 if step else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stats.close()
        self._events.close()

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


def check_losses(means: Mapping[str, float], where: str, weights: Mapping[str, float]) -> None:
    """DivergedError naming the first term that is not finite, `where` it happened, and the loss weights."""
    for name, value in means.items():
        if not math.isfinite(value):
            raise DivergedError(f"Loss term {name} became {value} {where}. {_remedy(weights)}")


def check_network(player: str, network: nn.Module, where: str, weights: Mapping[str, float]) -> None:
    """DivergedError naming the first parameter of a network that is not finite; waits for the device."""
    named = dict(network.named_parameters())
    norms = torch.stack(torch._foreach_norm(list(named.values()))).tolist()
    for name, norm in zip(named, norms, strict=True):
        if not math.isfinite(norm):
            raise DivergedError(f"The {player}'s {name} is no longer finite {where}. {_remedy(weights)}")


def _remedy(weights: Mapping[str, float]) -> str:
    shown = ", ".join(f"{name} = {value:g}" for name, value in weights.items())
    return f"Loss weights: {shown}. Try a smaller training.learning_rate, or smaller weights."
