"""The workflow on a real Slurm cluster, through its profile: `make test-slurm`.

One run of the smoke configuration serves every test of this file. In its course a node loses its power while it trains
a model, and then the submitting Snakemake is killed; the run is started again and goes on. It takes ten minutes.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree

import pytest
import yaml
from cluster import Cluster, Job, running, wait_until, why_not
from safetensors.numpy import load_file

ROOT = Path(__file__).resolve().parents[2]
RULES = "\n".join(file.read_text(encoding="utf-8") for file in sorted(ROOT.glob("workflow/rules/*.smk")))
WANT_A_CARD = {block.split(":", 1)[0] for block in RULES.split("\nrule ")[1:] if "gpu=1" in block}
# What the profile says must be edited: this cluster's partition and the account that it has.
EDITED = ["--default-resources", "slurm_partition=main", "slurm_account=root", "mem_mb=4000", "runtime=60"]
QUICK = ["--slurm-init-seconds-before-status-checks", "2", "--jobs", "4"]
VICTIM = "acl.plus_mask"
WITNESS = "stargan_baseline.lsgan_mask"
RUN_SECONDS = 600.0

missing = why_not()
pytestmark = [pytest.mark.skipif(missing is not None, reason=str(missing)), pytest.mark.timeout(1500)]


@dataclass
class Run:
    """A run of the workflow in `folder`, and what befell it."""

    cluster: Cluster
    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    orphan: Job | None = None

    @property
    def results(self) -> Path:
        """The run's own folder."""
        return self.folder / "results" / "smoke"

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start Snakemake as the profile says; what it prints is added to `said.log`."""
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
        command += ["--workflow-profile", str(ROOT / "profiles" / "slurm"), "--configfile", "smoke.yaml"]
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = self.cluster.environment | {"PATH": path}
        environment.pop("PYTHONPATH", None)
        with (self.folder / "said.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, *EDITED, *QUICK, *arguments],
                cwd=self.folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.started.append(process)
        return process

    def trainings(self, model: str) -> list[Job]:
        """Slurm's jobs that train `model`, oldest first."""
        return [job for job in self.cluster.jobs() if job.rule.startswith("rule_train_") and model in job.rule]

    def steps(self) -> dict[str, int]:
        """The newest checkpoint of each training, by working folder."""
        found: dict[str, int] = {}
        for file in (self.results / "work" / "train").glob("*/step*.checkpoint"):
            step = int(re.sub(r"\D", "", file.stem))
            found[file.parent.name] = max(step, found.get(file.parent.name, 0))
        return found

    def said(self) -> str:
        """All that Snakemake printed."""
        return (self.folder / "said.log").read_text(encoding="utf-8", errors="replace")


def configuration() -> str:
    """The smoke configuration with trainings that last long enough to be broken off, and fewer of them."""
    content = yaml.safe_load((ROOT / "tests" / "config" / "smoke.yaml").read_text(encoding="utf-8"))
    content["training"] |= {"budget_kimg": 8.0, "checkpoint_seconds": 1.0}
    content["search"]["samplers"] = {"random": {"studies": 1, "trials": 1}}
    content["finals"] = [{"model": model, "seeds": [1], "weights_from": [model]} for model in (VICTIM, WITNESS)]
    content["gradients"] = None
    text = yaml.safe_dump(content)
    assert isinstance(text, str)
    return text


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """The finished run, after its node and its Snakemake were killed."""
    root = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))
    root.chmod(0o755)  # munge's socket must be in reach of every user
    with running(root) as cluster:
        folder = root / "work"
        folder.mkdir()
        (folder / "smoke.yaml").write_text(configuration(), encoding="utf-8")
        run = Run(cluster, folder)
        try:
            lose_a_node(run)
            lose_snakemake(run)
            assert run.start("--unlock").wait(60) == 0
            finished = run.start().wait(RUN_SECONDS)
            assert finished == 0, run.said()
            yield run
        except BaseException:
            sys.stderr.write(run.said()[-6000:])
            raise
        finally:
            for process in run.started:
                with suppress(ProcessLookupError):
                    process.kill()
                process.wait()
    rmtree(root)


