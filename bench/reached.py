"""The share of studies that reached each target by each second: the rows of reached.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench import statistics, time_to_target

if TYPE_CHECKING:
    from bench.settings import Settings

COLUMNS = (
    "comparison", "method", "variant", "sampler", "target", "studies", "seconds", "share", "ci_low", "ci_high",
)  # fmt: skip


def table(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of reached.csv: of each arm and target a step wherever one more study has reached it, with its interval.

    A pool's studies are searches like any other here: each runs until its own first hit.
    """
    parts = []
    for comparison, models in time_to_target.comparisons(search, settings):
        for sampler in time_to_target.searching(search):
            for one in (time_to_target.arm(model, sampler, search, speed, settings) for model in models):
                for target in settings.search.targets:
                    times = time_to_target.first_hits(one, target)
                    curve = statistics.reached(times["seconds"], times["censored"]).rename(columns={"time": "seconds"})
                    method, variant = one.model_id.split(".")
                    head = pd.Series((comparison, method, variant, sampler, target, len(times)), COLUMNS[:6])
                    parts.append(curve.assign(**head))
    filled = [part for part in parts if not part.empty]
    return pd.concat(filled, ignore_index=True)[list(COLUMNS)] if filled else pd.DataFrame(columns=COLUMNS)
