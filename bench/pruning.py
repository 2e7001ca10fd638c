"""Looks at a trial while it trains, after each of which its study's pruner may end it. They count as evaluations."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.evaluate import Evaluator
from bench.study import ShouldStop
from bench.trainer import Translator


@dataclass
class Watch:
    """Looks at one training of `budget_images`; `stopped` once `should_stop` has ended it."""

    evaluator: Evaluator
    budget_images: int
    should_stop: ShouldStop
    stopped: bool = False

    def evaluate(self, translator: Translator, images_seen: int) -> Mapping[str, float]:
        """What a look measures, for the training's curve; nothing at the end, where every trial is evaluated."""
        if images_seen >= self.budget_images:
            return {}
        started = time.monotonic()
        quality = self.evaluator.quick(self.evaluator.translate(translator))["quality"]
        self.stopped = self.should_stop(images_seen, quality)
        return {"quality": quality, "eval_seconds": time.monotonic() - started}

    def is_over(self) -> bool:
        """Whether the training ends here."""
        return self.stopped


def cost(curve: Sequence[Mapping[str, Any]]) -> tuple[int, float]:
    """How many looks a training's curve tells of, also from before a restart, and their seconds."""
    seconds = [row["value"] for row in curve if row["metric"] == "eval_seconds"]
    return len(seconds), sum(seconds)


def reason(curve: Sequence[Mapping[str, Any]]) -> str:
    """Why a training was ended, from the last look in its curve."""
    last = next(row for row in reversed(curve) if row["metric"] == "quality")
    return f"pruned after {last['images_seen']:,} images at quality {last['value']:.3g}"
