"""Start a run and stay with it: hold the run lock, clear what a killed Snakemake left, then become Snakemake.

All arguments go to Snakemake, for example: python workflow/run.py --configfile config/demo.yaml

Snakemake itself holds the lock, its jobs do not: after a SIGKILL the next start goes on at once, and the lease of each
job keeps a job that lived on and its successor apart.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


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
    if any((folder / "locks").glob("*.lock")):
        subprocess.run([*command, "--unlock"], check=True)
    os.execv(command[0], [*command, "--cores", "all", "--rerun-incomplete"])


if __name__ == "__main__":
    main()
