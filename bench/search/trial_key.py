"""Names all that a trial's outcome depends on, in one digest."""

from __future__ import annotations

import optuna

from bench.runtime.digest import source_digest, value_digest
from bench.settings import ANALYSIS_KEYS, HIT_KEYS, RANGE_KEYS, Settings
from bench.training.identity import TrainingIdentity


def trial_key(settings: Settings, identity: TrainingIdentity, box: str) -> str:
    """16 hex digits. Not of the number of trials: a study can be extended. `box` tells the ranges; '' where none is.

    `identity` is that of the study's trainings, without weights and seed.
    """
    outside = {*ANALYSIS_KEYS, *RANGE_KEYS}
    if not settings.search.confirmations:  # then nothing that is run depends on what a hit is
        outside |= HIT_KEYS
    search = settings.search.model_dump(mode="json", exclude=outside)
    return value_digest([identity.digest, search, box, source_digest("bench.search.trial"), optuna.__version__])
