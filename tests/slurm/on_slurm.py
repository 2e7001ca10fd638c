"""The workflow on a real Slurm cluster, through its profile: `make test-slurm`.

One run of the smoke configuration serves every test of this file. In its course a node loses its power while it trains
a model, and then the submitting Snakemake is killed; the run is started again and goes on. On two cores that do nothing
else it takes four to five minutes.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from safetensors.numpy import load_file

from tests import ROOT
from tests.slurm.cluster import Cluster, Job, running, wait_until, why_not

RULES = "\n".join(file.read_text(encoding="utf-8") for file in sorted(ROOT.glob("workflow/rules/*.smk")))
WANT_A_GPU = {block.split(":", 1)[0] for block in RULES.split("\nrule ")[1:] if "gpu=1" in block}
# What the profile says must be edited: this cluster's partition and the account that it has.
EDITED = ["--default-resources", "slurm_partition=main", "slurm_account=root", "mem_mb=4000", "runtime=60"]
# Two jobs of plots; four jobs at a time for two cores, since some wait: for a GPU, or for a lease.
QUICK = ["--slurm-init-seconds-before-status-checks", "1", "--group-components", "plots=9", "--jobs", "4"]
VICTIM, OTHER = "acl.plus_mask", "stargan_baseline.lsgan_mask"
LONG_KIMG, SHORT_KIMG, BATCH_SIZE = 6.0, 0.064, 8
RUN_SECONDS = 900.0

missing = why_not()
pytestmark = [pytest.mark.skipif(missing is not None, reason=str(missing)), pytest.mark.timeout(2400)]


@dataclass
class Run:
    """A run of the workflow in `folder`, and what befell it."""

    cluster: Cluster
    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    alone: subprocess.Popen[bytes] | None = None

    @property
    def results(self) -> Path:
        """The run's own folder."""
        return self.folder / "results" / "smoke"

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start Snakemake as the profile says; what it prints is added to `said.log`."""
        command = [sys.executable, str(Path(__file__).with_name("impatient_snakemake.py"))]
        command += ["--snakefile", str(ROOT / "Snakefile"), "--workflow-profile", str(ROOT / "profiles" / "slurm")]
        return self.launch(*command, "--configfile", "smoke.yaml", *EDITED, *QUICK, *arguments)

    def launch(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a command in the run's folder that ends with this process at the latest."""
        environment = self.cluster.environment
        environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
        environment["PYTHONPATH"] = str(ROOT)
        with (self.folder / "said.log").open("ab") as log:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command],
                cwd=self.folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.started.append(process)
        return process

    def trainings(self) -> list[Job]:
        """Slurm's jobs that train the victim, oldest first."""
        return [job for job in self.cluster.jobs() if job.rule.startswith("rule_train_") and VICTIM in job.rule]

    def step(self) -> int:
        """The newest checkpoint of the victim's training, told by being further than the other ever comes; else 0."""
        files = (self.results / "work" / "train").glob("*/step*.checkpoint")
        steps = [int(re.sub(r"\D", "", file.stem)) for file in files]
        return max((step for step in steps if step > 1000 * SHORT_KIMG / BATCH_SIZE), default=0)

    def said(self) -> str:
        """All that Snakemake printed."""
        return (self.folder / "said.log").read_text(encoding="utf-8", errors="replace")


def configuration() -> str:
    """The smoke configuration with one training that is long enough to be broken off twice, and little else to do."""
    content = yaml.safe_load((ROOT / "tests" / "config" / "smoke.yaml").read_text(encoding="utf-8"))
    content["training"] |= {"checkpoint_seconds": 1.0, "batch_size": BATCH_SIZE}
    content["search"]["samplers"] = {"random": {"studies": 1, "trials": 1}}
    budgets = {VICTIM: LONG_KIMG, OTHER: SHORT_KIMG}
    content["finals"] = [
        {"model": model, "seeds": [1], "weights_from": [model], "budget_kimg": budget}
        for model, budget in budgets.items()
    ]
    content["gradients"] = None
    text = yaml.safe_dump(content)
    assert isinstance(text, str)
    return text


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """The finished run, after its node and its Snakemake were killed."""
    with running() as cluster:
        folder = cluster.root / "work"
        folder.mkdir()
        (folder / "smoke.yaml").write_text(configuration(), encoding="utf-8")
        run = Run(cluster, folder)
        try:
            lose_a_node(run)
            lose_snakemake(run)
            go_on(run)
            yield run
        except BaseException:
            sys.stderr.write(run.said()[-6000:])
            raise
        finally:
            for process in run.started:
                process.kill()
                process.wait()


