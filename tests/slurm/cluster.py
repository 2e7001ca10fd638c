"""A real Slurm on this machine's loopback: munge, MariaDB, slurmdbd, slurmctld, and two nodes with one card each.

The cards are /dev/null: Slurm hands them out and counts them, nothing computes on them. Every daemon's process number
stands in `run/<name>.pid` below the cluster's folder, and only those processes, and those of the cluster's own jobs,
are ever ended.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from cluster_files import DATABASE, SLURM_CONF, SLURMDBD_CONF

NAME = "bench"
NODES = ("n1", "n2")
PROGRAMS = ("slurmctld", "slurmd", "slurmdbd", "munged", "mariadbd", "mariadb-install-db", "sbatch", "sacct")
DEBIAN_PACKAGES = "slurmctld slurmd slurmdbd slurm-client munge mariadb-server-core mariadb-client-core"
# The executor drops SLURM_CONF before its inner srun, which then looks here.
SYSTEM_CONFIGURATION = Path("/etc/slurm/slurm.conf")
CALL_SECONDS = 20.0


def why_not() -> str | None:
    """Why no cluster can be started on this machine, or None where one can."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"no {', '.join(missing)} here: on Debian, apt-get install {DEBIAN_PACKAGES}"
    if os.geteuid() != 0:
        return "the daemons of a Slurm cluster are started as root"
    if SYSTEM_CONFIGURATION.exists():
        return f"this machine has a Slurm of its own ({SYSTEM_CONFIGURATION})"
    host = socket.gethostname()
    if socket.gethostbyname(host) != "127.0.0.1":
        return f"the cluster stays on loopback: {host} must be 127.0.0.1 in /etc/hosts"
    return None


@contextmanager
def running(root: Path) -> Iterator[Cluster]:
    """A started cluster whose files lie in `root`, an absolute, short path that all users may enter."""
    cluster = Cluster(root)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@dataclass(frozen=True)
class Job:
    """A job as Slurm's accounting tells it. `resources`: those it was given, as in `cpu=4,gres/gpu=1,mem=16000M`."""

    number: str
    state: str
    node: str
    resources: str
    rule: str


