"""GPUs: how many there are, how long a run would keep one, and whether a run may start without."""

from __future__ import annotations

import os
from collections.abc import Mapping

from bench.search import spaces
from bench.settings import Settings

GO_ON = "BENCH_WITHOUT_GPU"
# StarGAN's paper (section 5): 20 epochs of 200,599 images at 128 px take about a day on one Tesla M40.
M40_IMAGES_PER_SECOND_128_PX = 46.0


def hours(settings: Settings) -> float:
    """A careful estimate of a run's GPU hours: all images it trains on, at the speed that StarGAN's paper tells of.

    It scales with the pixels and leaves judges, scoring and step costs out; a GPU of today is several times as quick.
    """
    search, finals = settings.search, settings.finals
    kimg = search.budget_kimg * sum(plan.studies * plan.trials for *_, plan in spaces.studies(search))
    if search.centre == "balanced":
        kimg += len(search.arms) * search.pilot_seeds * spaces.PILOT_SHARE * settings.training.budget_kimg
    kimg += sum(len(final.seeds) * (final.budget_kimg or settings.training.budget_kimg) for final in finals)
    images_per_second = M40_IMAGES_PER_SECOND_128_PX * (128 / settings.data.image_size_px) ** 2
    return kimg * 1000 / images_per_second / 3600


def refusal(settings: Settings, gpus: int, environment: Mapping[str, str] = os.environ) -> str | None:
    """Why a run on CelebA must not start on this machine, or None where it may."""
    if settings.data.source != "celeba" or gpus or environment.get(GO_ON):
        return None
    return (
        "This run trains on CelebA, and this machine has no GPU. Start it where there is one, or on a cluster "
        "(--workflow-profile profiles/slurm), or see drawn faces first (make demo). "
        f"To go on here all the same, set {GO_ON}=1."
    )