def lose_a_node(run: Run) -> None:
    """Start the run; once the victim trains, kill its node, and train the victim elsewhere while Slurm finds out."""
    snakemake = run.start()

    def it_trains() -> bool:
        assert snakemake.poll() is None, run.said()
        return run.step() > 0

    wait_until(it_trains, RUN_SECONDS, "a checkpoint of the victim")
    (first,) = run.trainings()
    assert first.state == "RUNNING"
    run.cluster.kill_node(first.node)
    train_alone(run)
    wait_until(lambda: run.trainings()[0].state == "NODE_FAIL", 120, "Slurm to miss the node")
    run.cluster.start_node(first.node)


def train_alone(run: Run) -> None:
    """Start the victim's training in one piece and outside of Slurm, from what the run made for it."""
    content = json.loads((run.results / "settings.json").read_text(encoding="utf-8"))
    (run.folder / "alone.json").write_text(json.dumps(content | {"results": "alone"}), encoding="utf-8")
    command = [sys.executable, "-m", "bench", "train", "--config", "alone.json", "--model", VICTIM, "--seed", "1"]
    command += ["--pack", str(run.results / "data" / "pack16.json"), "--judges"]
    command += [str(run.results / "judges" / f"judge_{name}.safetensors") for name in "ab"]
    command += ["--weights", str(run.results / "searches" / f"{VICTIM}.best.json"), "--budget-kimg", str(LONG_KIMG)]
    run.alone = run.launch(*command, "--output", "alone.safetensors", "--curve", "alone.csv")


def lose_snakemake(run: Run) -> None:
    """Kill the submitting Snakemake once the victim's second job has gone on from where the first was.

    The job lives on, but is halted, so that its successor meets it however fast this machine is.
    """
    before = run.step()
    wait_until(lambda: len(run.trainings()) == 2 and run.step() > before, RUN_SECONDS, "the job that goes on elsewhere")
    run.cluster.suspend(run.trainings()[1])
    run.started[0].kill()
    run.started[0].wait()


def go_on(run: Run) -> None:
    """Start Snakemake again; let the halted job go on once its successor stands before the lease; wait for the end."""
    assert run.start("--unlock").wait(60) == 0
    snakemake = run.start()
    log = run.results / "logs" / "train" / f"{VICTIM}.seed1.log"

    def the_successor_waits() -> bool:
        assert snakemake.poll() is None, run.said()
        # Before Snakemake submits the successor it deletes the log of the job before.
        submitted = len(run.trainings()) == 3 and log.exists()
        return submitted and "Waiting for process" in log.read_text(encoding="utf-8", errors="replace")

    wait_until(the_successor_waits, RUN_SECONDS, "the second writer to wait for the first")
    assert [job.state for job in run.trainings()[1:]] == ["SUSPENDED", "RUNNING"]
    run.cluster.resume(run.trainings()[1])
    assert snakemake.wait(RUN_SECONDS) == 0, run.said()


def test_the_run_is_finished(run: Run) -> None:
    assert (run.results / "report" / "index.html").stat().st_size > 10_000
    assert len(list((run.results / "figures").glob("*.*"))) > 5


def test_every_rule_ran_on_the_cluster_with_the_card_it_asked_for(run: Run) -> None:
    done = [job for job in run.cluster.jobs() if job.state == "COMPLETED"]
    ran = {rule: job.resources for job in done for rule in re.findall(r"^rule_(\w+?)(?:_wildcards_.*)?$", job.rule)}
    assert set(ran) >= {"faces", "pack", "judge", "search", "winner", "train", "score", "speed", "tables", "report"}
    for rule, resources in ran.items():
        assert ("gres/gpu=1" in resources) == (rule in WANT_A_GPU), f"{rule}: {resources}"
    assert {job.node for job in done} == {"n1", "n2"}


def test_a_training_whose_node_died_was_started_again_elsewhere(run: Run) -> None:
    first, second, _ = run.trainings()
    assert first.state == "NODE_FAIL"
    assert second.node != first.node


def test_of_two_jobs_that_train_the_same_model_the_second_waits_and_both_end_well(run: Run) -> None:
    _, orphan, successor = run.trainings()
    assert {orphan.state, successor.state} == {"COMPLETED"}
    assert successor.started < orphan.ended
    log = run.results / "logs" / "train" / f"{VICTIM}.seed1.log"
    assert "Adopted" in log.read_text(encoding="utf-8", errors="replace")


def test_the_final_weights_are_those_of_an_uninterrupted_training(run: Run) -> None:
    assert run.alone is not None
    assert run.alone.wait(RUN_SECONDS) == 0, run.said()
    alone = load_file(run.folder / "alone.safetensors")
    weights = load_file(run.results / "models" / f"{VICTIM}.seed1.safetensors")
    assert alone.keys() == weights.keys()
    assert all((alone[name] == weights[name]).all() for name in alone)