@dataclass(frozen=True)
class Cluster:
    """Two nodes and what governs them, in one folder."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that uses this cluster."""
        return os.environ | {"SLURM_CONF": str(self.root / "slurm.conf")}

    def start(self) -> None:
        """Start every daemon and wait until both nodes are idle."""
        for folder in ("log", "run", "state", "database", "munge", *(f"spool.{node}" for node in NODES)):
            (self.root / folder).mkdir()
        self._configure()
        self._start_munge()
        self._start_database()
        self._call("slurmdbd")
        SYSTEM_CONFIGURATION.parent.mkdir(exist_ok=True)
        for name in ("slurm.conf", "gres.conf"):
            SYSTEM_CONFIGURATION.with_name(name).symlink_to(self.root / name)
        wait_until(lambda: self._succeeds("sacctmgr", "-n", "list", "cluster"), 30, "slurmdbd to answer")
        self._call("slurmctld", "-c", "-f", str(self.root / "slurm.conf"))
        for node in NODES:
            self.start_node(node)
        wait_until(lambda: {self.state_of(node) for node in NODES} == {"idle"}, 60, "two idle nodes")

    def stop(self) -> None:
        """Cancel all jobs, end every daemon that was started, and take back the links."""
        self._succeeds("scancel", "--partition", "main")
        for name in (*NODES, "slurmctld", "slurmdbd", "mariadbd", "munged"):
            self._end(name)
        for name in ("slurm.conf", "gres.conf"):
            link = SYSTEM_CONFIGURATION.with_name(name)
            if link.is_symlink() and link.readlink() == self.root / name:
                link.unlink()

    def start_node(self, node: str) -> None:
        """Start a node that is not there, or that was killed."""
        self._call("slurmd", "-N", node, "-f", str(self.root / "slurm.conf"))

    def kill_node(self, node: str) -> None:
        """What a loss of power does: the node's daemon and all processes of its jobs are gone at once."""
        numbers = [job.number for job in self.jobs() if job.node == node and job.state == "RUNNING"]
        os.kill(int((self.root / "run" / f"{node}.pid").read_text()), signal.SIGKILL)
        for process in psutil.process_iter():
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                if any(_belongs_to(process, number) for number in numbers):
                    process.kill()

    def state_of(self, node: str) -> str:
        """The controller's word for a node's state, such as `idle`, `mixed` or `down`."""
        return self._call("sinfo", "-h", "-n", node, "-o", "%T").strip().rstrip("*")

    def jobs(self) -> list[Job]:
        """All jobs that were ever submitted, oldest first."""
        fields = "JobID,State,NodeList,AllocTRES"
        rows = [line.split("|") for line in self._call("sacct", "-nXP", "-S", "now-1days", "-o", fields).splitlines()]
        comments = dict(line.split("|") for line in self._call("squeue", "-h", "-t", "all", "-o", "%i|%k").splitlines())
        return [Job(number, state.split()[0], node, given, comments[number]) for number, state, node, given in rows]

    def _configure(self) -> None:
        names = ("mariadbd", "slurmdbd", "slurmctld", *NODES)
        values = dict(zip(names, _free_ports(len(names)), strict=True))
        for file, text in (("slurm.conf", SLURM_CONF), ("slurmdbd.conf", SLURMDBD_CONF)):
            target = self.root / file
            target.touch(mode=0o600)
            target.write_text(text.format(host=socket.gethostname(), name=NAME, root=self.root, **values))
        (self.root / "slurm.conf").chmod(0o644)
        (self.root / "gres.conf").write_text("NodeName=n1,n2 Name=gpu File=/dev/null\n")
        (self.root / "database.port").write_text(str(values["mariadbd"]))

    def _start_munge(self) -> None:
        key = self.root / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(1024))
        self._call(
            "munged", f"--key-file={key}", f"--socket={self.root}/munge/socket",
            f"--pid-file={self.root}/run/munged.pid", f"--log-file={self.root}/log/munged.log",
            f"--seed-file={self.root}/munge/seed",
        )  # fmt: skip

    def _start_database(self) -> None:
        data, sock = self.root / "database", self.root / "run" / "mariadbd.socket"
        self._call(
            "mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={data}", "--skip-test-db",
            "--auth-root-authentication-method=normal",
        )  # fmt: skip
        port = (self.root / "database.port").read_text()
        self._call(
            "setsid", "--fork", "mariadbd", "--no-defaults", "--user=root", f"--datadir={data}",
            f"--socket={sock}", f"--port={port}", "--bind-address=127.0.0.1",
            f"--pid-file={self.root}/run/mariadbd.pid", f"--log-error={self.root}/log/mariadbd.log",
            "--innodb-buffer-pool-size=64M", "--innodb-lock-wait-timeout=900",
        )  # fmt: skip
        client = ("mariadb", "--no-defaults", "-u", "root", "-S", str(sock), "-e")
        wait_until(lambda: self._succeeds(*client, "select 1"), 30, "MariaDB to answer")
        self._call(*client, DATABASE)

    def _call(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=CALL_SECONDS, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def _succeeds(self, *command: str) -> bool:
        with suppress(RuntimeError, subprocess.TimeoutExpired):
            self._call(*command)
            return True
        return False

    def _end(self, name: str) -> None:
        """End the daemon whose number stands in its file: asked first, made to after 15 seconds."""
        file = self.root / "run" / f"{name}.pid"
        if not file.exists():
            return
        with suppress(psutil.NoSuchProcess, ValueError):
            process = psutil.Process(int(file.read_text()))
            process.terminate()
            try:
                process.wait(15)
            except psutil.TimeoutExpired:
                process.kill()


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Return as soon as `holds()`; AssertionError if it does not within `seconds`."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.3)


def _belongs_to(process: psutil.Process, number: str) -> bool:
    """Whether a process is of the job of that number, or the daemon that looks after it."""
    if " ".join(process.cmdline()).startswith(f"slurmstepd: [{number}."):
        return True
    environment = process.environ()
    return environment.get("SLURM_JOB_ID") == number and environment.get("SLURM_CLUSTER_NAME") == NAME


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
