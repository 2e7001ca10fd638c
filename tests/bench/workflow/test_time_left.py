"""What is left of a run is what its plan says of the jobs that did not end, at the pace of those that did."""

import pytest

from bench.workflow.job_costs import PricedJob
from bench.workflow.time_left import PRIOR_SECONDS, TimeLeft

TRAINED = [PricedJob(f"train.acl.full.seed{seed}", "train", 600.0, ("faces",)) for seed in (1, 2)]
PLAN = [
    PricedJob("faces", "faces", 60.0, cores=8),
    *TRAINED,
    PricedJob("report", "report", 30.0, tuple(job.name for job in TRAINED)),
]
WHOLE = {"faces": 1, "train": 2, "report": 1}


def began(cores: int = 2, **counts: int) -> TimeLeft:
    left = TimeLeft(PLAN, cores, now=0.0)
    left.expect(counts or WHOLE)
    return left


def train(left: TimeLeft, seed: int, now: float) -> None:
    left.begin(seed, "train", f"acl.full.seed{seed}", now)


def test_before_it_begins_a_run_takes_its_plan() -> None:
    assert began(1).seconds(0.0) == pytest.approx(60 + 1200 + 30)
    assert began(2).seconds(0.0) == pytest.approx(30 + 600 + 30)


def test_jobs_whose_results_are_there_take_no_time() -> None:
    assert began(1, train=1, report=1).seconds(0.0) == pytest.approx(600 + 30)
    assert began(1, report=1).seconds(0.0) == pytest.approx(30)


def test_what_runs_counts_with_what_it_has_left() -> None:
    left = began(1, train=2, report=1)
    train(left, 1, 0.0)
    assert left.seconds(200.0) == pytest.approx(1200 - 200 + 30)
    assert left.seconds(5000.0) == pytest.approx(600 + 30)  # later than planned: not less than nothing


def test_the_rest_goes_at_the_pace_of_what_has_ended() -> None:
    left = began(1, train=2, report=1)
    train(left, 1, 0.0)
    left.end(1, 1200.0)  # planned: 600
    pace = (1200 + PRIOR_SECONDS) / (600 + PRIOR_SECONDS)
    assert left.seconds(1200.0) == pytest.approx(pace * 630)


def test_the_line_tells_jobs_time_and_what_runs() -> None:
    left = began(1, train=2, report=1)
    train(left, 2, 0.0)
    assert left.line(0.0) == "0 of 3 jobs, 20:30 left: train acl.full.seed2"
    left.end(2, 600.0)
    assert left.line(600.0) == "1 of 3 jobs, 10:30 left"
    assert left.result(600.0) == "1 of 3 jobs done in 10:00."
    left.begin(9, "all", "all", 600.0)  # Snakemake's last job leaves nothing
    left.end(9, 601.0)
    assert left.result(601.0) == "1 of 3 jobs done in 10:01."
    assert TimeLeft(PLAN, 1).result(0.0) == "Nothing to be done."


def test_a_job_that_no_plan_has_changes_no_other() -> None:
    left = began(1, train=2, report=1, extra=1)
    left.begin(9, "extra", "x", 0.0)
    left.end(9, 5.0)
    left.end(99, 5.0)  # one that was never begun
    assert left.seconds(5.0) == pytest.approx((PRIOR_SECONDS + 5) / PRIOR_SECONDS * 1230)
    assert left.line(5.0).startswith("1 of 4 jobs")