def lose_a_node(run: Run) -> None:
    """Start the run; once both models train, kill the victim's node; bring it back when Slurm has noticed."""
    snakemake = run.start()

    def both_train() -> bool:
        assert snakemake.poll() is None, run.said()
        return len(run.steps()) == 2

    wait_until(both_train, RUN_SECONDS, "two trainings with a checkpoint")
    (first,) = run.trainings(VICTIM)
    assert first.state == "RUNNING"
    run.cluster.kill_node(first.node)
    wait_until(lambda: run.trainings(VICTIM)[0].state == "NODE_FAIL", 120, "Slurm to miss the node")
    run.cluster.start_node(first.node)


def lose_snakemake(run: Run) -> None:
    """Kill the submitting Snakemake once the victim's second job has gone on from where the first was."""
    before = run.steps()

    def goes_on() -> bool:
        jobs = run.trainings(VICTIM)
        grown = [folder for folder, step in run.steps().items() if step > before[folder]]
        return len(jobs) == 2 and jobs[1].state == "RUNNING" and bool(grown)

    wait_until(goes_on, RUN_SECONDS, "the second job of the training whose node died")
    os.kill(run.started[0].pid, signal.SIGKILL)
    run.started[0].wait()
    run.orphan = run.trainings(VICTIM)[1]
    assert run.orphan.state == "RUNNING"


def test_the_run_is_finished(run: Run) -> None:
    assert (run.results / "report" / "index.html").stat().st_size > 10_000
    assert len(list((run.results / "figures").glob("*.*"))) > 5


def test_every_rule_ran_on_the_cluster_with_the_card_it_asked_for(run: Run) -> None:
    done = [job for job in run.cluster.jobs() if job.state == "COMPLETED"]
    ran = {rule: job.resources for job in done for rule in re.findall(r"^rule_(\w+?)(?:_wildcards_.*)?$", job.rule)}
    assert set(ran) >= {"faces", "pack", "winner", "tables", "report", *WANT_A_CARD}
    for rule, resources in ran.items():
        assert ("gres/gpu=1" in resources) == (rule in WANT_A_CARD), f"{rule}: {resources}"
    assert {job.node for job in done} == {"n1", "n2"}


def test_a_training_whose_node_died_was_started_again_elsewhere(run: Run) -> None:
    first, second = run.trainings(VICTIM)[:2]
    assert first.state == "NODE_FAIL"
    assert second.node != first.node


def test_a_job_outlived_the_snakemake_that_submitted_it(run: Run) -> None:
    assert run.orphan is not None
    outcome = {job.number: job.state for job in run.trainings(VICTIM)}
    assert outcome[run.orphan.number] == "COMPLETED"


@pytest.mark.parametrize("model", [VICTIM, WITNESS])
def test_the_final_weights_are_those_of_an_uninterrupted_training(run: Run, model: str) -> None:
    (run.results / "work" / "train").rename(run.results / "work" / f"cluster.{model}")
    command = [sys.executable, "-m", "bench", "train", "--config", str(run.results / "settings.json")]
    command += ["--model", model, "--seed", "1", "--pack", str(run.results / "data" / "pack16.json"), "--judges"]
    command += [str(run.results / "judges" / f"judge_{name}.safetensors") for name in "ab"]
    command += ["--weights", str(run.results / "searches" / f"{model}.best.json"), "--budget-kimg", "8.0"]
    command += ["--output", str(run.folder / "alone.safetensors"), "--curve", str(run.folder / "alone.csv")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=run.folder, env=environment, check=True, timeout=240)
    alone = load_file(run.folder / "alone.safetensors")
    found = load_file(run.results / "models" / f"{model}.seed1.safetensors")
    assert alone.keys() == found.keys()
    assert all((alone[name] == found[name]).all() for name in alone)
