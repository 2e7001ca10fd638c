"""Snakemake, whose Slurm executor asks how its jobs are every two seconds.

By itself it asks after so many seconds for the first time, and then after 10 seconds more each time until a job ends,
which is right for a cluster that others use, and would be half of the time that the test of this folder takes.
"""

from snakemake.cli import main
from snakemake_executor_plugin_slurm import Executor

SECONDS = 2


def _keep(_: Executor, __: int) -> None:
    """Leave the pause as it is."""


if __name__ == "__main__":
    Executor.next_seconds_between_status_checks = property(lambda _: SECONDS, _keep)
    main()
