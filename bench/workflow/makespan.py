"""Jobs that wait for one another, and how long several workers take for all of them. Imports no torch."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PricedJob:
    """One job: seconds on one core or GPU, the jobs it waits for, and how many cores it can use.

    `alone`: it takes the whole machine while it runs.
    """

    name: str
    rule: str
    seconds: float
    after: tuple[str, ...] = ()
    cores: int = 1
    alone: bool = False


def wall_seconds(planned: Sequence[PricedJob], workers: int) -> float:
    """Seconds until the last job ends where `workers` jobs run side by side, the longest way to the end first.

    Jobs that run alone are counted by themselves.
    """
    after_end: dict[str, float] = {}
    waiting: defaultdict[str, list[str]] = defaultdict(list)
    seconds = {job.name: job.seconds / min(workers, job.cores) for job in planned if not job.alone}
    for job in planned:
        for before in job.after:
            waiting[before].append(job.name)
    for job in reversed(planned):
        after_end[job.name] = seconds.get(job.name, 0.0) + max(
            (after_end[follower] for follower in waiting[job.name]), default=0.0
        )
    open_ends = {job.name: sum(before in seconds for before in job.after) for job in planned if not job.alone}
    ready = [(-after_end[name], name) for name, count in open_ends.items() if not count]
    heapq.heapify(ready)
    running: list[tuple[float, str]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < workers:
            name = heapq.heappop(ready)[1]
            heapq.heappush(running, (now + seconds[name], name))
        now, ended = heapq.heappop(running)
        for name in waiting[ended]:
            if name in open_ends:
                open_ends[name] -= 1
                if not open_ends[name]:
                    heapq.heappush(ready, (-after_end[name], name))
    return now + sum(job.seconds for job in planned if job.alone)
