"""A plan counts the workflow's own jobs, prices them by measured steps, and is printed before anything runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest
from made_pools import speed

from bench import expected, plan, settings
from bench.dag import Dag, plots
from bench.errors import BenchError
from bench.workers import Job, wall_seconds

CONFIGS = Path(__file__).resolve().parents[2] / "config"


def chosen(name: str) -> settings.Settings:
    return settings.load(CONFIGS / f"{name}.yaml")


@pytest.fixture
def small(smoke_content: dict[str, Any]) -> settings.Settings:
    """A few jobs of every rule but the gradient experiments."""
    smoke_content["gradients"] = None
    return settings.parse(smoke_content, "smoke")


def jobs(config: settings.Settings, seconds: float = 0.1) -> list[Job]:
    return expected.jobs(config, dict.fromkeys(expected.models(config), seconds))


@pytest.mark.parametrize("name", ["demo", "study", "config"])
def test_the_planned_jobs_are_those_of_the_workflow(name: str) -> None:
    config = chosen(name)
    dag, planned = Dag(config), jobs(config)
    counts = {rule: sum(job.rule == rule for job in planned) for rule in ("search", "train", "score", "plot")}
    assert counts == {
        "search": len(dag.trial_tables), "train": len(dag.curve_tables), "score": len(dag.score_tables),
        "plot": len(plots()),
    }  # fmt: skip
    names = [job.name for job in planned]
    assert len(set(names)) == len(names)
    seen: set[str] = set()
    for job in planned:
        assert seen.issuperset(job.after), job
        seen.add(job.name)


def test_dearer_steps_lengthen_trainings_and_searches_only(small: settings.Settings) -> None:
    cheap, dear = ({job.name: job for job in jobs(small, seconds)} for seconds in (0.1, 0.2))
    rules = {job.rule for name, job in dear.items() if job.seconds != cheap[name].seconds}
    assert rules == {"centres", "search", "train", "translate", "speed"}
    training = dear["train.acl.plus_mask.1"].seconds - cheap["train.acl.plus_mask.1"].seconds
    assert training > 0.1 * 1000 * small.training.budget_kimg / small.training.batch_size


def test_the_job_that_times_steps_times_evaluations_too_once_there_are_judges(smoke_content: dict[str, Any]) -> None:
    costs = {}
    for repeats in (1, 4):
        smoke_content["speed"]["evaluation_repeats"] = repeats
        (timing,) = [job for job in jobs(settings.parse(smoke_content, "smoke")) if job.rule == "speed"]
        assert timing.after == ("pack16", "judge_a", "judge_b")
        costs[repeats] = timing.seconds
    edited = 16 * 3  # images, and edits of each
    assert costs[4] - costs[1] == pytest.approx(3 * 2 * edited * expected.EDIT_SHARE * 0.1 / 8)


def test_workers_share_jobs_and_never_beat_the_critical_path() -> None:
    planned = [Job("a", "x", 2.0), *(Job(f"b{place}", "x", 3.0, ("a",)) for place in range(4)),
               Job("c", "x", 1.0, ("b0", "b1", "b2", "b3"))]  # fmt: skip
    assert [wall_seconds(planned, count) for count in (1, 2, 4, 64)] == [15.0, 9.0, 6.0, 6.0]
    assert wall_seconds([*planned, Job("alone", "x", 5.0, alone=True)], 4) == 11.0
    assert wall_seconds([Job("wide", "x", 8.0, cores=4)], 8) == 2.0


def test_the_longest_way_to_the_end_goes_first() -> None:
    planned = [Job("short", "x", 1.0), Job("long", "x", 1.0), Job("tail", "x", 5.0, ("long",))]
    assert wall_seconds(planned, 1) == 7.0
    assert wall_seconds([*planned, Job("other", "x", 5.0)], 2) == 6.0


def test_an_earlier_runs_step_costs_are_taken_and_gaps_are_named(small: settings.Settings, tmp_path: Path) -> None:
    table = tmp_path / "speed.csv"
    speed({"stargan_baseline.lsgan": 80.0, "acl.plus_mask": 90.0}, resolution=16, batch=8, attributes=3).to_csv(
        table, index=False
    )
    costs = plan.measured(small, table)
    assert costs.step_seconds["acl.plus_mask"] == pytest.approx(0.09)
    assert costs.step_seconds["stargan_baseline.lsgan_mask"] == pytest.approx(0.09)
    assert "stargan_baseline.lsgan_mask" in costs.source
    with pytest.raises(BenchError, match="64 px"):
        plan.measured(chosen("study"), table)
    with pytest.raises(BenchError, match="There is no"):
        plan.measured(small, tmp_path / "none.csv")


def test_a_calibration_times_every_variant_of_the_settings(smoke_content: dict[str, Any]) -> None:
    config = settings.parse(smoke_content, "smoke")
    costs = plan.calibrated(config)
    assert set(costs.step_seconds) == set(expected.models(config))
    assert all(0 < seconds < 10 for seconds in costs.step_seconds.values())


def test_the_plan_tells_hours_disk_and_the_smallest_effect(capsys: pytest.CaptureFixture[str]) -> None:
    plan.run(argparse.Namespace(config=CONFIGS / "study.yaml", speed=None, no_calibration=True))
    printed = capsys.readouterr().out
    for words in ("search         180", "critical path", "\n    64 ", "Disk: ", "base rate 0.05: 3.4 times"):
        assert words in printed, words
    assert "8 seeds each: 1.51 standard deviations" in printed


def test_whole_translations_count_until_they_are_scored_and_then_only_what_is_shown(small: settings.Settings) -> None:
    edits, singles, faces, pixels = 4, 3, 24, 16 * 16
    assert expected.scoring_bytes(small) == faces * (edits + singles) * 3 * pixels
    assert expected.disk_bytes(small)["translations"] == 3 * faces * edits * 7 * pixels
    study = chosen("study")
    assert expected.disk_bytes(study)["translations"] < 5e9
    assert expected.scoring_bytes(study) == 2000 * 15 * 3 * 64 * 64


def test_disk_grows_with_the_faces(small: settings.Settings) -> None:
    disk, large = expected.disk_bytes(small), expected.disk_bytes(chosen("study"))
    assert disk["packed faces"] < large["packed faces"]
    faces, drawn_edits = 96 + 48 + 24, (48 + 24) * 4
    assert disk["faces"] == faces * 6500 + drawn_edits * 7400
