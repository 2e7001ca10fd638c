"""Trained models on disk: weights as safetensors, and beside them a JSON card that tells how they came.

The card is written first and names the weights' SHA-256, so a weights file without its own card is never taken for one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from bench import registry
from bench.errors import BenchError
from bench.method import Model, Problem, Translation
from bench.runtime import atomic_files
from bench.runtime.result_files import damaged, read_json, reason

Card = Mapping[str, Any]
KINDS: Mapping[str, type] = {"model": str, "weights": dict, "readings": dict, "problem": dict, "weights_sha256": str}


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


def save(path: Path, network: nn.Module, card: Card) -> None:
    """Write the card, which gets the weights' SHA-256, then the weights; each appears whole."""
    state = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    content = safetensors.torch.save(state)
    atomic_files.write_json(card_of(path), {**card, "weights_sha256": hashlib.sha256(content).hexdigest()})
    atomic_files.write_bytes(path, content)


def read_weights(path: Path, sha256: str) -> dict[str, Tensor]:
    """The weights in a file; ValueError where they are not those of its card or not finite."""
    content = path.read_bytes()
    if sha256 != hashlib.sha256(content).hexdigest():
        raise ValueError(f"its SHA-256 is not the one in {card_of(path)}")
    state = safetensors.torch.load(content)
    if broken := [name for name, value in state.items() if not value.isfinite().all()]:
        raise ValueError(f"its {broken[0]} is not finite")
    return state


def _checked(card: dict[str, Any]) -> Card:
    """A card that has all that is read of it; KeyError or TypeError where another version wrote it."""
    for key, kind in KINDS.items():
        if not isinstance(card[key], kind):
            raise TypeError(f"its {key!r} is no {kind.__name__}")
    return card


def load(path: Path, device: torch.device | str = "cpu") -> Loaded:
    """Read a trained model onto `device`; BenchError if a file is missing, torn, or not of this source."""
    card = read_json(card_of(path), "train", _checked)
    try:
        fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in card["problem"].items()}
        model = registry.build(card["model"], card["weights"], card["readings"], Problem(**fields))
        generator = model.build_generator()
        generator.load_state_dict(read_weights(path, card["weights_sha256"]))
    except (OSError, SafetensorError, BenchError, ValueError, TypeError, LookupError, RuntimeError) as error:
        raise damaged(path, f"it does not fit its card or this version ({reason(error)})", "train") from None
    placed = generator.to(device).to(memory_format=torch.channels_last)
    return Loaded(path, model, placed.eval().requires_grad_(False), card)
