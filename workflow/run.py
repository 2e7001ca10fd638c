"""Start a run and stay with it: hold the run lock, clear what a killed Snakemake left, then become Snakemake.

All arguments go to Snakemake, for example: python workflow/run.py --configfile config/demo.yaml

First it says what will be done and for about how long; then one line shows the progress and the time left (`snakemake`
itself lists its jobs as ever, and so does a dry run here).

Snakemake itself holds the lock, its jobs do not: after a SIGKILL the next start goes on at once, and the lease of each
job keeps a job that lived on and its successor apart.
"""

import fcntl
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DRY = {"-n", "--dry-run", "--dryrun"}


def main() -> None:
    """Replace this process by Snakemake; exit 1 where another run is at work in this folder."""
    folder = Path(".snakemake")
    folder.mkdir(exist_ok=True)
    stream = (folder / "run.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.seek(0)
        sys.exit(f"Another run is at work in {Path.cwd()} (process {stream.read().strip()}). Wait for it or stop it.")
    stream.truncate(0)
    stream.write(f"{os.getpid()}\n")
    stream.flush()
    os.set_inheritable(stream.fileno(), True)

    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), *sys.argv[1:]]
    for lock in (folder / "locks").glob("*.lock"):
        lock.unlink()  # of a Snakemake that was killed; `--unlock` does the same, after reading all rules
    progress = [] if DRY & set(sys.argv) else announced()
    os.execv(command[0], [*command, *progress, "--cores", "all", "--rerun-incomplete"])


def announced() -> list[str]:
    """Say what will be done; Snakemake's arguments for one line of progress (none where settings are not one file)."""
    if sys.argv.count("--configfile") != 1:
        return []
    sys.path.insert(0, str(ROOT))
    from bench.errors import BenchError
    from bench.settings import load_settings
    from bench.workflow.time_left import announce

    try:
        settings = load_settings(Path(sys.argv[sys.argv.index("--configfile") + 1]))
        print(announce(settings, len(os.sched_getaffinity(0))), flush=True)
    except IndexError:
        return []  # Snakemake says what is wrong
    except BenchError as error:
        if "--config" in sys.argv:  # what is wrong in the file may be set right there
            return []
        sys.exit(str(error))
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "workflow")])
    return ["--logger", "bench"]


if __name__ == "__main__":
    main()
