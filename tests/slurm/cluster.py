"""A real Slurm on this machine: munge, MariaDB, slurmdbd, slurmctld, and two nodes with one GPU each.

The GPUs are /dev/null: Slurm hands them out and counts them, nothing computes on them. All files lie in one folder, no
system file is read or written, and only the address that this machine's name stands for is listened on. Any user can
start it. Daemons are children that the kernel ends with the process that started them; nothing but they and this
cluster's jobs is ever ended.
"""

from __future__ import annotations

import errno
import os
import pwd
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.slurm import leftovers
from tests.slurm.cluster_files import DATABASE, GRES_CONF, SLURM_CONF, SLURMDBD_CONF, SRUN

NODES = ("n1", "n2")
PROGRAMS = ("slurmctld", "slurmd", "slurmdbd", "munged", "mariadbd", "mariadb-install-db", "sbatch", "sacct", "setpriv")
DEBIAN_PACKAGES = "slurmctld slurmd slurmdbd slurm-client munge mariadb-server-core mariadb-client-core"
# Debian leaves the folder of daemons out of a plain user's path.
PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
START_SECONDS = 60.0
CALL_SECONDS = 20.0
# Below the ports that the kernel gives to outgoing connections, so that none takes one before its daemon does.
PORTS = range(20_000, 30_000)


def why_not() -> str | None:
    """Why no cluster can be started on this machine, or None where one can."""
    missing = [program for program in PROGRAMS if shutil.which(program, path=PATH) is None]
    return f"no {', '.join(missing)} here: on Debian, apt-get install {DEBIAN_PACKAGES}" if missing else None


