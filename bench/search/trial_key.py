"""Names all that a trial's outcome depends on, in one digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import optuna
import torch

from bench import registry
from bench.data.store import Store
from bench.runtime.digest import source_digest, value_digest
from bench.settings import ANALYSIS_KEYS, RANGE_KEYS, Settings


def trial_key(
    settings: Settings,
    model_id: str,
    stores: Mapping[int, Store],
    judges: Sequence[Path],
    device: torch.device,
    box: str,
) -> str:
    """The digest. Not of the number of trials: a study can be extended. `box` tells the ranges; '' where none is."""
    method, variant = registry.find(model_id)
    outside = {*ANALYSIS_KEYS, *RANGE_KEYS}
    if not settings.search.confirmations:  # then nothing that is run depends on what a hit is
        outside |= {"targets", "accuracy_target", "preservation_margin"}
    search = settings.search.model_dump(mode="json", exclude=outside)
    return value_digest(
        [
            *(variant, search, box, settings.readings.get(method.name, {})),
            settings.model_dump(mode="json", include={"data", "networks"}),
            settings.training.model_dump(mode="json", exclude={"checkpoint_seconds", "budget_kimg"}),
            {str(size): store.digest for size, store in stores.items()},
            [hashlib.sha256(judge.read_bytes()).hexdigest() for judge in judges],
            source_digest("bench.search.trial", "bench.metrics", f"{method.name}.model"),
            *(torch.__version__, optuna.__version__, device.type),
        ]
    )
