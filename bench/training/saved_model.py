"""Trained models on disk: the generator's weights as safetensors, and beside them a JSON card that tells how they came.

The card is written first and names the weights' SHA-256, so a weights file without its own card is never taken for one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from bench import registry
from bench.errors import BenchError
from bench.method import Model, Problem, Translation
from bench.runtime import atomic_files

Card = Mapping[str, Any]


@dataclass(frozen=True)
class Loaded:
    """A trained model: the file of its weights, its torch side, its generator in evaluation mode, and its card."""

    file: Path
    model: Model
    generator: nn.Module
    card: Card

    def translate(self, images: Tensor, targets: Tensor) -> Translation:
        """Translate images (B, 3, H, W) in [-1, 1] towards targets (B, C)."""
        return self.model.translate(self.generator, images, targets)


def card_of(path: Path) -> Path:
    """Where the card of the weights file `path` lies."""
    return path.with_suffix(".json")


def problem_card(problem: Problem) -> dict[str, Any]:
    """A problem as JSON-like values."""
    values: dict[str, Any] = json.loads(json.dumps(asdict(problem)))
    return values


def save(path: Path, generator: nn.Module, card: Card) -> None:
    """Write the card, then the weights; each appears whole. `card` has at least model, weights, readings, problem."""
    state = {name: value.detach().cpu().contiguous() for name, value in generator.state_dict().items()}
    content = safetensors.torch.save(state)
    atomic_files.write_json(card_of(path), {**card, "weights_sha256": hashlib.sha256(content).hexdigest()})
    atomic_files.write_bytes(path, content)


def load(path: Path, device: torch.device | str = "cpu") -> Loaded:
    """Read a trained model onto `device`; BenchError if a file is missing, torn, or not of this source."""
    try:
        card = json.loads(card_of(path).read_text(encoding="utf-8"))
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise BenchError(f"{path} is no trained model ({error}). Train it: python -m bench train --help") from error
    if card.get("weights_sha256") != hashlib.sha256(content).hexdigest():
        raise BenchError(f"{path} and {card_of(path)} do not belong together. Delete both and train again.")
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in card["problem"].items()}
    problem = Problem(**fields)
    model = registry.build(card["model"], card["weights"], card["readings"], problem)
    generator = model.build_generator()
    try:
        generator.load_state_dict(safetensors.torch.load(content))
    except RuntimeError as error:
        raise BenchError(f"{path} does not fit {card['model']} as its source is now: {error}. Train again.") from error
    placed = generator.to(device).to(memory_format=torch.channels_last)
    return Loaded(path, model, placed.eval().requires_grad_(False), card)
