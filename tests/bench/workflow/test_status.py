"""The status of a run tells what is done, running, failed and waiting, and when it should end."""

import json
import os
import time
from pathlib import Path

import pytest

from bench import cli
from bench.runtime import lease
from bench.settings.reading import find_run
from bench.workflow.dag import Dag
from bench.workflow.jobs import Job, State, jobs, progress, seconds_left, state_of
from tests.support.made_tables import made_settings


@pytest.fixture
def dag(tmp_path: Path) -> Dag:
    """A run that has only its settings."""
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "settings.json").write_text(made_settings().model_dump_json(), encoding="utf-8")
    return Dag(find_run(str(folder)))


def job_of(dag: Dag, rule: str) -> Job:
    return next(job for job in jobs(dag) if job.rule == rule)


def leave(job: Job, *words: str) -> None:
    """An hour-old log that ends with these words."""
    job.log.parent.mkdir(parents=True, exist_ok=True)
    job.log.write_text("\n".join(words), encoding="utf-8")
    os.utime(job.log, (time.time() - 3600,) * 2)


def test_a_run_is_found_where_it_lies_now(dag: Dag, tmp_path: Path) -> None:
    assert dag.settings.folder == tmp_path / "made"


def test_jobs_leave_every_file_that_the_workflow_plans(dag: Dag) -> None:
    outputs = [path for job in jobs(dag) for path in job.outputs]
    assert len(outputs) == len(set(outputs))
    planned = {*dag.tables, *dag.figures, *dag.trial_tables, *dag.score_tables, *dag.curve_tables, *dag.judges}
    assert planned | {dag.paths.faces, dag.pack, dag.paths.step_blocks, dag.paths.report} <= set(outputs)


def test_a_job_waits_starts_fails_runs_and_is_done(dag: Dag) -> None:
    job = job_of(dag, "judge")
    assert state_of(job) == "waiting"
    leave(job)
    assert state_of(job) == "failed"
    os.utime(job.log)
    assert state_of(job) == "running"
    leave(job)
    with lease.hold(job.target):
        assert state_of(job) == "running"
    assert state_of(job) == "failed"
    for path in job.outputs:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert state_of(job) == "done"


def test_a_running_training_tells_its_images_and_its_end(dag: Dag) -> None:
    job, work = job_of(dag, "train"), dag.paths.work / "train" / "key"
    work.mkdir(parents=True)
    row = json.dumps({"step": 10, "images_seen": 250, "train_seconds": 5.0})
    (work / "stats.jsonl").write_text(f'{row}\n{{"step": 20, "images', encoding="utf-8")
    with lease.hold(job.target), lease.hold(work):
        assert progress(job)[1] == "250 of 1,000 images"
        assert seconds_left([(job, "running")]) == pytest.approx(0.75 * 1000 * 5 / 250)
        other = job_of(dag, "search")
        both: list[tuple[Job, State]] = [(job, "running"), (other, "waiting")]
        assert seconds_left(both) == pytest.approx((750 + 8 * 500) * 5 / 250)


def test_a_search_tells_its_finished_trials(dag: Dag) -> None:
    from bench.search.study import open_study

    job = job_of(dag, "search")
    assert progress(job)[1] == "0 of 8 trials"
    study = open_study(dag.paths.work / "searches" / f"{job.name}.key" / "study.journal")
    study.tell(study.ask(), 0.5)
    study.ask()
    assert progress(job)[1] == "1 of 8 trials"


def test_an_end_is_not_made_up(dag: Dag) -> None:
    assert seconds_left([(job_of(dag, "search"), "running")]) is None


def test_the_command_names_the_failed_job_its_last_words_and_the_dashboards(
    dag: Dag, capsys: pytest.CaptureFixture[str]
) -> None:
    leave(job_of(dag, "faces"), "some line", "bench faces: the disk is full")
    assert cli.main(["status", "--run", str(dag.paths.root)]) == 0
    said = capsys.readouterr().out
    assert "faces faces: bench faces: the disk is full" in said
    assert f"tensorboard --logdir {dag.paths.work}" in said
    assert "not known before the first trial has ended" in said


@pytest.mark.parametrize("seconds", ["-1", "0", "nan", "inf", "1e300", "soon"])
def test_an_interval_that_is_none_is_refused_in_a_sentence(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["status", "--run", "demo", f"--watch={seconds}"])
    assert "argument --watch" in capsys.readouterr().err
