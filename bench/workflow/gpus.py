"""Whether a run may start on a machine without a GPU."""

from __future__ import annotations

import os
from collections.abc import Mapping

from bench.settings import Settings

GO_ON = "BENCH_WITHOUT_GPU"


def refusal(settings: Settings, gpus: int, environment: Mapping[str, str] = os.environ) -> str | None:
    """Why a run on CelebA must not start on this machine, or None where it may."""
    if settings.data.source != "celeba" or gpus or environment.get(GO_ON):
        return None
    return (
        "This run trains on CelebA, and this machine has no GPU. Start it where there is one, or on a cluster "
        "(--workflow-profile profiles/slurm), or see drawn faces first (make demo). "
        f"To go on here all the same, set {GO_ON}=1."
    )