@contextmanager
def running() -> Iterator[Cluster]:
    """A started cluster. However its owner ends, its processes end and its folder goes."""
    root = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))  # short, since paths of sockets are
    root.chmod(0o755)  # munge's socket must be in reach of every user
    cluster = Cluster(root, f"bench{os.getpid()}")
    command = [sys.executable, leftovers.__file__, cluster.name, str(root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True):
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
    started: str
    ended: str
    rule: str


@dataclass(frozen=True)
class Cluster:
    """Two nodes and what governs them, in one folder. `daemons`: those that were started, oldest first."""

    root: Path
    name: str
    daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that uses this cluster."""
        path = f"{self.root / 'bin'}{os.pathsep}{PATH}"
        return os.environ | {"SLURM_CONF": str(self.root / "slurm.conf"), "PATH": path}

    def start(self) -> None:
        """Start every daemon and wait until both nodes are idle; RuntimeError names the one that does not start."""
        for folder in ("bin", "log", "run", "state", "database", "munge", *(f"spool.{node}" for node in NODES)):
            (self.root / folder).mkdir()
        ports = self._configure()
        self._start_munge()
        self._start_database(ports["mariadbd"])
        self._daemon("slurmdbd", "slurmdbd", "-D")
        self._await("slurmdbd", "sacctmgr", "-n", "list", "cluster")
        self._daemon("slurmctld", "slurmctld", "-D", "-f", str(self.root / "slurm.conf"))
        self._await("slurmctld", "scontrol", "ping")
        for node in NODES:
            self.start_node(node)

    def stop(self) -> None:
        """Cancel all jobs, and end every daemon, the youngest first."""
        if "slurmctld" in self.daemons:
            self._succeeds("scancel", "--partition", "main")
        for daemon in reversed(self.daemons.values()):
            daemon.terminate()
            try:
                daemon.wait(15)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def start_node(self, node: str) -> None:
        """Start a node that is not there, or that was killed, and wait until it takes jobs."""
        self._daemon(node, "slurmd", "-D", "-N", node, "-f", str(self.root / "slurm.conf"))
        self._await(node, "sh", "-c", f"sinfo -h -n {node} -o %T | grep -qx idle")

    def kill_node(self, node: str) -> None:
        """What a loss of power does: the node's daemon and all processes of its jobs are gone at once."""
        numbers = [job.number for job in self.jobs() if job.node == node and job.state == "RUNNING"]
        self.daemons[node].kill()
        self.daemons[node].wait()
        leftovers.kill(self.name, *numbers)

    def suspend(self, job: Job) -> None:
        """Halt a job's processes without ending them."""
        self._call("scontrol", "suspend", job.number)

    def resume(self, job: Job) -> None:
        """Let a suspended job go on."""
        self._call("scontrol", "resume", job.number)

    def jobs(self) -> list[Job]:
        """All jobs that were ever submitted, oldest first."""
        fields = "JobID,State,NodeList,AllocTRES,Start,End"
        rows = [line.split("|") for line in self._call("sacct", "-nXP", "-S", "now-1days", "-o", fields).splitlines()]
        rules = dict(line.split("|") for line in self._call("squeue", "-h", "-t", "all", "-o", "%i|%k").splitlines())
        return [
            Job(number, state.split()[0], node, resources, started, ended, rules[number])
            for number, state, node, resources, started, ended in rows
        ]

    def _configure(self) -> dict[str, int]:
        """Write every file that a daemon reads; return the daemons' ports."""
        names = ("mariadbd", "slurmdbd", "slurmctld", *NODES)
        host = socket.gethostname()
        try:
            address = socket.gethostbyname(host)
            ports = dict(zip(names, _free_ports(address, len(names)), strict=True))
        except OSError as error:
            raise RuntimeError(
                f"This machine's name, {host}, is not an address of it: add `127.0.0.1 {host}` to /etc/hosts."
            ) from error
        values = {"user": pwd.getpwuid(os.geteuid()).pw_name, "srun": shutil.which("srun", path=PATH), **ports}
        contents = {"slurm.conf": SLURM_CONF, "slurmdbd.conf": SLURMDBD_CONF, "gres.conf": GRES_CONF, "bin/srun": SRUN}
        for file, text in contents.items():
            target = self.root / file
            target.write_text(text.format(host=host, address=address, name=self.name, root=self.root, **values))
            target.chmod(0o700 if file.startswith("bin/") else 0o600)
        return ports

    def _start_munge(self) -> None:
        key, sock = self.root / "munge.key", self.root / "munge" / "socket"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(1024))
        self._daemon(
            "munged", "munged", "--foreground", f"--key-file={key}", f"--socket={sock}",
            f"--pid-file={self.root}/run/munged.pid", f"--log-file={self.root}/log/munged.log",
            f"--seed-file={self.root}/munge/seed",
        )  # fmt: skip
        self._await("munged", "munge", "--no-input", f"--socket={sock}")

    def _start_database(self, port: int) -> None:
        data, sock = self.root / "database", self.root / "run" / "mariadbd.socket"
        user = pwd.getpwuid(os.geteuid()).pw_name
        self._call(
            "mariadb-install-db", "--no-defaults", f"--user={user}", f"--datadir={data}", "--skip-test-db",
            "--auth-root-authentication-method=normal",
        )  # fmt: skip
        self._daemon(
            "mariadbd", "mariadbd", "--no-defaults", f"--user={user}", f"--datadir={data}", f"--socket={sock}",
            f"--port={port}", "--bind-address=127.0.0.1", f"--pid-file={self.root}/run/mariadbd.pid",
            "--innodb-buffer-pool-size=64M", "--innodb-lock-wait-timeout=900", "--innodb-flush-log-at-trx-commit=0",
        )  # fmt: skip
        client = ("mariadb", "--no-defaults", "-u", "root", "-S", str(sock), "-e")
        self._await("mariadbd", *client, "select 1")
        self._call(*client, DATABASE)

    def _daemon(self, name: str, *command: str) -> None:
        """Start a daemon that stays in the foreground, writes to its log, and ends with this process."""
        with (self.root / "log" / f"{name}.log").open("ab") as log:
            self.daemons[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def _await(self, name: str, *command: str) -> None:
        """Return as soon as `command` succeeds; RuntimeError with the log's last lines if the daemon never answers."""
        give_up = time.monotonic() + START_SECONDS
        while not self._succeeds(*command):
            code = self.daemons[name].poll()
            if code is not None or time.monotonic() > give_up:
                why = f"answered nothing for {START_SECONDS:.0f} s" if code is None else f"ended with exit code {code}"
                lines = (self.root / "log" / f"{name}.log").read_text(errors="replace").splitlines()[-15:]
                raise RuntimeError("\n".join([f"The cluster's {name} {why}. Its log ends:", *lines]))
            time.sleep(0.2)

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


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Return as soon as `holds()`; AssertionError if it does not within `seconds`."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.3)


def _free_ports(address: str, count: int) -> list[int]:
    """Ports that nothing listens on at that address; OSError if it is none of this machine's."""
    ports: list[int] = []
    while len(ports) < count:
        port = random.choice([port for port in PORTS if port not in ports])
        with socket.socket() as probe:
            try:
                probe.bind((address, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                continue
        ports.append(port)
    return ports
