"""Wait until the owner of a cluster has gone, however it went, then end what is left of its jobs and remove its folder.

    python leftovers.py <the cluster's name> <its folder>

The owner holds the other end of standard input, which the kernel closes with it.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress

import psutil


def processes_of(cluster: str, *jobs: str) -> Iterator[psutil.Process]:
    """The processes of the jobs of these numbers, or of all jobs of the cluster, and those of Slurm that watch them."""
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            environment = process.environ()
            job = environment.get("SLURM_JOB_ID")
            if job and environment.get("SLURM_CLUSTER_NAME") == cluster and (job in jobs or not jobs):
                yield process
                parent = process.parent()
                if parent is not None and parent.name() == "slurmstepd":
                    yield parent


def kill(cluster: str, *jobs: str) -> None:
    """Kill them all at once."""
    for process in list(processes_of(cluster, *jobs)):
        with suppress(psutil.NoSuchProcess):
            process.kill()


if __name__ == "__main__":
    sys.stdin.read()
    kill(sys.argv[1])
    shutil.rmtree(sys.argv[2], ignore_errors=True)
