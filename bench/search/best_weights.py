"""Reads the loss weights that `winner` picked; apart from it, since another rule trains anew only where they change."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import registry
from bench.runtime.result_files import read_json


def best_weights(model_id: str, winners: Sequence[Path], study: int | None = None) -> dict[str, float]:
    """The searched weights of a variant that the `winners` files hold, each from the first file that has it.

    `study` takes the winner of one study instead of the best of all: the first of them is 0, after the last comes the
    first again.
    """
    _, variant = registry.find(model_id)
    best: dict[str, float] = {}
    for winner in winners:

        def weights(card: dict[str, Any]) -> dict[str, float]:
            winning = card if study is None else card["studies"][study % len(card["studies"])]
            return {name: float(value) for name, value in winning["weights"].items()}

        best = read_json(winner, "winner", weights) | best
    return {weight.name: best[weight.name] for weight in variant.searched if weight.name in best}
